import { describe, expect, it } from 'vitest';
import { order, shopOf } from '../../../test/judge/foreign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, shopSale } from '../../../test/judge/shop-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  keeping,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { attribute } from '../reading/attribution.ts';
import { onePerBuyer } from './one-per-buyer.ts';

const { check } = onePerBuyer;

describe('one-per-buyer', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop()).status).toBe('valid');
  });

  it('counts no rows that name no buyer, or whose buyers are guessed', () => {
    const shop = (calls: Call[], rows: Parameters<typeof order>[0][]) => {
      const orders = rows.map((row) => order({ quantity: 1, ...row }));
      return check(attribute(shopOf({ total: 9, unitsPerBuyerMax: 1 }, calls, { orders }))).status;
    };
    const bought = (buyer: string, name: string) => said('buy', buyer, [0, 10], { order: name });
    const calls = [bought('ann', 'o1'), bought('bob', 'o2'), bought('cid', 'o3')];
    const some = [{ orderId: 'o1', userId: 'ann' }, { orderId: 'o2' }, { orderId: 'o3' }];
    expect(shop(calls, some)).toBe('valid');
    const ledger = booksOf(saleOf({ total: 9 }), [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
    ]);
    for (const row of ledger.reservations) row.userId = null;
    expect(check(evidenceOf(saleOf({ total: 9 }), [], { ledger })).status).toBe('valid');
    const again = [
      bought('ann', 'o1'),
      said('cancel', 'ann', [20, 30], { order: 'o1' }),
      said('buy', 'ann', [40, 50], { order: 'o2' }),
    ];
    const nameless = [{ orderId: 'o1' }, { orderId: 'o2' }];
    expect(shop(again, nameless)).toBe('valid');
    expect(
      shop(
        again,
        nameless.map((row) => ({ ...row, userId: 'ann' })),
      ),
    ).toBe('invalid');
  });

  const twice = (...calls: Call[]) => check(evidenceOf(saleOf({ total: 9 }), calls));

  it('finds a buyer who was given two', () => {
    const { status, witness } = twice(
      said('reserve', 'ann', [0, 10]),
      said('reserve', 'ann', [5, 12]),
      said('reserve', 'bob', [0, 10]),
    );
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('At 12:00:00.012 UTC buyer ann had 2');
  });

  it('allows another after the first was cancelled or may have lapsed', () => {
    const again = said('reserve', 'ann', [1_000, 1_001]);
    expect(twice(said('reserve', 'ann', [0, 10]), again).status).toBe('valid');
    const cancelled = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
    ];
    expect(twice(...cancelled, said('reserve', 'ann', [25, 26])).status).toBe('valid');
  });

  it('is unknown when a call without an answer may have been the second', () => {
    const calls = [said('reserve', 'ann', [0, 10]), unanswered('reserve', 'ann', 20)];
    expect(twice(...calls).status).toBe('unknown');
  });

  it('does not let a doubt about one buyer hide a certainty about another', () => {
    const { status, summary } = twice(
      said('reserve', 'ann', [0, 10]),
      unanswered('reserve', 'ann', 1),
      said('reserve', 'bob', [2, 10]),
      said('reserve', 'bob', [3, 10]),
    );
    expect(status).toBe('invalid');
    expect(summary).toContain('buyer bob');
  });

  it('is skipped where nobody is named, and takes two without a name for two', () => {
    const unnamed = ['ann', 'bob'].map((name) =>
      said('reserve', name, [0, 10], { buyer: undefined }),
    );
    expect(twice(...unnamed).status).toBe('skipped');
    const named = said('reserve', 'cid', [0, 10]);
    expect(twice(...unnamed, named)).toEqual({
      status: 'valid',
      summary: 'none of 1 buyer had more than 1 unit of a SKU at once',
    });
  });

  it('names each limit that can be passed by itself', () => {
    const summaryOf = (unitsPerBuyerMax: number, holdsPerBuyerMax: number) => {
      const sale = saleOf({ total: 9, unitsPerBuyerMax, holdsPerBuyerMax });
      return check(evidenceOf(sale, [said('reserve', 'ann', [0, 10])])).summary;
    };
    expect(summaryOf(3, 2)).toContain('had more than 3 units or 2 reservations of a SKU');
    expect(summaryOf(2, 2)).toContain('had more than 2 units of a SKU');
  });

  it('knows a limit of reservations alone, and is skipped where there is no limit at all', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 5 }),
      said('reserve', 'ann', [5, 15], { hold: 'b' }),
    ];
    const unlimited = { total: 9, unitsPerBuyerMax: undefined };
    const of = (holdsPerBuyerMax?: number) =>
      check(evidenceOf(saleOf({ ...unlimited, holdsPerBuyerMax }), calls));
    expect(of(1).summary).toContain('had 2 reservations of SKU-1');
    expect(of(2).status).toBe('valid');
    expect(of()).toEqual({ status: 'skipped', summary: 'nobody knows a limit of units per buyer' });
  });

  it('counts the orders of each buyer, where books have no reservations', () => {
    const bought = (buyer: string, order: string) => said('buy', buyer, [0, 10], { order });
    const calls = [bought('ann', '1'), bought('bob', '2')];
    const judged = (facts: object, ...rows: Parameters<typeof order>[0][]) => {
      const orders = rows.map((row) => order({ quantity: 1, ...row }));
      return check(attribute(shopOf({ total: 9, ...facts }, calls, { orders }))).status;
    };
    const others = { nobodyElseBuys: false };
    const own = [
      { orderId: '1', userId: 'ann' },
      { orderId: '2', userId: 'bob' },
    ];
    expect(judged({}, ...own)).toBe('valid');
    expect(judged(others, ...own, { orderId: '3', userId: 'ann' })).toBe('invalid');
    // Buyers may have other names in the books, and several accounts there.
    expect(judged({}, { orderId: '1', userId: 'c7' }, { orderId: '2', userId: 'c7' })).toBe(
      'valid',
    );
    expect(judged(others, ...own, { orderId: '3' }, { orderId: '4' })).toBe('valid');
    const books = booksOf(saleOf({ total: 9 }), [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
      { kind: 'SOLD', hold: 'b', buyer: 'ann' },
    ]);
    const evidence = evidenceOf(saleOf({ total: 9 }), [], { ledger: books });
    const named = [said('reserve', 'zoe', [0, 10])];
    const withCall = evidenceOf(saleOf({ total: 9 }), named, { ledger: books });
    expect(check(keeping(withCall, 'order')).summary).toContain('2 units of SKU-1 for buyer ann');
    expect(check(evidence).status).toBe('invalid');
  });

  it('shows the last ten calls of a buyer who has more', () => {
    const sale = saleOf({ total: 99, unitsPerBuyerMax: 11 });
    const calls = Array.from({ length: 12 }, (_, place) =>
      said('reserve', 'ann', [place, 20 + place]),
    );
    const { witness } = check(evidenceOf(sale, calls));
    expect(witness?.operations.map(({ id }) => id)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
    expect(witness?.prose).toMatch(/at 12:00:00\.031 UTC$/);
  });

  it('counts each SKU by itself', () => {
    const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 9 }));
    const calls = skus.map(({ skuId }) =>
      said('reserve', 'ann', [0, 10], { sku: skuId, hold: skuId }),
    );
    const sale = saleOf({ skus });
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'SKU-1', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'SKU-2', buyer: 'ann' },
    ]);
    for (const row of ledger.reservations.slice(1)) row.skuId = 'SKU-2';
    expect(check(evidenceOf(sale, calls, { ledger })).status).toBe('valid');
  });

  it('counts no reservation that ended', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'c', buyer: 'cid' },
    ]);
    expect(check(evidenceOf(shopSale, [], { ledger })).status).toBe('valid');
  });

  it('counts units against the limit of the sale', () => {
    const two = saleOf({ total: 9, unitsPerBuyerMax: 2 });
    const of = (quantity: number) =>
      check(evidenceOf(two, [said('reserve', 'ann', [0, 10], { quantity })])).status;
    expect(of(2)).toBe('valid');
    expect(of(3)).toBe('invalid');
  });

  it('counts reservations as well, where a buyer may have several units but one reservation', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const first = said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 });
    const second = (facts: Partial<Call> = {}) =>
      check(evidenceOf(sale, [first, said('reserve', 'ann', [20, 30], { hold: 'b', ...facts })]));
    expect(second().status).toBe('invalid');
    expect(second().summary).toContain('had 2 reservations of SKU-1');
    expect(second({ sku: 'SKU-2' }).status).toBe('valid');
    expect(second({ buyer: 'bob' }).status).toBe('valid');
    expect(second({ invokedAtNs: 1_000e6, completedAtNs: 1_001e6 }).status).toBe('valid');
    const unlimited = saleOf({ total: 9, unitsPerBuyerMax: 3 });
    const calls = [first, said('reserve', 'ann', [20, 30], { hold: 'b' })];
    expect(check(evidenceOf(unlimited, calls)).status).toBe('valid');
  });

  it('is unknown when an unanswered call may have made a second reservation', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const calls = [said('reserve', 'ann', [0, 10]), unanswered('reserve', 'ann', 20)];
    expect(check(evidenceOf(sale, calls)).status).toBe('unknown');
  });

  it('finds two reservations of one buyer in the final ledger, within the limit of units', () => {
    const sale = saleOf({ total: 9, unitsPerBuyerMax: 3, holdsPerBuyerMax: 1 });
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
    ]);
    const { status, summary } = check(evidenceOf(sale, [], { ledger }));
    expect(status).toBe('invalid');
    expect(summary).toContain('2 reservations of SKU-1 for buyer ann, where 1 is allowed');
  });

  it('shows beside the final ledger what that buyer asked for, ten calls and ten ids at most', () => {
    const many = Array.from({ length: 11 }, (_, place) => `h${place + 1}`);
    const sale = saleOf({ total: 99, unitsPerBuyerMax: 10 });
    const ledger = booksOf(
      sale,
      many.map((hold) => ({ kind: 'RESERVED', hold, buyer: 'ann' })),
    );
    const asked = many.map((hold, place) => unanswered('reserve', 'ann', place, { hold }));
    const others = [
      refused('reserve', 'ann', [50, 60]),
      said('read', 'ann', [51, 61]),
      said('reserve', 'bob', [52, 62]),
      said('reserve', 'ann', [53, 63], { sku: 'SKU-2' }),
    ];
    const witnessOf = (calls: Call[]) => check(evidenceOf(sale, calls, { ledger })).witness;
    expect(witnessOf([...others, ...asked.slice(0, 2)])?.operations).toMatchObject([
      { hold: 'h1' },
      { hold: 'h2' },
    ]);
    const [first, ...lines] = witnessOf([...others, ...asked])?.prose.split('\n') ?? [];
    expect(first).toContain('reservations h1, h2, h3, h4, h5, h6, h7, h8, h9, h10. What');
    expect(lines).toHaveLength(10);
  });

  it('finds two of one buyer in the final ledger, whatever the answers were', () => {
    const ledger = booksOf(shopSale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann' },
    ]);
    expect(check(evidenceOf(shopSale, [unanswered('reserve', 'ann', 0)], { ledger })).status).toBe(
      'invalid',
    );
  });
});

itCatches(onePerBuyer, ['duplicate-buyer']);
