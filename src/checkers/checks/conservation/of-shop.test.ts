import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../../test/judge/foreign-story.ts';
import { inShop } from '../../../../test/judge/shop-story.ts';
import { type Call, SKU, said } from '../../../../test/judge/story.ts';
import { emptyLedger } from '../../../history/ledger-snapshot.ts';
import type { LedgerInventory } from '../../../protocol/ledger.ts';
import { attribute } from '../../reading/attribution.ts';
import { conservation } from '../conservation.ts';

const TOTAL = { total: 3 };
const OLDER = { skus: [{ skuId: SKU, total: 3, wasOnSale: true }] };
const bought: Call = said('buy', 'ann', [0, 10], { order: '1' });
const ofAnn = { orders: [order({ orderId: '1', userId: 'ann', quantity: 1 })] };

const judged = (
  facts: Parameters<typeof shopOf>[0],
  rows: Parameters<typeof shopOf>[2],
  calls = [bought],
) => conservation.check(attribute(shopOf(facts, calls, rows)));
const statusOf = (...story: Parameters<typeof judged>) => judged(...story).status;

describe('a stock without some of its columns', () => {
  it('is said to contradict nothing, in place of a sum', () => {
    for (const known of [{ available: 2 }, { reserved: 0 }, { sold: 1 }]) {
      expect(judged(TOTAL, { stock: { total: 3, ...known } })).toEqual({
        status: 'valid',
        summary: 'the stock columns of 1 SKU do not contradict one another or the total',
      });
    }
    for (const missing of ['available', 'reserved', 'sold']) {
      const stock = { total: 3, available: 2, reserved: 0, sold: 1, [missing]: null };
      expect(judged(TOTAL, { stock }).summary).toContain('do not contradict one another');
    }
    const all = { total: 3, available: 2, reserved: 0, sold: 1 };
    expect(judged(TOTAL, { stock: all }).summary).toBe(
      'total = available + reserved + sold for 1 SKU',
    );
  });

  it('shows no more units than there are, by its own total or that of the sale', () => {
    const of = (total: number | null, available: number, sold: number) =>
      judged(TOTAL, { stock: { total, available, sold } });
    for (const total of [3, null]) {
      expect(of(total, 1, 1).status).toBe('valid');
      expect(of(total, 2, 1).status).toBe('valid');
      expect(of(total, 2, 2).summary).toContain('SKU-1: 2 available + 2 sold is 4, the total is 3');
    }
    expect(judged(TOTAL, { stock: { available: 4 } }).summary).toContain(
      'SKU-1: 4 available, the total is 3',
    );
    expect(judged(TOTAL, { stock: { available: -1 } }).summary).toContain('available is -1');
  });

  it.each(['total', 'available', 'reserved', 'sold', 'sequence'])(
    'is compared with the movements but for its column %s',
    (column) => {
      const without = (change: object) =>
        conservation.check(inShop((ledger) => Object.assign(ledger.inventory[0] as object, change)))
          .status;
      expect(without({ [column]: null })).toBe('valid');
    },
  );
});

describe('the stock of a SKU that was on sale before', () => {
  it('has the units of that time as well, with no total to compare', () => {
    const stock = { available: 9, reserved: 0, sold: 5 };
    expect(statusOf(OLDER, { stock })).toBe('valid');
    expect(statusOf(OLDER, { stock: { ...stock, total: 14 } })).toBe('valid');
    expect(statusOf(OLDER, { stock: { ...stock, total: 14 }, ...ofAnn })).toBe('valid');
    expect(statusOf(OLDER, { stock: { ...stock, total: 15 } })).toBe('invalid');
  });
});

