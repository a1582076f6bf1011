import { type Call, namesOf } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';
import { availableOf, boughtBy, type Hold, hasBought, hasHold, holdOf, unitsOf } from './shop.ts';
import { withChange, withHold } from './world.ts';

/** Takes units off sale, under a name that nothing else has. The clock of a hold starts at any moment from the request on until the hold is there. */
export function take(moment: Moment, call: Call, name = namesOf(call).hold): Effect[] {
  const { shop, world, nowMs, waived } = moment;
  const { sku = '', buyer = '', quantity, basket, id } = call.operation;
  const isNamed = holdOf(world.holds, name) !== undefined;
  if (isNamed && !waived('owner')) return [];
  if (!mayTake(moment, { sku, buyer, quantity })) return [];
  const hold: Hold = {
    ...{ id: name, sku, buyer, quantity, state: 'live', ...(basket && { basket }) },
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

/** A payment that comes after the lapse takes units again, if there are any, and if its buyer has not got others meanwhile. */
export function holdAgain(moment: Moment, call: Call, before: Hold | undefined): Effect[] {
  const { shop, world, nowMs, waived } = moment;
  const { operation } = call;
  if (before === undefined) return [];
  if (before.state !== 'swept' && !waived('sale')) return [];
  if (before.buyer !== operation.buyer && !waived('owner')) return [];
  const { sku, buyer, quantity } = before;
  const hasOthers = hasHold(world.holds, sku, buyer) || hasBought(world.holds, sku, buyer);
  if (hasOthers && !waived('limit')) return [];
  if (!mayTake(moment, { sku, buyer, quantity })) return [];
  const hold: Hold = {
    ...{ id: namesOf(call).hold, sku, buyer, quantity, state: 'live', insteadOf: before.id },
    lapsesFromMs: nowMs + shop.holdTtlMs,
    lapsesAtMs: nowMs + shop.holdTtlMs,
  };
  const step: Step = { atMs: nowMs, event: 'held', hold: hold.id, call: operation.id };
  return [{ world: withHold(world, hold), step, isComplete: false }];
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
