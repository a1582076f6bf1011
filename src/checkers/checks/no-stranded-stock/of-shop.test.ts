import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf, stock } from '../../../../test/judge/foreign-story.ts';
import { SKU, said, unanswered } from '../../../../test/judge/story.ts';
import type { Evidence } from '../../evidence.ts';
import { judge } from '../../verdict.ts';

const found = (evidence: Evidence) =>
  judge(evidence).checks.find(({ name }) => name === 'no-stranded-stock');

const CAP = 'CAP-1';
const ann = said('buy', 'ann', [0, 10]);
const bob = said('buy', 'bob', [1, 11]);
const orders = ['ann', 'bob'].map((userId) => order({ userId, quantity: 1 }));

/** A shop with two SKUs: of SKU-1 all is well; of CAP-1 one of five units is nowhere, and nobody asked for any. */
const twoSkus = (cap: { wasOnSale?: boolean }): Evidence => {
  const skus = [
    { skuId: SKU, total: 3 },
    { skuId: CAP, total: 5, ...cap },
  ];
  const evidence = shopOf({ skus }, [ann, bob], { orders, stock: { available: 1 } });
  evidence.ledger?.inventory.push(stock({ skuId: CAP, available: 4 }));
  return evidence;
};

describe('units of a described shop', () => {
  it('are stranded if they are neither on sale nor in an order that stands', () => {
    const shop = (status: 'CONFIRMED' | 'CANCELLED' | 'PENDING') => {
      const rows = [order({ userId: 'ann', quantity: 1 }), order({ userId: 'bob', status })];
      return found(shopOf({ total: 4 }, [ann, bob], { orders: rows, stock: { available: 1 } }));
    };
    expect(shop('CONFIRMED')).toMatchObject({
      summary: '1 unit of SKU-1 stranded: neither on sale nor anybody’s',
      witness: {
        prose:
          'SKU-1 has 4 units. At the end 1 were on sale, 2 in standing orders: 1 are nowhere, and nobody can buy them.',
        operations: [],
      },
    });
    expect(shop('CANCELLED')?.summary).toContain('2 units of SKU-1');
    expect(shop('PENDING')?.witness?.prose).toContain(
      '1 in standing orders and at most 1 were held: 1 are nowhere',
    );
    const unpaid = [order({ userId: 'ann' }), order({ userId: 'bob', status: 'PENDING' })];
    const whole = { orders: unpaid, stock: { total: 3, available: 1 } };
    expect(found(shopOf({ total: 3 }, [ann, bob], whole))?.status).toBe('valid');
  });

  it('are looked for in each SKU, by its own rows', () => {
    expect(found(twoSkus({}))?.summary).toContain('1 unit of CAP-1 stranded');
    expect(found(twoSkus({ wasOnSale: true }))?.status).toBe('valid');
  });

  it('are not looked for where the books do not tell whose units are where', () => {
    const shop = (facts: object, rows: Parameters<typeof shopOf>[2], calls = [ann, bob]) =>
      found(shopOf({ total: 3, ...facts }, calls, rows));
    const available = { available: 0 };
    const skus = [{ skuId: SKU, total: 3, wasOnSale: true }];
    const skippedAs = (summary: string) => ({ status: 'skipped', summary });
    expect(shop({}, { orders, stock: { sold: 2 } })).toMatchObject(
      skippedAs('the stock has no column of the units on sale'),
    );
    expect(shop({ skus }, { orders, stock: available })).toMatchObject(
      skippedAs('SKU-1 was on sale before, so its rows are not all of this sale'),
    );
    const held = [reservation({ userId: 'ann', quantity: 1 })];
    const reserved = [said('reserve', 'ann', [0, 10], { hold: 'a' })];
    expect(shop({}, { reservations: held, stock: available }, reserved)).toMatchObject(
      skippedAs('no orders were read'),
    );
    // Zoe's order is of no call of this run, and may be of any size.
    const sizeless = [...orders, order({ userId: 'zoe' })];
    expect(shop({ nobodyElseBuys: false }, { orders: sizeless, stock: available })).toMatchObject(
      skippedAs('not every row tells how many units it has'),
    );
  });

  it('may be held by other people, unless the books have everybody’s reservations', () => {
    const others = { total: 3, nobodyElseBuys: false };
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a' })];
    const rows = { orders: [], stock: { available: 1 } };
    expect(found(shopOf(others, calls, rows))).toMatchObject({
      status: 'skipped',
      summary: 'other people may hold units, and no reservations were read',
    });
    const reservations = [
      reservation({ reservationId: 'a', userId: 'ann', quantity: 1 }),
      reservation({ reservationId: 'z', userId: 'zoe', quantity: 1, status: 'CANCELLED' }),
    ];
    expect(found(shopOf(others, calls, { ...rows, reservations }))?.summary).toContain('1 unit');
  });
});

describe('units that are held in a described shop', () => {
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
  const lasting = { total: 2, holdTtlMs: 1_000 };
  const rows = { orders: [], stock: { available: 1 } };
  const readAt = (ms: number, skuId = SKU) => ({ skuId, fromNs: ms * 1e6, toNs: ms * 1e6 });

  it('are not stranded before their hold has surely lapsed and was swept', () => {
    const shop = (ms: number) => {
      const books = [readAt(9_999, CAP), readAt(ms)].map((reading) => ({
        ...reading,
        counts: { order: 0, inventory: reading.skuId === SKU ? 1 : 0 },
      }));
      return found(shopOf(lasting, [held], rows, { books }))?.status;
    };
    // It lapses 1,000 ms after its answer at the latest, and is swept within 100 ms.
    expect(shop(1_110)).toBe('valid');
    expect(shop(1_111)).toBe('invalid');
  });

  it('are not counted twice when they were bought', () => {
    const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
    const orders = [order({ orderId: 'o', userId: 'ann', quantity: 1 })];
    const shop = (available: number) =>
      found(shopOf({ total: 2 }, [held, bought], { orders, stock: { available } }))?.status;
    expect(shop(1)).toBe('valid');
    expect(shop(0)).toBe('invalid');
  });

  it('are known by the last call, if nobody noted when the books were read', () => {
    const later = (ms: number) => unanswered('reserve', 'bob', ms, { callId: 'b' });
    const shop = (ms: number) =>
      found(
        shopOf(lasting, [held, said('read', 'zoe', [ms, ms + 1]), later(ms - 1)], {
          orders: [],
          stock: { available: 0 },
        }),
      )?.status;
    expect(shop(1_110)).toBe('valid');
    expect(shop(1_111)).toBe('invalid');
  });

  it('are those of their rows, if the shop has rows of reservations', () => {
    const bob = said('reserve', 'bob', [0, 10], { hold: 'b' });
    const shop = (status: 'RESERVED' | 'EXPIRED' | null) => {
      const reservations = [
        reservation({ reservationId: 'a', userId: 'ann', quantity: 1 }),
        reservation({ reservationId: 'b', userId: 'bob', quantity: 1, status }),
        reservation({ skuId: CAP, reservationId: 'c', userId: 'cid', quantity: 1 }),
      ];
      const evidence = shopOf({ total: 2 }, [held, bob], {
        ...{ orders: [], reservations, stock: { available: 0 } },
      });
      return found(evidence);
    };
    expect(shop('RESERVED')?.status).toBe('valid');
    expect(shop('EXPIRED')?.witness?.prose).toContain('and at most 1 were held: 1 are nowhere');
    expect(shop(null)?.summary).toBe('the reservations do not tell how they ended');
  });
});
