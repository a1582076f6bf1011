import type { SaleFacts } from '../../../history/operation.ts';
import {
  changed,
  holdOf,
  holdOfOrder,
  newHold,
  type Situation,
  type SoughtCall,
  type SoughtHold,
  secondHold,
  takenUnits,
  unitsOf,
} from './situation.ts';

/** A situation that a call may bring about. The first half of a purchase, and of a late checkout, is to hold the units. */
export interface Move {
  holds: Situation;
  isWhole: boolean;
}

/** Everything that a call which was not refused may do in a situation. */
export function movesOf(
  call: SoughtCall,
  isHalfDone: boolean,
  holds: Situation,
  nowNs: number,
  total: number,
  sale: SaleFacts,
): Move[] {
  const { operation } = call;
  const { kind, buyer } = operation;
  if (kind === 'reserve') {
    const hold = newHold(call, sale);
    const made = mayTake(hold, holds, total, sale)
      ? [{ holds: [...holds, hold], isWhole: true }]
      : [];
    return [...made, ...toldAgain(call, holds, sale)];
  }
  if (kind === 'buy') return purchases(call, isHalfDone, holds, total, sale);
  if (kind === 'confirm') return checkouts(call, isHalfDone, holds, nowNs, total, sale);
  const hold = kind === 'cancel' ? holdOfOrder(holds, operation) : holdOf(holds, operation);
  const phase = kind === 'cancel' ? 'sold' : 'live';
  if (hold === undefined || hold.phase !== phase || hold.buyer !== buyer) return [];
  const after = kind === 'cancel' ? 'returned' : 'released';
  return [{ holds: changed(holds, hold, { phase: after }), isWhole: true }];
}

/** A purchase in one call. A read may see its units held before they are sold, and without an answer they may stay so. */
function purchases(
  call: SoughtCall,
  isHalfDone: boolean,
  holds: Situation,
  total: number,
  sale: SaleFacts,
): Move[] {
  if (isHalfDone) return sales(call, holds, madeBy(call, holds));
  const hold = newHold(call, sale);
  const found = holdsFound(call, holds, sale).flatMap((each) => sales(call, holds, each));
  if (!mayTake(hold, holds, total, sale)) return found;
  const sold: SoughtHold = { ...hold, phase: 'sold', boughtBy: call.operation };
  return [
    { holds: [...holds, sold], isWhole: true },
    { holds: [...holds, hold], isWhole: false },
    ...found,
  ];
}

/** A second wish may be answered with the hold that a call without an answer has made. */
const toldAgain = (call: SoughtCall, holds: Situation, sale: SaleFacts): Move[] =>
  holdsFound(call, holds, sale)
    .filter(({ madeBy }) => madeBy.outcome === 'info')
    .map((hold) => {
      const { operation } = call;
      const told = { id: operation.hold ?? hold.id, madeBy: operation };
      return { holds: changed(holds, hold, told), isWhole: true };
    });

/** The holds that a described shop may answer a wish for units with, in place of a new one: those of its buyer that are like it. */
function holdsFound({ operation }: SoughtCall, holds: Situation, sale: SaleFacts): SoughtHold[] {
  if (sale.shop === undefined) return [];
  const { hold: name, buyer, quantity } = operation;
  return holds.filter(
    ({ id, phase, units, madeBy, ...hold }) =>
      phase === 'live' &&
      hold.buyer === buyer &&
      units === quantity &&
      (name === undefined || name === id || madeBy.outcome === 'info'),
  );
}

/** A purchase that was refused half-way may have left a hold, which stays until it lapses. */
export function refusedPurchases(
  call: SoughtCall,
  holds: Situation,
  total: number,
  sale: SaleFacts,
): Move[] {
  const hold = newHold(call, sale);
  const asItIs = { holds, isWhole: true };
  return takenUnits(holds) + hold.units > total
    ? [asItIs]
    : [asItIs, { holds: [...holds, hold], isWhole: true }];
}

function checkouts(
  call: SoughtCall,
  isHalfDone: boolean,
  holds: Situation,
  nowNs: number,
  total: number,
  sale: SaleFacts,
): Move[] {
  const { operation } = call;
  const named = holdOf(holds, operation);
  if (isHalfDone) return sales(call, holds, madeBy(call, holds));
  const again = secondHolds(call, holds, nowNs, total, sale);
  if (operation.newHold !== undefined) {
    const sold = holds.find(({ id }) => id === operation.newHold);
    return sale.shop === undefined ? again : [...again, ...sales(call, holds, sold)];
  }
  const inTime = sales(call, holds, named);
  // A described shop need not name the second hold.
  return call.definite && sale.shop === undefined ? inTime : [...inTime, ...again];
}

const madeBy = ({ operation }: SoughtCall, holds: Situation): SoughtHold | undefined =>
  holds.find((hold) => hold.madeBy === operation);

function sales({ operation }: SoughtCall, holds: Situation, hold: SoughtHold | undefined): Move[] {
  if (hold === undefined || hold.phase !== 'live' || hold.buyer !== operation.buyer) return [];
  return [{ holds: changed(holds, hold, { phase: 'sold', boughtBy: operation }), isWhole: true }];
}

/** The units that a checkout holds again, because it came after the lapse. */
export function secondHolds(
  { operation }: SoughtCall,
  holds: Situation,
  nowNs: number,
  total: number,
  sale: SaleFacts,
): Move[] {
  const before = holdOf(holds, operation);
  if (before?.phase !== 'lapsed' && before?.phase !== 'back') return [];
  if (before.buyer !== operation.buyer) return [];
  const hold = secondHold(before, operation, nowNs);
  if (!mayTake(hold, holds, total, sale)) return [];
  return [{ holds: [...holds, hold], isWhole: false }];
}

function mayTake(
  { units, buyer }: SoughtHold,
  holds: Situation,
  total: number,
  sale: SaleFacts,
): boolean {
  const isFree = takenUnits(holds) + units <= total;
  return (
    isFree && unitsOf(holds, buyer) + units <= (sale.unitsPerBuyerMax ?? Number.POSITIVE_INFINITY)
  );
}
