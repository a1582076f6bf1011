import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { Evidence } from '../../evidence.ts';
import { judge } from '../../verdict.ts';
import { neverOversold } from '../never-oversold.ts';

const { check } = neverOversold;
const reserved = (name: string): Entry => ({
  kind: 'RESERVED',
  hold: name,
  buyer: `buyer-${name}`,
});

describe('never-oversold, by the ledger at rest', () => {
  it('counts each SKU by itself', () => {
    const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 1 }));
    const ledger = booksOf(saleOf({ skus }), [reserved('a'), reserved('b')]);
    ledger.movements = [];
    Object.assign(ledger.reservations[1] as object, { skuId: 'SKU-2' });
    expect(check(evidenceOf(saleOf({ skus }), [], { ledger })).status).toBe('valid');
  });

  it('looks at a ledger of movements alone, though no call asked for units', () => {
    const evidence = evidenceOf(saleOf(), [], { ledger: booksOf(saleOf(), [reserved('a')]) });
    expect(check(keeping(evidence, 'movement')).status).toBe('valid');
    expect(check(keeping(evidence, 'inventory')).status).toBe('skipped');
  });

  it('tells sold units from held ones, and shows the last reservations that are taken', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const sale = saleOf({ total: 4 });
    const calls: Call[] = names.map((name, place) =>
      said('reserve', `buyer-${name}`, [1_100 * place, 1_100 * place + 10], { hold: name }),
    );
    const ledger = booksOf(sale, [
      ...names.map(reserved),
      { kind: 'SOLD', hold: 'a', buyer: 'buyer-a' },
      { kind: 'SOLD', hold: 'b', buyer: 'buyer-b' },
      { kind: 'EXPIRED', hold: 'f', buyer: 'buyer-f' },
    ]);
    const { summary, witness } = check(evidenceOf(sale, calls, { ledger }));
    expect(summary).toBe('SKU-1 has 4 units, and the final ledger has 2 sold and 4 held');
    expect(witness?.operations.map(({ hold }) => hold)).toEqual(['b', 'c', 'd', 'e', 'g']);
    expect(witness?.prose.split('\n')[1]).toMatch(
      /^ {2}- Buyer buyer-b .*; reservation b is CONFIRMED$/,
    );
  });

  it('names a reservation by its whole name, whatever that says', () => {
    const entries = [reserved('end of 7'), reserved('b')];
    const ledger = { ...booksOf(saleOf(), entries), movements: [] };
    const told = said('reserve', 'ann', [0, 10], { hold: 'end of 7' });
    const { witness } = check(evidenceOf(saleOf(), [told], { ledger }));
    expect(witness?.prose).toContain('; reservation end of 7 is RESERVED');
  });
});

describe('never-oversold, by the orders of a described shop', () => {
  const verdictOf = (evidence: Evidence) =>
    judge(evidence).checks.find(({ name }) => name === 'never-oversold');
  const places = [1, 2, 3, 4, 5, 6, 7];
  const rowsOf = (orderId: string, facts = {}) =>
    order({ orderId, userId: `b${orderId.slice(1)}`, quantity: 1, ...facts });
  const orders = places.map((place) => rowsOf(`o${place}`));

  it('counts the orders that stand, and shows the last of them', () => {
    const calls = places.map((place) =>
      said('reserve', `b${place}`, [0, 10], { hold: `h${place}` }),
    );
    const returned = rowsOf('o8', { status: 'CANCELLED' });
    const rows = { orders: [...orders.slice(0, 6), returned, ...orders.slice(6)] };
    const { summary, witness } = verdictOf(shopOf({ total: 6 }, calls, rows)) ?? {};
    expect(summary).toBe('SKU-1 has 6 units, and standing orders have 7 of it');
    expect(witness?.prose.split('\n').slice(1)).toEqual(
      ['o3', 'o4', 'o5', 'o6', 'o7'].map((orderId) =>
        expect.stringMatching(new RegExp(`order ${orderId} of 1 unit .* is CONFIRMED$`)),
      ),
    );
    expect(verdictOf(shopOf({ total: 7 }, calls, rows))?.status).toBe('valid');
  });

  it('counts them where the rows of reservations do not tell how these ended', () => {
    const calls = places.flatMap((place) => [
      said('reserve', `b${place}`, [0, 10], { hold: `h${place}` }),
      unanswered('confirm', `b${place}`, 20, { hold: `h${place}` }),
    ]);
    const reservations = places.map((place) =>
      reservation({ reservationId: `h${place}`, userId: `b${place}`, quantity: 1, status: null }),
    );
    const judged = (total: number) => verdictOf(shopOf({ total }, calls, { orders, reservations }));
    expect(judged(7)?.status).toBe('valid');
    expect(judged(6)?.summary).toBe('SKU-1 has 6 units, and standing orders have 7 of it');
  });

  it('names the buyers of rows that name them', () => {
    const held = said('reserve', 'b1', [0, 10], { hold: 'h1' });
    // The second hold has no row any more, so the shop deletes those that are over.
    const calls = [held, said('reserve', 'b2', [0, 10])];
    const shown = (rows: Parameters<typeof shopOf>[2]) =>
      verdictOf(shopOf({ total: 1 }, calls, rows))?.witness?.prose.split('\n')[1];
    const live = { reservationId: 'h1', userId: 'b1', quantity: 2 };
    const many = places.map((place) =>
      reservation({ reservationId: `h${place}`, userId: `b${place}`, quantity: 1 }),
    );
    const prose = verdictOf(
      shopOf({ total: 6 }, [held, said('reserve', 'b9', [0, 10])], { reservations: many }),
    )?.witness?.prose;
    expect(prose?.match(/reservation h\d/g)?.join()).toBe(
      ['h3', 'h4', 'h5', 'h6', 'h7'].map((hold) => `reservation ${hold}`).join(),
    );
    expect(shown({ reservations: [reservation(live)] })).toBe(
      '  - reservation h1 of 2 units for buyer b1 is RESERVED',
    );
    expect(shown({ reservations: [reservation({ ...live, userId: null })] })).toBe(
      '  - reservation h1 of 2 units is RESERVED',
    );
    expect(shown({ orders: [rowsOf('o1', { userId: null }), rowsOf('o2')] })).toBe(
      '  - order o1 of 1 unit is CONFIRMED',
    );
  });

  it('calls an order an order where it stands for a hold', () => {
    const bought = places.map((place) => said('buy', `b${place}`, [0, 10], { order: `o${place}` }));
    const lost = bought.slice(0, 1).map((call) => ({
      ...call,
      ...{ outcome: 'info' as const, completedAtNs: Number.POSITIVE_INFINITY, order: undefined },
    }));
    const shop = shopOf({ total: 1 }, [...lost, bought[1] as Call], {
      orders: orders.slice(0, 2),
    });
    const { witness } = verdictOf(shop) ?? {};
    expect(witness?.prose).toContain('2 orders in the ledger were sold (2 units)');
    expect(witness?.prose).toMatch(/; order o1 is CONFIRMED$/m);
  });
});

