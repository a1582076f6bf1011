import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { SKU, said, saleOf } from '../../../test/judge/story.ts';
import { attribute } from './attribution.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { isStrange, mayBeOlder, mayBeTakenUnseen } from './other-people.ts';

const CUP = { skuId: 'CUP', total: 5 };
const NEW = { skuId: SKU, total: 5 };
const OLD = { ...NEW, wasOnSale: true };
const bought = said('buy', 'ann', [0, 10], { order: 'o1' });

const indexOf = (facts: Parameters<typeof shopOf>[0], ...rest: Parameters<typeof shopOf>[2][]) =>
  indexLedger(attribute(shopOf(facts, [bought], ...rest))).index as LedgerIndex;

describe('units may have been taken unseen', () => {
  const others = { nobodyElseBuys: false };
  const unseen = (facts: Parameters<typeof saleOf>[0], index?: LedgerIndex) =>
    mayBeTakenUnseen(saleOf(facts), index);

  it('if others may buy, and one of the SKUs was on sale before', () => {
    expect(unseen({ ...others, skus: [CUP, OLD] })).toBe(true);
    expect(unseen({ ...others, skus: [CUP, NEW] })).toBe(false);
    expect(unseen({ skus: [OLD] })).toBe(false);
  });

  it('if others may buy, and have left rows', () => {
    const rows = (...ids: string[]) => ({ orders: ids.map((orderId) => order({ orderId })) });
    expect(unseen(others, indexOf({}, rows('o1')))).toBe(false);
    expect(unseen(others, indexOf({}, rows('o1', 'o9')))).toBe(true);
    expect(unseen({}, indexOf({}, rows('o1', 'o9')))).toBe(false);
    const held = { reservations: [reservation({ callId: 'x' })] };
    expect(unseen(others, indexOf({}, held))).toBe(true);
  });
});

describe('a row may be older than the sale', () => {
  const older = (sku: typeof OLD | typeof NEW, ...rows: Parameters<typeof order>[0][]) => {
    const facts = { skus: [sku] };
    const index = indexOf(facts, { orders: rows.map(order) });
    return index.orders.map((row) => mayBeOlder(row, index, saleOf(facts)));
  };

  it('if its SKU was on sale before, and no name tells that a call of the run made it', () => {
    expect(older(OLD, { orderId: 'o1' }, { orderId: 'o9' })).toEqual([false, true]);
    expect(older(NEW, { orderId: 'o1' }, { orderId: 'o9' })).toEqual([false, false]);
    expect(older(OLD, { orderId: '7' })).toEqual([true]);
    expect(older(OLD, {})).toEqual([true]);
  });

  it('as a reservation likewise', () => {
    const facts = { skus: [OLD] };
    const reservations = [
      reservation({ callId: 'call 1' }),
      reservation({ callId: 'x', status: 'EXPIRED' }),
    ];
    const index = indexOf(facts, { reservations });
    expect(index.reservations.map((row) => isStrange(row, index))).toEqual([false, true]);
    expect(index.reservations.map((row) => mayBeOlder(row, index, saleOf(facts)))).toEqual([
      ...[false, true],
    ]);
  });
});