describe('the stock of a shop and its rows', () => {
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
  const hold = reservation({ reservationId: 'a', userId: 'ann', quantity: 1 });

  it('are compared by the columns that there are', () => {
    const of = (stock: object) => judged(TOTAL, { stock, reservations: [hold] }, [held]);
    expect(of({ total: 3, available: 2 }).status).toBe('valid');
    expect(of({ total: 3, available: 2, reserved: 1 }).status).toBe('valid');
    expect(of({ total: 3, available: 3, reserved: 0 }).summary).toContain(
      'reserved is 0, reservations in that state have 1 unit',
    );
  });

  it('are compared by the rows that there are', () => {
    expect(statusOf(TOTAL, { stock: { total: 3, available: 2, reserved: 1 } }, [held])).toBe(
      'valid',
    );
    const stock = { total: 3, available: 2, sold: 1 };
    expect(statusOf(TOTAL, { stock, ...ofAnn })).toBe('valid');
    expect(judged(TOTAL, { stock: { ...stock, sold: 0 }, ...ofAnn }).summary).toContain(
      'sold is 0, orders have 1 unit',
    );
    expect(judged(TOTAL, { stock: { total: 3, reserved: 0 }, ...ofAnn }).status).toBe('valid');
  });

  it('may leave a hold to its order once it is bought', () => {
    const stock = { total: 3, available: 2, reserved: 0, sold: 1 };
    const gone = { ...ofAnn, reservations: [] };
    const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: '1' });
    expect(statusOf(TOTAL, { stock, ...gone }, [held, paid])).toBe('valid');
  });

  it('are not compared where rows do not say how many units they have', () => {
    const calls = [
      said('buy', 'ann', [0, 10], { order: '1', quantity: 2 }),
      said('buy', 'bob', [0, 10], { order: '2' }),
    ];
    const few = [order({}), order({})];
    expect(statusOf(TOTAL, { stock: { total: 3, sold: 3 }, orders: few }, calls)).toBe('valid');
  });

  it('leave no unit on sale that an order has, where no column tells what was sold', () => {
    const of = (stock: object) => judged(TOTAL, { stock, ...ofAnn });
    for (const total of [{ total: 3 }, {}]) {
      expect(of({ ...total, available: 2 }).status).toBe('valid');
      expect(of({ ...total, available: 3 }).summary).toContain(
        'SKU-1: 3 available and 1 in standing orders are 4, the total is 3',
      );
    }
    expect(of({ reserved: 0 }).status).toBe('valid');
  });

  it('are compared with the units of their own SKU, and said to be wrong once', () => {
    const skus = [
      { skuId: 'SKU-0', total: 9 },
      { skuId: SKU, total: 3 },
    ];
    expect(judged({ skus }, { stock: { available: 3 }, ...ofAnn }).summary).toContain(
      '3 available and 1 in standing orders are 4, the total is 3',
    );
    const two = { orders: [...ofAnn.orders, order({ orderId: '2', userId: 'bob', quantity: 1 })] };
    const bobs = said('buy', 'bob', [0, 10], { order: '2' });
    const stock = { total: 3, available: 2, sold: 1 };
    expect(judged(TOTAL, { stock, ...two }, [bought, bobs]).summary).toBe(
      '1 sum of the final ledger wrong, over 1 SKU: SKU-1: sold is 1, orders have 2 units',
    );
  });

  it('are partly known if those of one SKU are', () => {
    const evidence = shopOf(
      { skus: [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 3 })) },
      [bought],
      { stock: { total: 3, available: 2, reserved: 0, sold: 1 } },
    );
    const inventory = [
      ...(evidence.ledger?.inventory ?? []),
      { ...(evidence.ledger?.inventory[0] as LedgerInventory), skuId: 'SKU-2', available: null },
    ];
    const both = { ...evidence, ledger: { ...emptyLedger(), inventory } };
    expect(conservation.check(both).summary).toContain('the stock columns of 2 SKUs do not');
  });

  it('may be an order and a reservation of which one does not say how large it is', () => {
    const others = { ...TOTAL, nobodyElseBuys: false };
    const status = 'CONFIRMED';
    const of = (ofOrder: number | null, ofHold: number | null) => ({
      orders: [order({ orderId: '1', reservationId: 'h', userId: 'bob', quantity: ofOrder })],
      reservations: [reservation({ reservationId: 'h', userId: 'bob', quantity: ofHold, status })],
    });
    expect(statusOf(others, { stock: { total: 3 }, ...of(1, 2) }, [])).toBe('invalid');
    expect(statusOf(others, { stock: { total: 3 }, ...of(null, 2) }, [])).toBe('valid');
    expect(statusOf(others, { stock: { total: 3 }, ...of(2, null) }, [])).toBe('valid');
  });
});
