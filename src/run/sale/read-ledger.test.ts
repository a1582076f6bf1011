import { expect, it } from 'vitest';
import type { LedgerRow } from '../../protocol/ledger.ts';
import { readLedger } from './read-ledger.ts';

const inventoryOf = (skuId: string): LedgerRow => ({
  ...{ row: 'inventory', skuId, total: 2, available: 1, reserved: 0, sold: 1, sequence: 2 },
});

/** An admin API with these rows as the ledger of every SKU. */
const adminWith = (rowsOf: (skuId: string) => LedgerRow[]) => ({
  async *readLedger(skuId: string) {
    yield* rowsOf(skuId);
  },
});

it('joins the ledgers of several SKUs', async () => {
  const admin = adminWith((skuId) => [inventoryOf(skuId), { row: 'end', rows: 1 }]);
  const ledger = await readLedger(admin, ['SHOE', 'LAMP']);
  expect(ledger?.inventory.map(({ skuId }) => skuId)).toEqual(['SHOE', 'LAMP']);
});

it.each([
  ['without an end', [inventoryOf('SHOE')]],
  ['with fewer rows than its end counts', [inventoryOf('SHOE'), { row: 'end', rows: 2 } as const]],
])('does not answer with a ledger %s', async (_, rows: LedgerRow[]) => {
  expect(
    await readLedger(
      adminWith(() => rows),
      ['SHOE'],
    ),
  ).toBeUndefined();
});
