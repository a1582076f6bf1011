import { type Call, namesOf } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { availableOf, boughtBy, type Hold, holdOf, unitsOf } from './shop.ts';
import { withChange, withHold } from './world.ts';

/** Takes units off sale, under a name that nothing else has. The clock of a hold starts at any moment from the request on until the hold is there. */
export function take(moment: Moment, call: Call): Effect[] {
  const { shop, world, nowMs, waived } = moment;
  const { sku = '', buyer = '', quantity, basket, id } = call.operation;
  const isNamed = holdOf(world.holds, namesOf(call).hold) !== undefined;
  if (isNamed && !waived('owner')) return [];
  if (!mayTake(moment, { sku, buyer, quantity })) return [];
  const hold: Hold = {
    ...{ id: namesOf(call).hold, sku, buyer, quantity, state: 'live', ...(basket && { basket }) },
    lapsesFromMs: call.fromMs + shop.holdTtlMs,
    lapsesAtMs: nowMs + shop.holdTtlMs,
  };
  const step: Step = { atMs: nowMs, event: 'held', hold: hold.id, call: id };
  return [{ world: withHold(world, hold), step, isComplete: false }];
}

/** Sells a hold to its owner. */
export function sell(
  { world, nowMs, waived }: Moment,
  call: Call,
  hold: Hold | undefined,
  more: Partial<Hold> = {},
): Effect[] {
  const { buyer, id } = call.operation;
  if (hold === undefined) return [];
  if (boughtBy(world.holds, namesOf(call).order) !== undefined && !waived('owner')) return [];
  if (hold.state !== 'live' && !waived('sale')) return [];
  if (hold.buyer !== buyer && !waived('owner')) return [];
  const sold = withChange(world, hold, { state: 'sold', order: namesOf(call).order, ...more });
  const step: Step = { atMs: nowMs, event: 'sold', hold: hold.id, call: id };
  return [{ world: sold, step, isComplete: true }];
}

/** True if so many units are free, and the buyer may have so many more. */
export function mayTake(
  { shop, world: { holds }, waived }: Moment,
  { sku, buyer, quantity }: { sku: string; buyer: string; quantity: number },
): boolean {
  if (availableOf(shop, holds, sku) < quantity && !waived('stock')) return false;
  const units = unitsOf(holds, sku, buyer) + quantity;
  return units <= shop.unitsPerBuyerMax || waived('limit');
}
