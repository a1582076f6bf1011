import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy, memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { type Claim, createClaims } from './claims.ts';
import { findDecisions } from './decisions.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { addCancel, addConfirm, addRelease, type Hold, sellAtOnce, withOneMore } from './hold.ts';
import { createNewHoldTest } from './late-checkouts.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { createNamelessCalls } from './nameless-calls.ts';
import {
  type BoughtReservations,
  createAskedTest,
  findBoughtReservations,
} from './registrations.ts';
import { findWishes, type Wishes } from './wishes.ts';

export interface Holds {
  bySku: Map<string, Hold[]>;
  /** By the id that the server gave the hold. */
  byId: Map<string, Hold>;
}

/** Finds every hold of the SKUs on sale, in the order of their reserve calls. */
export const findHolds = memoized((evidence: Evidence): Holds => {
  const { index: ledger } = indexLedger(evidence);
  const wishes = findWishes(evidence);
  const book = createHoldBook(evidence);
  const bought = findBoughtReservations(wishes, ledger);
  const late = findMadeHolds(book, evidence, wishes, ledger, bought);
  for (const { orderId, reservationId } of ledger?.orders ?? []) {
    const hold = book.byId.get(reservationId);
    const isVague = ledger?.attribution?.vague.has(reservationId) === true;
    if (hold !== undefined && !isVague) book.byOrder.set(orderId, hold);
  }
  sellReservations(book, bought, ledger);
  endHolds(book, wishes, late, ledger, evidence.sale);
  return { bySku: groupBy(book.holds, ({ sku }) => sku), byId: book.byId };
});

/** The holds found so far. */
interface HoldBook {
  holds: Hold[];
  byId: Map<string, Hold>;
  byOrder: Map<string, Hold>;
  /** The holds that late checkouts made, by the ids of those that they name. */
  again: Map<string, Hold>;
  /** Adds the hold that a call asked for; `id` is the server's id of the hold, if known. */
  add(reserve: Operation, sku: string, claim: Claim, id: string | undefined): Hold;
}

/** Shared by all holds, because most holds of a big sale have none of these calls. */
const NONE: readonly Operation[] = [];

function createHoldBook(evidence: Evidence): HoldBook {
  const holds: Hold[] = [];
  const byId = new Map<string, Hold>();
  const byOrder = new Map<string, Hold>();
  const askedAtNs = createAskedTest(evidence);
  const decisions = findDecisions(evidence);

  /** A checkout does not name the quantity that it buys. */
  function quantityOf({ kind, hold, quantity }: Operation, { reservation }: Claim): number {
    if (kind !== 'confirm') return quantity;
    const lapsed = hold === undefined ? undefined : byId.get(hold);
    return lapsed?.quantity ?? reservation?.quantity ?? 1;
  }

  function add(reserve: Operation, sku: string, claim: Claim, id: string | undefined): Hold {
    const { kind, buyer } = reserve;
    const hold: Hold = {
      id,
      sku,
      buyer,
      quantity: quantityOf(reserve, claim),
      reserve,
      askedAtNs: askedAtNs(reserve),
      knownAtNs: kind === 'attempt' ? decisions.knownAtNs(reserve) : reserve.completedAtNs,
      decision: decisions.over(reserve),
      made: claim.made,
      confirmed: 'no',
      confirms: NONE,
      refusedConfirms: NONE,
      releases: NONE,
      released: 'no',
      cancels: NONE,
      cancelled: 'no',
      reservation: claim.reservation,
    };
    holds.push(hold);
    if (id !== undefined && !byId.has(id)) byId.set(id, hold);
    if (reserve.order !== undefined) byOrder.set(reserve.order, hold);
    // The order of an attempt may have another id than the attempt.
    const toldOrder = hold.decision?.isYes ? hold.decision.read.order : undefined;
    if (toldOrder !== undefined) byOrder.set(toldOrder, hold);
    return hold;
  }

  return { holds, byId, byOrder, again: new Map(), add };
}

