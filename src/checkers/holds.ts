import type { Operation } from '../history/operation.ts';
import type { LedgerReservation } from '../protocol/ledger.ts';
import type { Evidence } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { memoized } from './memo.ts';

/**
 * A hold that was made or may have been, with everything that was asked of it. Calls without an answer (`info`) are
 * settled against the final ledger first: what it has no trace of did not happen and is not in here.
 */
export interface Hold {
  sku: string;
  buyer: string | undefined;
  quantity: number;
  reserve: Operation;
  /** `told`: the buyer was answered yes. `found`: no answer, but the ledger has it. `unsettled`: nobody knows. */
  made: 'told' | 'found' | 'unsettled';
  /** Whether it was sold. `maybe`: a checkout got no answer and there is no ledger to ask. */
  confirmed: 'yes' | 'maybe' | 'no';
  /** Checkouts that happened or may have, in the order of invocation. */
  confirms: readonly Operation[];
  /** Cancellations that happened or may have, in the order of invocation. */
  releases: readonly Operation[];
  /** Whether one of them did: answered, or visible in the ledger. */
  released: 'yes' | 'maybe' | 'no';
  /** Its row in the final ledger. */
  reservation: LedgerReservation | undefined;
}

export interface Holds {
  bySku: Map<string, Hold[]>;
  /** By the id the server gave them. */
  byId: Map<string, Hold>;
}

/** Every hold of the SKUs on sale, in the order of their reserve calls. */
export const findHolds = memoized((evidence: Evidence): Holds => {
  const { index: ledger } = indexLedger(evidence);
  const onSale = new Set(evidence.sale.skus.map(({ skuId }) => skuId));
  const claims = createClaims(evidence, ledger);
  const holds: Hold[] = [];
  const byId = new Map<string, Hold>();

  for (const reserve of evidence.operations) {
    const { kind, outcome, sku, buyer, quantity } = reserve;
    if (kind !== 'reserve' || outcome === 'fail' || sku === undefined || !onSale.has(sku)) continue;
    const claim = outcome === 'ok' ? claims.told(reserve) : claims.settle(reserve);
    if (claim === 'did-not-happen') continue;
    const { made, reservation } = claim;
    const hold: Hold = {
      sku,
      buyer,
      quantity,
      reserve,
      made,
      confirmed: 'no',
      confirms: NONE,
      releases: NONE,
      released: 'no',
      reservation,
    };
    holds.push(hold);
    const id = reserve.hold ?? reservation?.reservationId;
    if (id !== undefined && !byId.has(id)) byId.set(id, hold);
  }

  for (const operation of evidence.operations) {
    if (operation.hold === undefined || operation.outcome === 'fail') continue;
    const hold = byId.get(operation.hold);
    if (hold === undefined) continue;
    if (operation.kind === 'confirm') addConfirm(hold, operation, ledger !== undefined);
    if (operation.kind === 'release') addRelease(hold, operation, ledger !== undefined);
  }
  return { bySku: groupBy(holds, ({ sku }) => sku), byId };
});

/** Shared, because most holds of a big sale end without either. */
const NONE: readonly Operation[] = [];

function addConfirm(hold: Hold, confirm: Operation, isSettled: boolean): void {
  if (confirm.outcome === 'info' && isSettled && hold.reservation?.status !== 'CONFIRMED') return;
  hold.confirms = [...hold.confirms, confirm];
  if (confirm.outcome === 'ok' || isSettled) hold.confirmed = 'yes';
  else if (hold.confirmed === 'no') hold.confirmed = 'maybe';
}

function addRelease(hold: Hold, release: Operation, isSettled: boolean): void {
  if (release.outcome === 'info' && isSettled && hold.reservation?.status !== 'CANCELLED') return;
  hold.releases = [...hold.releases, release];
  if (release.outcome === 'ok' || isSettled) hold.released = 'yes';
  else if (hold.released === 'no') hold.released = 'maybe';
}

type Claim = { made: Hold['made']; reservation: LedgerReservation | undefined };

/** Finds the ledger's row for a reserve call; no row is claimed by two unanswered calls. */
function createClaims(evidence: Evidence, ledger: LedgerIndex | undefined) {
  const told = new Set<string>();
  for (const { kind, outcome, hold } of evidence.operations) {
    if (kind === 'reserve' && outcome === 'ok' && hold !== undefined) told.add(hold);
  }
  const unclaimed = (ledger?.reservations ?? []).filter((row) => !told.has(row.reservationId));
  const byAttempt = groupBy(unclaimed, (row) => row.attemptId ?? undefined);
  const withoutAttempt = unclaimed.filter((row) => row.attemptId === null);
  const byBuyer = groupBy(withoutAttempt, (row) => buyerKey(row.userId, row.skuId, row.quantity));

  return {
    told({ hold, attempt }: Operation): Claim {
      const reservation =
        hold !== undefined
          ? ledger?.reservationById.get(hold)
          : attempt !== undefined
            ? byAttempt.get(attempt)?.shift()
            : undefined;
      return { made: 'told', reservation };
    },
    settle({ attempt, buyer, sku, quantity }: Operation): Claim | 'did-not-happen' {
      if (ledger === undefined) return { made: 'unsettled', reservation: undefined };
      const named = attempt === undefined ? undefined : byAttempt.get(attempt)?.shift();
      if (named) return { made: 'found', reservation: named };
      // Servers that store no attempt ids leave the buyer and what they asked for to go by.
      if (withoutAttempt.length === 0) return 'did-not-happen';
      if (buyer === undefined) return { made: 'unsettled', reservation: undefined };
      const likely = byBuyer.get(buyerKey(buyer, sku ?? '', quantity))?.shift();
      return likely ? { made: 'found', reservation: likely } : 'did-not-happen';
    },
  };
}

const buyerKey = (buyer: string, sku: string, quantity: number): string =>
  `${sku} ${quantity} ${buyer}`;
