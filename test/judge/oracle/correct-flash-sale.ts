import type { Operation } from '../../../src/history/operation.ts';
import type { CorrectStock } from './correct-stock.ts';
import type { Random } from './random.ts';
import { availableOf, hasBought, holdOf } from './shop.ts';
import { type Attempt, attemptOf, type World, waitingAttempts, withDecision } from './world.ts';

/** The counter at which attempts are accepted, and the worker who decides them. */
export function createFlashSale(stock: CorrectStock, random: Random) {
  const { shop, steps, refuse } = stock;
  return { attempt, work };

  function attempt(request: Operation): Operation {
    if (random.chance(3)) return refuse(request, 'RATE_LIMITED');
    const { sku = '', buyer = '', id } = request;
    const refusal = refusalOf(sku, buyer);
    if (refusal !== undefined) return refuse(request, refusal);
    const accepted: Attempt = { sku, buyer, call: id, status: 'pending', holds: [] };
    stock.world = { ...stock.world, attempts: [...stock.world.attempts, accepted] };
    steps.push({ atMs: stock.nowMs, event: 'accepted', call: id });
    return request;
  }

  /** Some shops accept more attempts than there are units, and let the last of them fail. */
  function refusalOf(sku: string, buyer: string): string | undefined {
    const { world } = stock;
    if (attemptOf(world, sku, buyer) !== undefined) return 'ALREADY_ATTEMPTED';
    stock.sweepOwn(sku, buyer);
    const units = { sku, buyer, quantity: 1 };
    const refusal = stock.refusalOf(units, random.chance(70));
    if (refusal !== undefined && refusal !== 'OUT_OF_STOCK') return refusal;
    const left = availableOf(shop, stock.world.holds, sku) - waitingAttempts(stock.world, sku);
    return left < 1 && random.chance(70) ? 'OUT_OF_STOCK' : undefined;
  }

  /** Goes on with one attempt. */
  function work(): void {
    const open = random.anyOf(stock.world.attempts.filter(({ status }) => status === 'pending'));
    if (open === undefined) return;
    const { sku, buyer, call, holds } = open;
    const held = holdOf(stock.world.holds, holds.at(-1));
    if (held?.state === 'live' && !stock.isLapsed(held)) {
      if (random.chance(70)) sell(open, held.id);
      return;
    }
    stock.sweepOwn(sku, buyer);
    const bought = boughtBefore(stock.world, open);
    const units = { sku, buyer, quantity: 1 };
    // Its units were bought in another way and given back: an attempt is served once.
    const isSpent = held?.order !== undefined;
    if (bought !== undefined) decide(open, { status: 'succeeded', order: bought });
    else if (isSpent || stock.refusalOf(units, true) !== undefined || random.chance(10)) {
      decide(open, { status: 'failed' });
    } else {
      const id = `hold-of-attempt-${call}-${holds.length}`;
      stock.hold(id, call, units);
      stock.world = withDecision(stock.world, open, { holds: [...holds, id] });
      if (random.chance(60)) sell(attemptOf(stock.world, sku, buyer) as Attempt, id);
    }
  }

  function sell(open: Attempt, holdId: string): void {
    const hold = holdOf(stock.world.holds, holdId);
    if (hold === undefined) return;
    const order = `order-of-attempt-${open.call}`;
    stock.change(hold, { state: 'sold', order }, 'sold', open.call);
    stock.world = withDecision(stock.world, open, { status: 'succeeded', order });
  }

  function decide(open: Attempt, change: Partial<Attempt>): void {
    stock.world = withDecision(stock.world, open, change);
    steps.push({ atMs: stock.nowMs, event: 'decided', call: open.call });
  }
}

/** The order of the purchase that a buyer has made in another way. */
const boughtBefore = ({ holds }: World, { sku, buyer }: Attempt): string | undefined =>
  holds.find((hold) => hold.sku === sku && hasBought([hold], sku, buyer))?.order;
