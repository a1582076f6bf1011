import { count } from '../../kernel/wording.ts';
import type { LedgerRow } from '../../protocol/ledger.ts';
import type { AdminApi } from './admin-api.ts';

/**
 * Reads the ledger of some SKUs and lists the work in it that is not finished, in words: live reservations (only with
 * `holds`), undecided attempts and payments, refunds that are owed, events to deliver, and a hot store that differs
 * from the ledger.
 */
export async function readOpenWork(
  admin: Pick<AdminApi, 'readLedger'>,
  skuIds: string[],
  { holds }: { holds: boolean },
): Promise<string[]> {
  const work = createOpenWork();
  for (const skuId of skuIds) {
    for await (const row of admin.readLedger(skuId)) work.add(row);
  }
  return work.list({ holds });
}

/**
 * Counts the open work in ledger rows. The order of a payment must come before the payment, as it does in the ledger.
 */
function createOpenWork(): { add(row: LedgerRow): void; list(of: { holds: boolean }): string[] } {
  const open = { holds: 0, attempts: 0, rewards: 0, payments: 0, refunds: 0, events: 0 };
  const endedOrders = new Set<string>();
  const available = new Map<string, number>();
  const availableInHotStore = new Map<string, number>();

  return {
    add(row) {
      switch (row.row) {
        case 'reservation':
          if (row.status === 'RESERVED') open.holds += 1;
          break;
        case 'attempt':
          if (row.status === 'PENDING') open.attempts += 1;
          break;
        case 'reward':
          if (row.outcome === 'OWED') open.rewards += 1;
          break;
        case 'order':
          if (row.orderId !== null && (row.status === 'FAILED' || row.status === 'CANCELLED')) {
            endedOrders.add(row.orderId);
          }
          break;
        case 'payment':
          if (row.status === 'PENDING') open.payments += 1;
          if (row.status === 'CHARGED' && endedOrders.has(row.orderId ?? '')) open.refunds += 1;
          break;
        case 'backlog':
          open.events += row.pending;
          break;
        case 'inventory':
          if (row.available !== null) available.set(row.skuId, row.available);
          break;
        case 'hot_stock':
          if (row.available !== null) availableInHotStore.set(row.skuId, row.available);
          break;
      }
    },
    list({ holds }) {
      const differs = [...availableInHotStore].some(
        ([skuId, units]) => available.get(skuId) !== units,
      );
      return [
        ...(holds && open.holds > 0 ? [count(open.holds, 'live reservation')] : []),
        ...(open.attempts > 0 ? [count(open.attempts, 'undecided attempt')] : []),
        ...(open.rewards > 0 ? [`${count(open.rewards, 'voucher')} that quests owe`] : []),
        ...(open.payments > 0 ? [count(open.payments, 'undecided payment')] : []),
        ...(open.refunds > 0 ? [count(open.refunds, 'refund')] : []),
        ...(open.events > 0 ? [`${count(open.events, 'event')} to deliver`] : []),
        ...(differs ? ['a hot store that differs from the ledger'] : []),
      ];
    },
  };
}