describe('never-oversold, by the movements', () => {
  it('plays the numbers in the answers where there is no ledger', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', sequence: 1 }),
      said('reserve', 'bob', [20, 30], { hold: 'b', sequence: 2 }),
      said('release', 'ann', [15, 40], { hold: 'a', sequence: 3 }),
    ];
    const { summary } = check(evidenceOf(saleOf({ total: 1 }), calls));
    expect(summary).toBe(
      'SKU-1 has 1 unit; after movement 2, the numbers in the answers have 2 taken',
    );
  });

  const big: Entry = { ...reserved('a'), quantity: 2 };
  const back: Entry = { ...big, kind: 'RELEASED' };

  it('finds an oversell by the very first movement, though nobody knows its call', () => {
    const sale = saleOf({ total: 1 });
    const { status, witness } = check(evidenceOf(sale, [], { ledger: booksOf(sale, [big, back]) }));
    expect(status).toBe('invalid');
    expect(witness?.prose.split('\n').slice(1)).toEqual(['  - movement 1, RESERVED 2, leaves -1']);
  });

  it('shows the five movements that lead to it, with their calls', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const sale = saleOf({ total: 6 });
    const ledger = booksOf(sale, [
      ...names.map(reserved),
      { kind: 'RELEASED', hold: 'g', buyer: 'buyer-g' },
    ]);
    const { witness } = check(
      evidenceOf(sale, [said('reserve', 'buyer-g', [0, 10], { hold: 'g' })], { ledger }),
    );
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      '  - movement 3, RESERVED 1, leaves 3',
      '  - movement 4, RESERVED 1, leaves 2',
      '  - movement 5, RESERVED 1, leaves 1',
      '  - movement 6, RESERVED 1, leaves 0',
      '  - movement 7, RESERVED 1, leaves -1: Buyer buyer-g asked for 1 unit of SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.010 UTC',
    ]);
    expect(witness?.operations.map(({ hold }) => hold)).toEqual(['g']);
  });
});

describe('the summary of a sale without an oversell', () => {
  const summaryOf = (skus: number, calls: Call[], entries?: Entry[]) => {
    const sale = saleOf({
      skus: Array.from({ length: skus }, (_, place) => ({ skuId: `SKU-${place + 1}`, total: 2 })),
    });
    return check(evidenceOf(sale, calls, entries && { ledger: booksOf(sale, entries) })).summary;
  };
  const held = said('reserve', 'ann', [0, 10], { hold: 'a' });

  it('counts the calls, the units held at once and the movements', () => {
    expect(summaryOf(1, [held])).toBe(
      'in 1 call for units, surely held at once at most 1 of 2 units of SKU-1',
    );
    const { kind, hold, buyer } = reserved('a');
    expect(summaryOf(1, [held], [{ kind, hold, buyer }])).toBe(
      'in 1 call for units, surely held at once at most 1 of 2 units of SKU-1; 1 movement replayed',
    );
  });

  it('names three SKUs, and counts the others', () => {
    const three = '1 of 2 units of SKU-1, 0 of 2 units of SKU-2, 0 of 2 units of SKU-3';
    expect(summaryOf(3, [held])).toMatch(new RegExp(`at most ${three}$`));
    expect(summaryOf(5, [held])).toMatch(
      new RegExp(`at most ${three} and no more than the total of 2 others$`),
    );
  });
});
