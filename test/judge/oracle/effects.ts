import type { Rule } from './rules.ts';
import {
  availableOf,
  boughtBy,
  type Call,
  changed,
  type Hold,
  type Holds,
  hasBought,
  hasHold,
  holdMadeBy,
  holdOf,
  orderMadeBy,
  type Shop,
  unitsOf,
} from './shop.ts';

/** One event of an explanation: a change of one hold, or the look at the shop that a refusal rests on. */
export interface Step {
  atMs: number;
  event:
    | 'held'
    | 'sold'
    | 'released'
    | 'returned'
    | 'fulfilled'
    | 'lapsed'
    | 'swept'
    | 'refused'
    | 'read';
  hold?: string;
  /** The call that did it; absent for lapses and sweeps. */
  call?: number;
}

export interface Effect {
  holds: Holds;
  step: Step;
  /** True when the call has done all that it does. The first half of a late payment is to hold units again. */
  isComplete: boolean;
}

/** Answers true for a rule that may be broken, to find out which rule a history breaks. */
export type Waived = (rule: Rule) => boolean;

/** Everything that a call with a yes, or without an answer, may do now. */
export function effectsOf(
  shop: Shop,
  holds: Holds,
  call: Call,
  nowMs: number,
  isHalfDone: boolean,
  waived: Waived,
): Effect[] {
  switch (call.operation.kind) {
    case 'reserve':
      return reserve(shop, holds, call, nowMs, waived);
    case 'confirm':
      return confirm(shop, holds, call, nowMs, isHalfDone, waived);
    case 'release':
      return end(holds, call, nowMs, waived);
    case 'cancel':
      return cancel(holds, call, nowMs, waived);
    default:
      return [];
  }
}

/** The clock of a hold starts at any moment from the request on until the hold is there. */
function reserve(shop: Shop, holds: Holds, call: Call, nowMs: number, waived: Waived): Effect[] {
  const { operation, fromMs } = call;
  const { sku = '', buyer = '', quantity, id } = operation;
  if (!mayTake(shop, holds, { sku, buyer, quantity }, waived)) return [];
  const hold: Hold = {
    ...{ id: holdMadeBy(operation), sku, buyer, quantity, state: 'live' },
    lapsesFromMs: fromMs + shop.holdTtlMs,
    lapsesAtMs: nowMs + shop.holdTtlMs,
  };
  const step: Step = { atMs: nowMs, event: 'held', hold: hold.id, call: id };
  return [{ holds: [...holds, hold], step, isComplete: true }];
}

function confirm(
  shop: Shop,
  holds: Holds,
  call: Call,
  nowMs: number,
  isHalfDone: boolean,
  waived: Waived,
): Effect[] {
  const { operation } = call;
  if (isHalfDone && operation.outcome === 'fail') return [];
  if (isHalfDone) return sell(holds, holdOf(holds, holdMadeBy(operation)), call, nowMs, waived);
  const hold = holdOf(holds, operation.hold);
  if (operation.newHold !== undefined || operation.outcome === 'fail') {
    return holdAgain(shop, holds, hold, call, nowMs, waived);
  }
  const inTime = sell(holds, hold, call, nowMs, waived);
  if (operation.outcome === 'ok') return inTime;
  return [...inTime, ...holdAgain(shop, holds, hold, call, nowMs, waived)];
}

function sell(
  holds: Holds,
  hold: Hold | undefined,
  { operation }: Call,
  nowMs: number,
  waived: Waived,
): Effect[] {
  if (hold === undefined) return [];
  if (hold.state !== 'live' && !waived('sale')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  const sold = changed(holds, hold, { state: 'sold', order: orderMadeBy(operation) });
  const step: Step = { atMs: nowMs, event: 'sold', hold: hold.id, call: operation.id };
  return [{ holds: sold, step, isComplete: true }];
}

/** A payment that comes after the lapse takes units again, if there are any, and if its buyer has not got others meanwhile. */
function holdAgain(
  shop: Shop,
  holds: Holds,
  before: Hold | undefined,
  { operation }: Call,
  nowMs: number,
  waived: Waived,
): Effect[] {
  if (before === undefined) return [];
  if (before.state !== 'swept' && !waived('sale')) return [];
  if (before.buyer !== operation.buyer && !waived('owner')) return [];
  const { sku, buyer, quantity } = before;
  const hasOthers = hasHold(holds, sku, buyer) || hasBought(holds, sku, buyer);
  if (hasOthers && !waived('limit')) return [];
  if (!mayTake(shop, holds, { sku, buyer, quantity }, waived)) return [];
  const hold: Hold = {
    ...{ id: holdMadeBy(operation), sku, buyer, quantity, state: 'live', insteadOf: before.id },
    lapsesFromMs: nowMs + shop.holdTtlMs,
    lapsesAtMs: nowMs + shop.holdTtlMs,
  };
  const step: Step = { atMs: nowMs, event: 'held', hold: hold.id, call: operation.id };
  return [{ holds: [...holds, hold], step, isComplete: false }];
}

function mayTake(
  shop: Shop,
  holds: Holds,
  { sku, buyer, quantity }: { sku: string; buyer: string; quantity: number },
  waived: Waived,
): boolean {
  if (availableOf(shop, holds, sku) < quantity && !waived('stock')) return false;
  const units = unitsOf(holds, sku, buyer) + quantity;
  return units <= shop.unitsPerBuyerMax || waived('limit');
}

function end(holds: Holds, { operation }: Call, nowMs: number, waived: Waived): Effect[] {
  const hold = holdOf(holds, operation.hold);
  if (hold === undefined) return [];
  if (hold.state !== 'live' && !waived('release')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  const step: Step = { atMs: nowMs, event: 'released', hold: hold.id, call: operation.id };
  return [{ holds: changed(holds, hold, { state: 'released' }), step, isComplete: true }];
}

function cancel(holds: Holds, { operation }: Call, nowMs: number, waived: Waived): Effect[] {
  const hold = boughtBy(holds, operation.order);
  if (hold === undefined) return [];
  if (hold.state !== 'sold' && !waived('cancel')) return [];
  if (hold.buyer !== operation.buyer && !waived('owner')) return [];
  const step: Step = { atMs: nowMs, event: 'returned', hold: hold.id, call: operation.id };
  return [{ holds: changed(holds, hold, { state: 'returned' }), step, isComplete: true }];
}

/**
 * A refused cancellation. An order cannot be cancelled any more once it is fulfilled, which no call of the history tells,
 * so the refusal itself is the sign of it.
 */
export function refusedCancellations(
  holds: Holds,
  { operation }: Call,
  nowMs: number,
  waived: Waived,
): Effect[] {
  const hold = boughtBy(holds, operation.order);
  const step: Step = { atMs: nowMs, event: 'refused', call: operation.id };
  const asItIs: Effect = { holds, step, isComplete: true };
  if (waived('cancelRefusal')) return [asItIs];
  if (hold === undefined || hold.buyer !== operation.buyer) return [];
  if (hold.state !== 'sold') return [asItIs];
  const fulfilled = changed(holds, hold, { state: 'fulfilled' });
  return [
    { holds: fulfilled, step: { ...step, event: 'fulfilled', hold: hold.id }, isComplete: true },
  ];
}
