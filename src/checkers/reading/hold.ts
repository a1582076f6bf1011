import type { Operation } from '../../history/operation.ts';
import type { Evidence } from '../evidence.ts';
import type { Decision } from './decisions.ts';
import { isMade, isStanding, type LedgerIndex } from './ledger-index.ts';
import type { ReservationRow } from './rows.ts';

/**
 * A hold that was made or may have been made, with every call about it. Calls without an answer (`info`) are settled by
 * the final ledger first: a call of which the ledger has no trace did not happen and is left out.
 *
 * Registering for a campaign is a hold and its checkout in one call. An attempt at a flash sale is a hold that was made
 * some time after the call, if at all; its buyer learns of it by asking. A checkout whose payment came after its hold
 * had lapsed takes units again, with a hold of its own.
 */
export interface Hold {
  /** The id that the server gave it, if known. */
  id: string | undefined;
  sku: string;
  buyer: string | undefined;
  quantity: number;
  /** The call that asked for the hold: reserve, register or attempt, or a checkout that came after its hold had lapsed. */
  reserve: Operation;
  /** The earliest moment at which the hold may have been made: that of its call, or of an earlier registration that this call completed. */
  askedAtNs: number;
  /** The moment from which the buyer knew of the hold; `Infinity` when no answer named it. */
  knownAtNs: number;
  /** The decision over an attempt, as its buyer was told it. One that failed has no units, though it may have held some until then. */
  decision: Decision | undefined;
  /** `answered`: the buyer was answered yes. `found`: no answer, but the ledger has the hold. `unsettled`: nobody knows. */
  made: 'answered' | 'found' | 'unsettled';
  /** `yes`: the hold was sold. `maybe`: a checkout got no answer, and there is no ledger. */
  confirmed: 'yes' | 'maybe' | 'no';
  /** Checkouts that happened or may have happened, in the order of invocation. */
  confirms: readonly Operation[];
  /** Checkouts that were refused, in the order of invocation. */
  refusedConfirms: readonly Operation[];
  /** Cancellations of the hold that happened or may have happened, in the order of invocation. */
  releases: readonly Operation[];
  /** `yes`: one of `releases` happened, by its answer or by the ledger. `maybe`: it got no answer, and there is no ledger. */
  released: 'yes' | 'maybe' | 'no';
  /** Cancellations of the hold's order that happened or may have happened, in the order of invocation. */
  cancels: readonly Operation[];
  /** The same for `cancels`. */
  cancelled: 'yes' | 'maybe' | 'no';
  /** The hold's row in the final ledger. */
  reservation: ReservationRow | undefined;
}

/** Records a checkout of a hold, unless the ledger shows that it did not happen. */
export function addConfirm(hold: Hold, confirm: Operation, ledger: LedgerIndex | undefined): void {
  // Where rows do not tell which of several calls made them, a row of another call says nothing of this one.
  const isOpen = ledger?.attribution?.open.has(confirm.callId ?? '') === true;
  const unanswered = isOpen ? 'maybe' : wasSold(hold, ledger);
  const sold = confirm.outcome === 'ok' ? 'yes' : unanswered;
  if (sold === 'no') return;
  hold.confirms = withOneMore(hold.confirms, confirm);
  if (hold.confirmed !== 'yes') hold.confirmed = sold;
}

/** Records the sale by a call that takes and sells units at once. Without an answer it may have got no further than the hold. */
export function sellAtOnce(hold: Hold, ledger: LedgerIndex | undefined): void {
  const sold = hold.made === 'found' ? wasSold(hold, ledger) : 'maybe';
  if (sold === 'no') return;
  hold.confirmed = hold.made === 'answered' ? 'yes' : sold;
  hold.confirms = [hold.reserve];
}

/** Records a cancellation of a hold, unless the ledger shows that it did not happen. */
export function addRelease(hold: Hold, release: Operation, ledger: LedgerIndex | undefined): void {
  const released = release.outcome === 'ok' ? 'yes' : wasGivenBack(hold, ledger);
  if (released === 'no') return;
  hold.releases = withOneMore(hold.releases, release);
  if (hold.released !== 'yes') hold.released = released;
}

