import { type Operation, takesStock } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { lazy } from '../../../kernel/memo.ts';
import type { Evidence } from '../../evidence.ts';
import { eventfulCalls } from '../../reading/eventful-calls.ts';
import { holdsInAnswers } from '../../reading/late-checkouts.ts';
import { type LedgerIndex, likeOf, ofBuyer } from '../../reading/ledger-index.ts';
import { findOffers } from '../../reading/offers.ts';
import type { ReservationRow } from '../../reading/rows.ts';
import {
  callsNamed,
  checkoutsOfLike,
  nameReservation,
  type Phantom,
  registeredBuyers,
} from './phantom.ts';

/** Finds reservations that no call asked for, that were refused, or that are the second of one call. */
export function phantomReservations(evidence: Evidence, ledger: LedgerIndex): Phantom[] {
  const { operations } = evidence;
  const answered = holdsInAnswers(operations);
  const unexplained = ledger.reservations.filter((row) => !answered.has(row.reservationId));
  if (unexplained.length === 0) return [];

  // A checkout whose payment came after its hold had lapsed takes units again.
  const mayHold = ({ kind }: Operation): boolean => takesStock(kind) || kind === 'confirm';
  const byCallId = callsNamed(operations, mayHold, unexplained);
  // Calls whose rows the answers already explain: a further row of such a call is a second effect.
  const spent = new Set<string>();
  for (const { reservationId, callId } of ledger.reservations) {
    if (answered.has(reservationId) && callId !== null) spent.add(callId);
  }
  const open = openCalls(operations);
  const attempted = new Set(
    [...open].flatMap(([like, calls]) =>
      calls.some(({ kind }) => kind === 'attempt') ? [like] : [],
    ),
  );
  const offers = findOffers(evidence);
  const isTicket = ({ skuId }: ReservationRow): boolean => offers.get(skuId)?.soldBy === 'tickets';
  const rewards = new Set(evidence.sale.skus.filter((sku) => sku.isReward).map((sku) => sku.skuId));
  const mayTakeAgain = ({ kind }: Operation, row: ReservationRow): boolean =>
    kind === 'attempt' || isTicket(row) || rewards.has(row.skuId);
  // A purchase of tickets leaves the holds that it could not buy.
  const bought = lazy(
    () => new Set(operations.filter(({ kind }) => kind === 'buy').map(likeOfCall)),
  );
  const late = checkoutsOfLike(operations, ledger);
  const registered = registeredBuyers(operations);
  const phantoms: Phantom[] = [];
  for (const row of unexplained) {
    const name = nameReservation(row);
    if (row.callId === null) {
      const like = likeOf(row);
      if (isOver(row) && attempted.has(like)) continue;
      if (row.status !== 'CONFIRMED' && isTicket(row) && bought().has(like)) continue;
      const likely = open.get(like)?.pop() ?? late.get(like)?.pop();
      if (likely === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
      continue;
    }
    const call = byCallId.get(row.callId);
    if (call === undefined) phantoms.push({ what: `${name} was asked for by nobody` });
    else if (call.outcome === 'fail') {
      if (isLeftByRefusal(row, call, registered)) continue;
      phantoms.push({ what: `${name} exists although it was refused`, call });
    } else if (mayTakeAgain(call, row) && isOver(row)) {
      continue;
    } else if (spent.has(row.callId)) {
      phantoms.push({ what: `${name} is the second from one call`, call });
    }
    spent.add(row.callId);
  }
  return phantoms;
}

/**
 * True for a hold that lapsed before it was bought. The worker that decides an attempt or owes a reward then takes units again,
 * and so does a purchase whose payment took longer.
 */
const isOver = ({ status, lapsed }: ReservationRow): boolean =>
  status === 'EXPIRED' || (status === 'RESERVED' && lapsed !== false);

/** Calls that may have made a hold that they do not name, by SKU, quantity and buyer. It does not matter which a row is given to. */
const openCalls = (operations: Operation[]): Map<string, Operation[]> =>
  groupBy(
    eventfulCalls(operations).filter(
      ({ kind, outcome, hold }) => takesStock(kind) && (outcome === 'info' || hold === undefined),
    ),
    likeOfCall,
  );

const likeOfCall = ({ buyer = '', sku = '', quantity }: Operation): string =>
  likeOf({ userId: buyer, skuId: sku, quantity });

/**
 * True when a refused call may have left this row without harm. A registration or a purchase may have bought the hold of another one of
 * its buyer, or the units that a late payment took again, and that call is then refused; else a late payment gives back the hold
 * that it could not buy.
 */
function isLeftByRefusal(
  { skuId, userId, status }: ReservationRow,
  { kind }: Operation,
  registered: Set<string>,
): boolean {
  const mayBeBought = kind === 'register' || kind === 'confirm' || kind === 'buy';
  if (mayBeBought && registered.has(ofBuyer(skuId, userId))) return true;
  return (kind === 'register' || kind === 'confirm' || kind === 'buy') && status !== 'CONFIRMED';
}
