import { addLedgerRow, emptyLedger, type LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { AdminApi } from './admin-api.ts';

/**
 * Reads the final ledger of some SKUs for the judge. Answers with undefined if a stream was cut off, because half a
 * ledger looks as if the server had lost the other half.
 */
export async function readLedger(
  admin: Pick<AdminApi, 'readLedger'>,
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
