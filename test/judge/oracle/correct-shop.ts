import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { ALL_NEW } from './analytics.ts';
import { createBaskets } from './correct-baskets.ts';
import { createCampaign } from './correct-campaign.ts';
import { createFlashSale } from './correct-flash-sale.ts';
import { createGate } from './correct-gate.ts';
import { createQuests } from './correct-quests.ts';
import { createReservations } from './correct-reservations.ts';
import { createCorrectStock } from './correct-stock.ts';
import { refusedWith } from './history.ts';
import type { Step } from './moment.ts';
import type { Random } from './random.ts';
import type { Habits } from './requests.ts';
import { countsOf } from './shop.ts';
import { attemptOf, type World } from './world.ts';

/** A shop that makes no mistake. It decides one call at a time, as the reference server does. */
export interface CorrectShop {
  /** Takes the next step of a call, or decides the lines of a basket; the answer when it is decided, undefined while it is not. */
  decide(request: readonly Operation[]): Operation[] | undefined;
  /** Puts the units of one lapsed hold back on sale, or of all that are due. */
  sweep(which: 'one' | 'due'): void;
  /** Goes on with one accepted attempt. */
  work(): void;
  /** Lets a millisecond pass. */
  pass(): void;
  readonly nowMs: number;
  readonly steps: Step[];
  readonly world: World;
}

/** The call that claimed a key, and the answer to it that others get as well. */
interface Claimed {
  by: number;
  isHalfWay: boolean;
  /** Of a basket, that to each line. */
  answer?: readonly Operation[];
}

export function createCorrectShop(sale: SaleFacts, random: Random, habits: Habits): CorrectShop {
  const stock = createCorrectStock(sale);
  const { shop, steps } = stock;
  const reservations = createReservations(stock, random);
  const baskets = createBaskets(stock, random);
  const campaign = createCampaign(stock, random, habits);
  const flashSale = createFlashSale(stock, random);
  const gate = createGate(stock);
  const quests = createQuests(stock, random);
  const claims = new Map<string, Claimed>();
  /** Under its key a refusal stays a refusal, or it ends the key; both are correct. */
  const keepsRefusals = random.chance(70);

  return {
    decide,
    sweep: stock.sweep,
    work: flashSale.work,
    pass: stock.pass,
    get nowMs() {
      return stock.nowMs;
    },
    steps,
    get world() {
      return stock.world;
    },
  };

  function decide(lines: readonly Operation[]): Operation[] | undefined {
    const { kind, buyer, idempotencyKey, id } = lines[0] as Operation;
    // Analytics may be too busy for events that are stored as well.
    if (kind === 'track' && random.chance(5)) {
      return lines.map((line) => stock.refuse(line, 'UNAVAILABLE'));
    }
    if (idempotencyKey === undefined) return decideAnew(lines);
    const name = `${buyer} ${kind} ${idempotencyKey}`;
    const claimed = claims.get(name);
    if (claimed?.answer !== undefined) return repeat(lines, claimed.answer);
    const isTaken = claimed !== undefined && claimed.by !== id;
    // A process that does not answer for long is taken for dead, and another one does its work.
    if (isTaken && (claimed.isHalfWay || random.chance(50))) {
      return lines.map((line) => stock.refuse(line, 'IDEMPOTENCY_IN_FLIGHT'));
    }
    const answer = decideAnew(lines);
    if (answer === undefined) claims.set(name, { by: id, isHalfWay: true });
    else if (answer[0]?.outcome === 'ok') {
      claims.set(name, { by: id, isHalfWay: false, answer });
      stock.world = { ...stock.world, fulfilled: [...stock.world.fulfilled, name] };
    } else if (keepsRefusals && !answer.some(({ code = '' }) => MAY_CHANGE.has(code))) {
      claims.set(name, { by: id, isHalfWay: false, answer });
    } else claims.delete(name);
    return answer;
  }

  function decideAnew(lines: readonly Operation[]): Operation[] | undefined {
    if (lines.length > 1) return baskets.decide(lines);
    const answer = act(lines[0] as Operation);
    return answer && [answer];
  }

  function act(request: Operation): Operation | undefined {
    switch (request.kind) {
      case 'read':
        return read(request);
      case 'reserve':
        return reservations.reserve(request);
      case 'confirm':
        return reservations.confirm(request);
      case 'release':
        return reservations.release(request);
      case 'register':
        if (shop.rewardSkus.has(request.sku ?? '')) return quests.complete(request);
        return campaign.takeAndSell(request);
      case 'buy':
        return campaign.takeAndSell(request);
      case 'redeem':
        return campaign.redeem(request);
      case 'attempt':
        return flashSale.attempt(request);
      case 'track':
        return track(request);
      case 'check-in':
        return gate.letIn(request);
      default:
        return reservations.cancel(request);
    }
  }

  function track(request: Operation): Operation {
    steps.push({ atMs: stock.nowMs, event: 'tracked', call: request.id });
    return { ...request, status: ALL_NEW };
  }

  function repeat(lines: readonly Operation[], answers: readonly Operation[]): Operation[] {
    return lines.map((line, place) => {
      steps.push({ atMs: stock.nowMs, event: 'repeated', call: line.id });
      const { outcome, code = '', hold, newHold, order, voucher } = answers[place] as Operation;
      if (outcome === 'fail') return refusedWith(line, code, 0);
      return {
        ...line,
        ...(hold && { hold }),
        ...(newHold && { newHold }),
        ...(order && { order }),
        ...(voucher && { voucher }),
      };
    });
  }

  function read(request: Operation): Operation {
    const { id, sku = '', buyer = '', observed, invokedAtNs } = request;
    const invokedMs = invokedAtNs / 1e6;
    const ageMs = stock.nowMs - invokedMs + shop.readLagMs;
    const then = random.chance(30) ? random.anyOf(stock.remembered(ageMs)) : undefined;
    const isFromMemory = then !== undefined && shop.readLagMs > 0;
    const world = isFromMemory ? then : stock.world;
    steps.push({ atMs: isFromMemory ? invokedMs - 1 : stock.nowMs, event: 'read', call: id });
    if (observed?.decision === undefined) {
      return { ...request, observed: countsOf(shop, world.holds, sku) };
    }
    const status = attemptOf(world, sku, buyer)?.status ?? 'pending';
    return { ...request, observed: { decision: DECISIONS[status] } };
  }
}

/** Refusals that may be other answers next time, and that therefore no key keeps. */
const MAY_CHANGE = new Set(['RATE_LIMITED', 'CONTENTION_LOST', 'IDEMPOTENCY_IN_FLIGHT']);

const DECISIONS = { pending: 'PENDING', succeeded: 'SUCCESS', failed: 'FAILED' };