/** Records a cancellation of a hold's order, unless the ledger shows that it did not happen. */
export function addCancel(hold: Hold, cancel: Operation, ledger: LedgerIndex | undefined): void {
  const cancelled = cancel.outcome === 'ok' ? 'yes' : wasGivenBack(hold, ledger);
  if (cancelled === 'no') return;
  hold.cancels = withOneMore(hold.cancels, cancel);
  if (hold.cancelled !== 'yes') hold.cancelled = cancelled;
}

/** True for a hold whose row was given to its call only because the two are alike: it may be that of another call. */
export const isGuessed = (
  { made, reservation }: Hold,
  attribution: Evidence['attribution'],
): boolean =>
  made === 'found' &&
  reservation !== undefined &&
  (reservation.callId === null || attribution?.likely.has(reservation.reservationId) === true);

/** `maybe`: the ledger does not tell. */
type Certainty = 'yes' | 'maybe' | 'no';

function wasGivenBack(
  { reservation, confirmed }: Hold,
  ledger: LedgerIndex | undefined,
): Certainty {
  if (!ledger?.keeps('reservation')) return 'maybe';
  if (ledger.attribution !== undefined) {
    // A described shop may delete the row of an order that is cancelled.
    if (reservation === undefined) return 'maybe';
    // It may have taken the units again for a late checkout: then another row tells what became of them.
    if (confirmed === 'yes' && reservation.status === 'EXPIRED') return 'maybe';
  }
  if (reservation !== undefined && isVague(reservation, ledger)) return 'maybe';
  return reservation?.status === 'CANCELLED' ? 'yes' : 'no';
}

/**
 * Tells if the ledger has a sale of the hold, cancelled since or not. An order can also be cancelled before it is paid, and
 * then its hold was never sold: the order alone is no proof.
 */
export function wasSold(hold: Hold, ledger: LedgerIndex | undefined): Certainty {
  const { reservation } = hold;
  if (!ledger?.keeps('reservation')) return wasOrdered(hold, ledger);
  if (reservation === undefined) {
    return ledger.attribution?.vague.has(hold.id ?? '') ? 'maybe' : 'no';
  }
  const { reservationId, status } = reservation;
  if (isVague(reservation, ledger)) return 'maybe';
  if (status === 'CONFIRMED') return 'yes';
  if (ledger.keeps('movement')) {
    const movements = ledger.movementsByReservation.get(reservationId) ?? [];
    return movements.some(({ kind }) => kind === 'SOLD') ? 'yes' : 'no';
  }
  if (!ledger.keeps('order')) return status === 'CANCELLED' ? 'maybe' : 'no';
  const orders = ledger.ordersByReservation.get(reservationId) ?? [];
  if (orders.some(isStanding)) return 'yes';
  return status === 'CANCELLED' && orders.some(isMade) ? 'maybe' : 'no';
}

/** True when a row does not tell how the hold ended: it says nothing of it, or may be the row of another call. */
const isVague = (row: ReservationRow, { attribution }: LedgerIndex): boolean =>
  row.status === null || attribution?.vague.has(row.reservationId) === true;

/** The same by the orders alone, of a shop whose rows were given to their calls. */
function wasOrdered({ id }: Hold, ledger: LedgerIndex | undefined): Certainty {
  if (ledger?.attribution === undefined || !ledger.keeps('order')) return 'maybe';
  if (id === undefined || ledger.attribution.vague.has(id)) return 'maybe';
  const orders = ledger.ordersByReservation.get(id) ?? [];
  if (orders.some(isStanding)) return 'yes';
  return orders.some(isMade) ? 'maybe' : 'no';
}

/**
 * The list with one call more, in the order of invocation. Nearly all lists of a sale have one call, and a literal of one takes
 * the room of one; a longer list is the hold's own, and grows.
 */
export function withOneMore(calls: readonly Operation[], call: Operation): readonly Operation[] {
  if (calls.length === 0) return [call];
  const own = calls.length < SMALL ? calls.slice() : (calls as Operation[]);
  let place = own.length;
  while (place > 0 && (own[place - 1] as Operation).invokedAtNs > call.invokedAtNs) place--;
  own.splice(place, 0, call);
  return own;
}

const SMALL = 4;
