import { addLedgerRow, emptyLedger, type LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { AdminApi } from './admin-api.ts';

/**
 * The final books of some SKUs, as the judge wants them; undefined when a stream was cut off, because half a ledger looks
 * like a server that lost the other half.
 */
export async function readLedger(
  admin: AdminApi,
  skuIds: string[],
): Promise<LedgerSnapshot | undefined> {
  const snapshot = emptyLedger();
  for (const skuId of skuIds) {
    let rows = 0;
    let isWhole = false;
    for await (const row of admin.readLedger(skuId)) {
      if (row.row === 'end') {
        isWhole = row.rows === rows;
        break;
      }
      addLedgerRow(snapshot, row);
      rows += 1;
    }
    if (!isWhole) return undefined;
  }
  return snapshot;
}
