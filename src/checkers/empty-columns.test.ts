import { expect, it } from 'vitest';
import type { LedgerLine } from '../protocol/ledger.ts';
import { findEmptyColumn } from './empty-columns.ts';

it('lets the line of a basket have no order, which may never have been placed', () => {
  const line: LedgerLine = {
    ...{ row: 'line', basketId: 'b', skuId: 'SKU-1', userId: 'ann' },
    ...{ reservationId: 'h1', orderId: null },
  };
  expect(findEmptyColumn('line', [line])).toBeUndefined();
  expect(findEmptyColumn('line', [{ ...line, reservationId: null }])).toBe('reservationId');
});
