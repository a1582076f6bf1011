import type { Operation } from '../history/operation.ts';
import type { Checker } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { findHolds } from './holds.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import {
  count,
  list,
  shortId,
  tellCall,
  WITNESS_OPERATIONS_MAX,
  witnessOperations,
} from './prose.ts';

/**
 * A buyer was told yes, and the final ledger knows nothing of it or something else: a reservation that is missing,
 * belongs to somebody else, has another size, or was cancelled although nobody asked; a purchase without its order; a
 * cancelled reservation that is not cancelled. A reservation that has lapsed or was sold since is not lost.
 */
export const noLostAcknowledged: Checker = {
  name: 'no-lost-acknowledged',
  check(evidence) {
    const { index: ledger } = indexLedger(evidence);
    if (ledger === undefined) {
      return {
        status: 'skipped',
        summary: 'no final ledger was read; a target gives one by its admin API',
      };
    }
    const skus = new Set(ledger.inventory.map(({ skuId }) => skuId));
    const { byId } = findHolds(evidence);
    const releases = groupBy(
      evidence.operations.filter(({ kind, outcome }) => kind === 'release' && outcome !== 'fail'),
      ({ hold }) => hold,
    );
    const askedToCancel = (hold: string): boolean => releases.has(hold);

    let acknowledged = 0;
    const lost: { operation: Operation; how: string }[] = [];
    for (const operation of evidence.operations) {
      const { kind, outcome, hold } = operation;
      if (outcome !== 'ok' || kind === 'read' || hold === undefined) continue;
      const sku = operation.sku ?? byId.get(hold)?.sku;
      if (sku !== undefined && !skus.has(sku)) continue;
      acknowledged++;
      const how = LOST[kind](operation, hold, ledger, askedToCancel);
      if (how !== undefined) lost.push({ operation, how });
    }

    if (acknowledged === 0) {
      return {
        status: 'skipped',
        summary: 'no acknowledged call names a hold to look up in the ledger',
      };
    }
    if (lost.length === 0) {
      return {
        status: 'valid',
        summary: `the final ledger has all of ${count(acknowledged, 'acknowledged call')}`,
      };
    }
    const shown = lost.slice(0, WITNESS_OPERATIONS_MAX);
    return {
      status: 'invalid',
      summary: `${lost.length} of ${count(acknowledged, 'acknowledged call')} cannot be found in the final ledger`,
      witness: {
        prose: list(
          `${count(lost.length, 'call was', 'calls were')} answered with a yes that the final ledger does not bear out:`,
          shown.map(({ operation, how }) => `${tellCall(operation, evidence.sale)}, but ${how}`),
        ),
        operations: witnessOperations(shown.map(({ operation }) => operation)),
      },
    };
  },
};

/** How an acknowledged call of each kind is lost; undefined when the ledger bears it out. */
const LOST: Record<
  Exclude<Operation['kind'], 'read'>,
  (
    operation: Operation,
    hold: string,
    ledger: LedgerIndex,
    askedToCancel: (hold: string) => boolean,
  ) => string | undefined
> = {
  reserve({ sku, buyer, quantity }, hold, ledger, askedToCancel) {
    const row = ledger.reservationById.get(hold);
    if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
    if (sku !== undefined && row.skuId !== sku) return `in the ledger it is of ${row.skuId}`;
    if (buyer !== undefined && row.userId !== buyer) {
      return `in the ledger it belongs to buyer ${shortId(row.userId)}`;
    }
    if (row.quantity !== quantity) return `in the ledger it is of ${count(row.quantity, 'unit')}`;
    if (row.status === 'CANCELLED' && !askedToCancel(hold)) {
      return 'in the ledger it is cancelled, which nobody asked for';
    }
    return undefined;
  },
  confirm(_operation, hold, ledger, askedToCancel) {
    const row = ledger.reservationById.get(hold);
    if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
    const orders = ledger.ordersByReservation.get(hold) ?? [];
    if (orders.length === 0) return 'the ledger has no order for it';
    const isSold = orders.some(({ status }) => status === 'CONFIRMED' || status === 'FULFILLED');
    if (row.status === 'CONFIRMED' && isSold) return undefined;
    // Buying and cancelling one reservation is for the check of the transitions to judge.
    if (askedToCancel(hold)) return undefined;
    return `in the ledger the reservation is ${row.status} and the order ${orders[0]?.status}`;
  },
  release(_operation, hold, ledger) {
    const row = ledger.reservationById.get(hold);
    if (row === undefined) return `the ledger has no reservation ${shortId(hold)}`;
    // The same: a sale of a cancelled reservation is a wrong transition, not a lost answer.
    if (row.status === 'CANCELLED' || row.status === 'CONFIRMED') return undefined;
    return `in the ledger it is ${row.status}`;
  },
};
