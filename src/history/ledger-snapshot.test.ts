import { expect, it } from 'vitest';
import { addLedgerRow, emptyLedger } from './ledger-snapshot.ts';
import { inventory } from './testing/history-files.ts';

it('puts each row of the ledger into the list of its sort', () => {
  const ledger = emptyLedger();
  addLedgerRow(ledger, inventory);
  addLedgerRow(ledger, { row: 'backlog', skuId: 'SKU-1', pending: 1, deadLetters: 0 });
  addLedgerRow(ledger, { row: 'hot_stock', skuId: 'SKU-1', available: null });
  expect(ledger).toEqual({
    ...emptyLedger(),
    inventory: [inventory],
    backlog: [{ row: 'backlog', skuId: 'SKU-1', pending: 1, deadLetters: 0 }],
    hotStock: [{ row: 'hot_stock', skuId: 'SKU-1', available: null }],
  });
});