/** Adds the hold of every call that made one or may have. Returns the late checkouts: those with a hold of their own. */
function findMadeHolds(
  book: HoldBook,
  evidence: Evidence,
  wishes: Wishes,
  ledger: LedgerIndex | undefined,
  { isBought }: BoughtReservations,
): Set<Operation> {
  const onSale = new Set(evidence.sale.skus.map(({ skuId }) => skuId));
  const claims = createClaims(wishes, ledger);
  // Claimed before any call without an answer is settled, so that no such call takes a row that another call was told of.
  const decisions = findDecisions(evidence);
  const toldAttempts = new Map<Operation, Claim>();
  const calls = eventfulCalls(wishes.calls);
  for (const call of calls) {
    if (decisions.over(call)?.isYes) toldAttempts.set(call, claims.answered(call));
  }
  const late = new Set<Operation>();
  const newHoldOf = createNewHoldTest(book, evidence, wishes, ledger);
  const claimOf = (call: Operation): Claim | 'did-not-happen' => {
    if (call.kind === 'attempt') return toldAttempts.get(call) ?? claims.decided(call);
    return call.outcome === 'ok' ? claims.answered(call) : claims.settle(call);
  };

  for (const call of calls) {
    const { kind, outcome, sku } = call;
    if (kind === 'confirm') {
      const id = newHoldOf(call);
      if (id === undefined) continue;
      const reservation = ledger?.reservationById.get(id);
      const ofSku = sku ?? reservation?.skuId ?? book.byId.get(call.hold ?? '')?.sku;
      if (ofSku === undefined || !onSale.has(ofSku)) continue;
      // A row that is only like the hold may be of another call, and then this one may have sold the hold that it names.
      const isGuess = outcome === 'info' && ledger?.attribution?.likely.has(id) === true;
      if (!isGuess) late.add(call);
      const made = outcome === 'ok' ? 'answered' : 'found';
      const hold = book.add(call, ofSku, { made, reservation }, id);
      if (!isGuess && call.hold !== undefined) book.again.set(call.hold, hold);
      sellAtOnce(hold, ledger);
    }
    if (!takesStock(kind) || sku === undefined || !onSale.has(sku)) continue;
    if (isBought(call)) continue;
    const claim = claimOf(call);
    if (claim === 'did-not-happen') continue;
    const hold = book.add(call, sku, claim, call.hold ?? claim.reservation?.reservationId);
    if (kind !== 'reserve') sellAtOnce(hold, ledger);
  }
  return late;
}

/** Adds to the holds of reserve calls the registrations and purchases that bought them, or may have. */
function sellReservations(
  { holds, byOrder }: HoldBook,
  { ofHold }: BoughtReservations,
  ledger: LedgerIndex | undefined,
): void {
  for (const hold of holds) {
    for (const sale of ofHold(hold)) {
      addConfirm(hold, sale, ledger);
      const { order } = sale;
      if (order !== undefined) byOrder.set(order, hold);
    }
  }
}

/** Adds to every hold the calls that sold it, gave it back or cancelled its order. */
function endHolds(
  { holds, byId, byOrder, again }: HoldBook,
  { calls }: Wishes,
  late: Set<Operation>,
  ledger: LedgerIndex | undefined,
  sale: SaleFacts,
): void {
  const nameless = lazy(() => createNamelessCalls(holds, ledger));
  /** The holds of which no answer told the name. A call to a described shop may name one of them all the same. */
  const unnamed = lazy(() =>
    createNamelessCalls(
      holds.filter((hold) => hold.id === undefined),
      ledger,
    ),
  );

  for (const operation of eventfulCalls(calls)) {
    const { kind, hold: id, order } = operation;
    const named = id === undefined ? undefined : byId.get(id);
    const ordered = order === undefined ? undefined : byOrder.get(order);
    // An order that is cancelled may be named by the hold that it was to be for, and rest on another one.
    const hold = kind === 'cancel' ? (ordered ?? again.get(id ?? '') ?? named) : (named ?? ordered);
    if (hold === undefined) {
      if (operation.outcome === 'fail' || !ENDS.has(kind) || late.has(operation)) continue;
      const isKnownShop = sale.shop === undefined;
      if (isKnownShop && (id !== undefined || operation.buyer === undefined)) continue;
      // A checkout that names no hold may have made the order that is cancelled.
      const only = (id === undefined ? nameless() : unnamed()).add(operation);
      if (kind === 'confirm' && order !== undefined && only !== undefined) byOrder.set(order, only);
      continue;
    }
    if (operation.outcome === 'fail') {
      hold.refusedConfirms = withOneMore(hold.refusedConfirms, operation);
      continue;
    }
    if (kind === 'confirm' && !late.has(operation)) {
      addConfirm(hold, operation, ledger);
      if (order !== undefined && !byOrder.has(order)) byOrder.set(order, hold);
    }
    if (kind === 'release') addRelease(hold, operation, ledger);
    if (kind === 'cancel') addCancel(hold, operation, ledger);
  }
}

const ENDS: ReadonlySet<Operation['kind']> = new Set(['confirm', 'release', 'cancel']);
