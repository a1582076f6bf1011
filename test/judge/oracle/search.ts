import type { Operation, OperationKind, SaleFacts } from '../../../src/history/operation.ts';
import { mayRepeat } from './analytics.ts';
import { areHalf, joinLines } from './baskets.ts';
import { agree, type Call, callsOf } from './calls.ts';
import { effectsInVain, effectsOf } from './effects.ts';
import { decisionsOf } from './flash-sale.ts';
import type { Effect, Moment, Step, Waived } from './moment.ts';
import { type Claim, claimOf } from './refusals.ts';
import type { Rule } from './rules.ts';
import { type Hold, type Holds, shopOf } from './shop.ts';
import { endsToldBy, tellsOfAnEnd } from './silent-ends.ts';
import { type Attempt, EMPTY, type World, withChange } from './world.ts';

/** A legal order of events that explains every answer of a history. */
export interface Explanation {
  steps: Step[];
  /** The shop after the last of them. */
  world: World;
  /** The moment of the last of them. */
  nowMs: number;
}

/** A search is given up after this many situations; of a million small histories, a few are that large. */
const SITUATIONS_MAX = 20_000;

/** `HALF`: has held units, and is not over. `SPENT`: was refused, and has held units in vain. */
type Progress = 0 | 1 | 2 | 3;
const [WAITING, HALF, DONE, SPENT]: [0, 1, 2, 3] = [0, 1, 2, 3];
const isOver = (progress: Progress | undefined): boolean => progress === DONE || progress === SPENT;

/**
 * Searches all orders of events for one that explains the answers of a small history; undefined if there is none.
 *
 * A call takes effect at a moment of its interval. A hold lapses its time to live after its clock started, which was
 * inside its call, and its units are back at a moment within the grace after that. All times are whole milliseconds and
 * all conditions on them are differences, so a moment between two milliseconds explains nothing that they do not.
 *
 * `waivedRules` may be broken.
 *
 * @returns 'too large' when the search was given up
 */
