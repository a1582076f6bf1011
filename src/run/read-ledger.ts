import type { LedgerSnapshot } from '../checkers/evidence.ts';
import type { AdminApi } from './admin-api.ts';

/**
 * The final books of some SKUs, as the judge wants them; undefined when a stream was cut off, because half a ledger looks
 * like a server that lost the other half.
 */
export async function readLedger(
  admin: AdminApi,
  skuIds: string[],
): Promise<LedgerSnapshot | undefined> {
  const snapshot: LedgerSnapshot = { inventory: [], reservations: [], orders: [], movements: [] };
  for (const skuId of skuIds) {
    let rows = 0;
    let isWhole = false;
    for await (const row of admin.readLedger(skuId)) {
      if (row.row === 'end') isWhole = row.rows === rows;
      else rows += 1;
      if (row.row === 'inventory') snapshot.inventory.push(row);
      if (row.row === 'reservation') snapshot.reservations.push(row);
      if (row.row === 'order') snapshot.orders.push(row);
      if (row.row === 'movement') snapshot.movements.push(row);
    }
    if (!isWhole) return undefined;
  }
  return snapshot;
}
