import type { Operation, SaleFacts } from '../../../history/operation.ts';
import { mayBeTakenAlone } from '../half-way.ts';
import {
  has,
  holdOf,
  type Phase,
  type Situation,
  type SoughtCall,
  takenUnits,
  unitsIn,
} from './situation.ts';

/** True for a call that changes nothing: one that was refused, or a read. */
export const isLook = ({ operation: { kind, outcome } }: SoughtCall): boolean =>
  outcome === 'fail' || kind === 'read';

/** True when a look may have been given its answer in a situation. */
export const mayAnswer = (
  call: SoughtCall,
  holds: Situation,
  total: number,
  sale: SaleFacts,
): boolean =>
  call.operation.kind === 'read'
    ? mayShow(call, holds, total)
    : mayRefuse(call, holds, total, sale);

export const COLUMNS = ['available', 'reserved', 'sold'] as const;

/** True when a read shows the counts of a situation. Units that are not back yet count as reserved. */
function mayShow({ operation: { observed } }: SoughtCall, holds: Situation, total: number) {
  const sold = unitsIn(holds, 'sold');
  const reserved = unitsIn(holds, 'live', 'lapsed');
  const counts = { available: total - reserved - sold, reserved, sold };
  return COLUMNS.every(
    (column) => observed?.[column] === undefined || observed[column] === counts[column],
  );
}

/**
 * True when a refusal may be right in a situation. A code that claims nothing about holds is always right, and so is one
 * that claims what no call of the history tells.
 */
function mayRefuse(
  { operation, isPaidElsewhere }: SoughtCall,
  holds: Situation,
  total: number,
  sale: SaleFacts,
): boolean {
  const { kind, code, buyer, quantity } = operation;
  const claim = code === undefined ? undefined : sale.refusals[code];
  if (kind === 'reserve' || kind === 'buy') {
    if (claim === 'sold-out') return takenUnits(holds) + quantity > total;
    if (claim === 'has-hold') return has(holds, buyer, 'live', 'lapsed', 'sold');
    if (claim === 'has-bought') return has(holds, buyer, 'sold');
    if (claim === 'has-one') return has(holds, buyer, 'live', 'lapsed', 'sold');
    return true;
  }
  if (kind === 'cancel') return true;
  // The refusal is of all lines, also if one alone has ended; those of our own server end together.
  if (operation.basket !== undefined && sale.shop !== undefined) return true;
  const hold = holdOf(holds, operation);
  const isTheirs = hold !== undefined && hold.buyer === buyer;
  // A described shop may tell a stranger how somebody else's hold ended.
  if (hold !== undefined && !isTheirs && sale.shop !== undefined) return true;
  if (claim === 'not-found') return !isTheirs;
  // An order exists from the moment at which its payment begins, and the payment may fail later.
  if (claim === 'hold-ordered' && isPaidElsewhere) return true;
  const phases = kind === 'confirm' ? CHECKOUT_PHASES : RELEASE_PHASES;
  const expected = claim === undefined ? undefined : phases[claim];
  return expected === undefined || (isTheirs && expected.includes(hold.phase));
}

/**
 * True for a purchase in one call, or a line of a basket, that was refused and may have taken units before. A reason of its own
 * tells that it has not.
 */
export function mayLeaveHold(call: Operation, sale: SaleFacts): boolean {
  const { kind, outcome, status, code = '' } = call;
  if (outcome !== 'fail' || status === 0 || sale.refusals[code] !== undefined) return false;
  return kind === 'buy' || mayBeTakenAlone(call, sale);
}

/** All phases but the first. */
const ENDED: readonly Phase[] = ['lapsed', 'back', 'released', 'returned', 'sold'];

/** The phases of a hold in which a claim about it is true. A hold of which a second one was made may have an order too. */
const CHECKOUT_PHASES: Record<string, readonly Phase[]> = {
  'hold-lapsed': ['lapsed', 'back'],
  'hold-ended': ENDED,
  'hold-ordered': ['sold', 'returned', 'lapsed', 'back'],
};
const RELEASE_PHASES: Record<string, readonly Phase[]> = {
  'hold-lapsed': ['lapsed', 'back'],
  'hold-ended': ENDED,
};

/** The earliest moment of the look that an answer rests on: a "sold out" or a read may come from a memory. */
export function lookFromNs(call: Operation, sale: SaleFacts): number {
  const { kind, code = '', sequence, invokedAtNs } = call;
  if (kind === 'read') return invokedAtNs - (sale.readLagMs ?? 0) * 1e6;
  const isRemembered = sale.refusals[code] === 'sold-out' && sequence === undefined;
  return isRemembered ? invokedAtNs - (sale.refusalLagMs ?? 0) * 1e6 : invokedAtNs;
}