export function explain(
  sale: SaleFacts,
  operations: readonly Operation[],
  waivedRules: readonly Rule[] = [],
  situationsMax = SITUATIONS_MAX,
): Explanation | 'too large' | undefined {
  const shop = shopOf(sale);
  const waived: Waived = (rule) => waivedRules.includes(rule);
  const told = operations.filter(({ kind, outcome }) => kind !== 'read' || outcome === 'ok');
  const lines = callsOf(waived('key') ? told.map(withoutKey) : told, shop.rewardSkus);
  if (!waived('basket') && areHalf(lines)) return undefined;
  const calls = joinLines(lines, !waived('basket'));
  if (lines.some(contradictsItsWish)) return undefined;
  if (!waived('keyRefusal') && calls.some(isRefusedTooLate)) return undefined;
  const claims = calls.map((call) =>
    isLook(call) && !isRefusedTooLate(call) ? claimOf(shop, call) : undefined,
  );
  const decisionsAreAsked = calls.some(({ operation }) => operation.observed?.decision);
  const explored = new Set<string>();
  const steps: Step[] = [];
  const horizonMs =
    1 + Math.max(0, ...calls.map(({ fromMs, toMs }) => (toMs < Infinity ? toMs : fromMs)));
  let found: Explanation | undefined;

  const startMs = Math.min(0, ...claims.map((claim) => claim?.lookFromMs ?? 0));
  visit(
    startMs,
    calls.map(() => WAITING),
    EMPTY,
  );
  return found ?? (explored.size > situationsMax ? 'too large' : undefined);

  /** True when the rest of the history can be explained from here. */
  function visit(nowMs: number, progress: readonly Progress[], world: World): boolean {
    const [seenProgress, looks] = lookNow(nowMs, progress, world);
    steps.push(...looks);
    if (search(nowMs, seenProgress, world)) return true;
    steps.length -= looks.length;
    return false;
  }

  function search(nowMs: number, progress: readonly Progress[], world: World): boolean {
    if (calls.every((call, index) => isOver(progress[index]) || isUnanswered(call))) {
      found = { steps: [...steps], world, nowMs };
      return true;
    }
    const key = keyOf(nowMs, progress, world, horizonMs);
    if (explored.size > situationsMax || explored.has(key)) return false;
    explored.add(key);
    const moment: Moment = { shop, world, nowMs, waived };
    return (
      callsMove(moment, progress) ||
      workerMoves(moment, progress) ||
      timeMoves(moment, progress) ||
      (mayPass(nowMs, progress, world.holds) && visit(nowMs + 1, progress, world))
    );
  }

  /** An answer that is true now is given at once if it changes nothing: to give it later would not help. */
  function lookNow(
    nowMs: number,
    progress: readonly Progress[],
    world: World,
  ): [readonly Progress[], Step[]] {
    const looks: Step[] = [];
    const next = progress.map((state, index): Progress => {
      const call = calls[index] as Call;
      if (isOver(state)) return state;
      const isRepeated = isAnswered(call) && nowMs >= call.fromMs && isFulfilled(call, world);
      if (isRepeated && (mayRepeat(call.operation) || waived('track'))) {
        for (const { operation } of call.lines ?? [call]) {
          looks.push({ atMs: nowMs, event: 'repeated', call: operation.id });
        }
        return DONE;
      }
      if (!isLook(call) || tellsOfAnEnd(call)) return state;
      if (!claimHolds(claims[index], call, nowMs, world)) return state;
      const event = isRefused(call) ? 'refused' : 'read';
      looks.push({ atMs: nowMs, event, call: call.operation.id });
      return state === HALF ? SPENT : DONE;
    });
    return [next, looks];
  }

  function claimHolds(
    claim: Claim | undefined,
    { fromMs }: Call,
    nowMs: number,
    world: World,
  ): boolean {
    if (claim === undefined) return nowMs >= fromMs;
    return nowMs >= claim.lookFromMs && (waived(claim.rule) || claim.isTrue(shop, world));
  }

  function callsMove(moment: Moment, progress: readonly Progress[]): boolean {
    return calls.some((call, index) => {
      const state = progress[index] as Progress;
      return effectsNow(moment, call, state).some((effect) => {
        const next = isRefused(call) && !tellsOfAnEnd(call) ? afterHold(state) : afterStep(effect);
        const whole = isRefused(call) ? effect : fulfilledBy(call, effect);
        return goOn(moment, progress.with(index, next), whole);
      });
    });
  }

  function goOn({ nowMs }: Moment, progress: readonly Progress[], effect: Effect) {
    const { world, step, others = [] } = effect;
    steps.push(step, ...others);
    if (visit(nowMs, progress, world)) return true;
    steps.length -= 1 + others.length;
    return false;
  }

  function effectsNow(moment: Moment, call: Call, state: Progress): Effect[] {
    const { nowMs, world } = moment;
    if (tellsOfAnEnd(call)) {
      const fromMs = call.wish?.fromMs ?? call.fromMs;
      return isOver(state) || nowMs < fromMs ? [] : endsToldBy(moment, call);
    }
    if (nowMs < call.fromMs) return [];
    if (isRefused(call)) {
      return mayHoldInVain(call, state, nowMs) ? effectsInVain(moment, call) : [];
    }
    if (isOver(state) || isFulfilled(call, world)) return [];
    return effectsOf(moment, call, state === HALF);
  }

  /** The worker's moves change the answers to others, so they matter only while somebody may still look. */
  function workerMoves(moment: Moment, progress: readonly Progress[]): boolean {
    const { attempts } = moment.world;
    const isNoticed = calls.some((call, index) => {
      return !isOver(progress[index]) && isLook(call) && !tellsOfAnEnd(call);
    });
    if (attempts.length === 0 || !isNoticed) return false;
    return decisionsOf(moment).some((effect) => {
      return (
        (effect.step.event !== 'decided' || decisionsAreAsked) && goOn(moment, progress, effect)
      );
    });
  }

  function timeMoves(moment: Moment, progress: readonly Progress[]): boolean {
    const { nowMs, world } = moment;
    return world.holds.some((hold) => {
      const after = afterTime(hold, nowMs);
      if (after === undefined) return false;
      const step: Step = { atMs: nowMs, event: after.state, hold: hold.id };
      return goOn(moment, progress, {
        world: withChange(world, hold, after),
        step,
        isComplete: true,
      });
    });
  }

  /**
   * A checkout that comes after the lapse may hold units again, and be refused because that hold lapses as well before it
   * is bought. A registration that was refused half-way leaves its hold to lapse, or to be bought by another one.
   */
  function mayHoldInVain({ operation, toMs }: Call, state: Progress, nowMs: number): boolean {
    const { kind, code = '', basket } = operation;
    if (kind === 'confirm') {
      const isAlone = basket === undefined;
      const isLate = isAlone && REFUSED_LATE.has(code) && nowMs + shop.holdTtlMs <= toMs;
      return isLate && state === DONE;
    }
    const isHalfWay = HALF_WAY[kind]?.has(code) && nowMs <= toMs;
    return (
      isHalfWay === true && (state === WAITING || (state === DONE && code === 'CONTENTION_LOST'))
    );
  }

  /** Time passes once all is done that may not be later. */
  function mayPass(nowMs: number, progress: readonly Progress[], holds: Holds): boolean {
    return (
      calls.every(({ toMs }, index) => isOver(progress[index]) || toMs > nowMs) &&
      holds.every(({ state, lapsesAtMs }) => {
        if (state === 'live') return lapsesAtMs > nowMs;
        return state !== 'lapsed' || lapsesAtMs + shop.sweepGraceMs > nowMs;
      })
    );
  }
}

const TURNED_AWAY = new Set<string | undefined>(['RATE_LIMITED', 'UNAVAILABLE']);

/** The codes of checkouts that may have come after the lapse of their hold. */
const REFUSED_LATE = new Set(['RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE']);

/** The codes of calls that may have got half-way: their hold lapsed, or another registration bought it. */
const HALF_WAY: Partial<Record<OperationKind, Set<string>>> = {
  register: new Set(['CONTENTION_LOST', 'ALREADY_REGISTERED']),
  buy: new Set(['CONTENTION_LOST']),
};

const afterStep = ({ isComplete }: Effect): Progress => (isComplete ? DONE : HALF);
const afterHold = (state: Progress): Progress => (state === DONE ? SPENT : HALF);

/** The effect of a call is that of its wish. */
function fulfilledBy({ wish }: Call, effect: Effect): Effect {
  if (wish === undefined || !effect.isComplete) return effect;
  const { world } = effect;
  return { ...effect, world: { ...world, fulfilled: [...world.fulfilled, wish.name] } };
}

const isFulfilled = ({ wish }: Call, { fulfilled }: World): boolean =>
  wish !== undefined && fulfilled.includes(wish.name);

type Passed = Pick<Hold, 'lapsesFromMs' | 'lapsesAtMs'> & { state: 'lapsed' | 'swept' };

/** The state that a hold may come to now by time alone, if there is one. */
function afterTime({ state, lapsesFromMs, lapsesAtMs }: Hold, nowMs: number): Passed | undefined {
  if (state === 'lapsed') return { state: 'swept', lapsesFromMs, lapsesAtMs };
  if (state !== 'live' || nowMs < lapsesFromMs) return undefined;
  return { state: 'lapsed', lapsesFromMs: nowMs, lapsesAtMs: nowMs };
}

const isAnswered = ({ operation }: Call): boolean => operation.outcome === 'ok';
const isRefused = ({ operation }: Call): boolean => operation.outcome === 'fail';
const isUnanswered = ({ operation }: Call): boolean => operation.outcome === 'info';
/** True for a call that changes nothing. */
const isLook = (call: Call): boolean => isRefused(call) || call.operation.kind === 'read';

const withoutKey = ({ idempotencyKey: _, ...operation }: Operation): Operation => operation;

/** All answers to one wish name the same things. */
const contradictsItsWish = ({ operation, wish }: Call): boolean =>
  operation.outcome === 'ok' && wish?.told !== undefined && !agree(operation, wish.told);

/** A wish that was answered yes is not refused later, unless the call was turned away before it was looked at. */
const isRefusedTooLate = ({ operation, wish, fromMs }: Call): boolean =>
  operation.outcome === 'fail' &&
  !TURNED_AWAY.has(operation.code) &&
  wish !== undefined &&
  wish.answeredMs < fromMs;

/**
 * Names a situation. Holds are named by the calls that made them, so their order does not matter, and neither does when
 * they lapse after everything has been answered.
 */
function keyOf(
  nowMs: number,
  progress: readonly Progress[],
  { holds, attempts, tickets, gone, fulfilled }: World,
  horizonMs: number,
): string {
  const parts = holds.map(({ id, alias, state, lapsesAtMs, order, voucher }) => {
    const until = state === 'live' || state === 'lapsed' ? Math.min(lapsesAtMs, horizonMs) : '';
    const use = voucher && `${voucher.code}${voucher.usedBy ?? ''}${voucher.isOver ?? ''}`;
    return `${id}${alias ?? ''}${state}${until}${order ?? ''}${use ?? ''}`;
  });
  const wishes = fulfilled.length === 0 ? '' : [...fulfilled].sort().join();
  const asked = attempts.length === 0 ? '' : attempts.map(nameAttempt).sort().join();
  const letIn = tickets.map(({ code, order }) => `${code} of ${order}`);
  return `${nowMs}|${progress.join('')}|${parts.sort().join()}|${wishes}|${asked}|${letIn.sort().join()}|${[...gone].sort().join()}`;
}

const nameAttempt = ({ call, status, holds }: Attempt): string => `${call}${status}${holds.length}`;
