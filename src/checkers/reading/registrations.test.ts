import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { findHolds } from './holds.ts';
import { createAskedTest } from './registrations.ts';

/** The moments, in ms, from which on there may have been a hold for each call that was answered yes. */
const askedIn = (calls: Call[], facts: Partial<SaleFacts> = {}) => {
  const evidence = evidenceOf(saleOf(facts), calls);
  const askedAtNs = createAskedTest(evidence);
  return evidence.operations.flatMap((call) =>
    call.outcome === 'ok' ? [[call.kind, call.buyer, askedAtNs(call) / 1e6]] : [],
  );
};

it('finds when each buyer first asked for what a registration may have bought', () => {
  const calls = [
    refused('register', 'ann', [3, 4]),
    said('register', 'ann', [5, 6]),
    said('register', 'bob', [7, 8]),
    said('reserve', 'cid', [1, 2]),
    unanswered('reserve', 'dan', 8),
    said('register', 'dan', [9, 10]),
    // Neither leaves a hold behind.
    unanswered('release', 'eve', 8),
    refused('reserve', 'eve', [8, 9]),
    said('register', 'eve', [11, 12]),
    // Both come too late.
    said('register', 'fay', [13, 14]),
    unanswered('reserve', 'fay', 14),
  ];
  const asked = [
    ['reserve', 'cid', 1],
    ['register', 'ann', 3],
    ['register', 'bob', 7],
    ['register', 'dan', 8],
    ['register', 'eve', 11],
    ['register', 'fay', 13],
  ];
  expect(askedIn(calls)).toEqual(asked);
  expect(askedIn(calls, { shop: 'corner-shop' })).toEqual(asked);
});

it('finds it where nobody did anything but register', () => {
  const calls = [unanswered('register', 'ann', 3), said('register', 'ann', [5, 6])];
  expect(askedIn(calls)).toEqual([['register', 'ann', 3]]);
});

it('finds when a late checkout may have taken what a registration of its buyer bought', () => {
  const calls = (outcome: 'fail' | 'ok') => [
    said('reserve', 'ann', [1, 2], { hold: 'a' }),
    said('confirm', 'ann', [3, 4], { hold: 'a', sku: undefined, outcome }),
    said('register', 'ann', [5, 6]),
  ];
  expect(askedIn(calls('fail'))).toContainEqual(['register', 'ann', 3]);
  expect(askedIn(calls('ok'))).toContainEqual(['register', 'ann', 5]);
});

it('finds when the first of several wishes was sent that a described shop may grant together', () => {
  const asked = (...calls: Call[]) => askedIn(calls, { shop: 'corner-shop' }).at(-1)?.[2];
  const [held, bought] = [said('reserve', 'ann', [5, 6]), said('buy', 'ann', [5, 6])];
  expect(asked(unanswered('reserve', 'ann', 3), held)).toBe(3);
  expect(asked(unanswered('buy', 'ann', 3), bought)).toBe(3);
  expect(asked(unanswered('buy', 'bob', 3), bought)).toBe(5);
  expect(asked(unanswered('buy', 'ann', 3, { sku: 'CUP' }), bought)).toBe(5);
  expect(asked(unanswered('buy', 'ann', 7), bought)).toBe(5);
  expect(asked(refused('buy', 'ann', [3, 4], { code: 'too busy' }), bought)).toBe(3);
  expect(asked(refused('buy', 'ann', [3, 4]), bought)).toBe(5);
  expect(asked(said('buy', 'ann', [3, 4]), bought)).toBe(5);
  expect(asked(unanswered('reserve', 'ann', 3), said('attempt', 'ann', [5, 6]))).toBe(5);
  const ours = [unanswered('reserve', 'ann', 3), held, unanswered('buy', 'ann', 3), bought];
  expect(askedIn(ours).map(([, , asked]) => asked)).toEqual([5, 3]);
});

describe('a registration of a buyer who has reserved', () => {
  const sale = saleOf({ total: 5 });
  const reserved = said('reserve', 'ann', [5, 10], { hold: 'a', callId: 'try-a' });
  const holdsOf = (calls: Call[], entries?: Entry[]) =>
    (
      findHolds(
        evidenceOf(sale, calls, entries === undefined ? {} : { ledger: booksOf(sale, entries) }),
      ).bySku.get(SKU) ?? []
    ).map(({ made, confirmed, confirms }) => [made, confirmed, ...confirms.map(({ id }) => id)]);

  it('buys that hold if it names it, whichever call came first', () => {
    const naming = (fromMs: number) =>
      said('register', 'ann', [fromMs, 20], { hold: 'a', order: 'order-a' });
    expect(holdsOf([reserved, naming(11)])).toEqual([['answered', 'yes', 2]]);
    expect(holdsOf([reserved, naming(0)])).toEqual([['answered', 'yes', 1]]);
  });

  it('has a hold of its own if it names another, or the hold is of somebody else', () => {
    const other = said('register', 'ann', [11, 20], { hold: 'b' });
    expect(holdsOf([reserved, other])).toEqual([
      ['answered', 'no'],
      ['answered', 'yes', 2],
    ]);
    const stolen = said('register', 'bob', [11, 20], { hold: 'a' });
    expect(holdsOf([reserved, stolen])).toHaveLength(2);
  });

  it('may have bought it if it got no answer, unless the ledger tells of the order', () => {
    const lost = unanswered('register', 'ann', 11, { callId: 'try-b' });
    expect(holdsOf([reserved, lost])).toEqual([
      ['answered', 'maybe', 2],
      ['unsettled', 'maybe', 2],
    ]);
    const held: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' };
    const sold: Entry = { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'try-b' };
    expect(holdsOf([reserved, lost], [held, sold])).toEqual([['answered', 'yes', 2]]);
    expect(holdsOf([reserved, lost], [held])).toEqual([['answered', 'no']]);
    const alsoLost = unanswered('reserve', 'ann', 5, { callId: 'try-a' });
    expect(holdsOf([alsoLost, lost], [held, sold])).toEqual([['found', 'yes', 2]]);
  });

  it('is one checkout of several, which are kept in the order of invocation', () => {
    const calls = [
      reserved,
      unanswered('confirm', 'ann', 12, { hold: 'a' }),
      unanswered('register', 'ann', 14),
    ];
    expect(holdsOf(calls)[0]).toEqual(['answered', 'maybe', 2, 3]);
  });

  it('is one of the SKU of the hold, and bought only what it, or the ledger, tells', () => {
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 5 }));
    const otherSku = said('register', 'ann', [11, 20], { hold: 'a', sku: 'CUP' });
    const { bySku } = findHolds(evidenceOf({ ...sale, skus }, [reserved, otherSku]));
    expect([...bySku.keys()]).toEqual([SKU, 'CUP']);
    const untold = said('register', 'ann', [11, 20], { order: 'o' });
    expect(holdsOf([reserved, untold])).toEqual([
      ['answered', 'no'],
      ['answered', 'yes', 2],
    ]);
  });

  it('without an answer may have bought it, where an order does not tell which call placed it', () => {
    const lost = unanswered('register', 'ann', 11, { callId: 'try-b' });
    const confirmedWith = (...entries: Entry[]) => {
      const evidence = evidenceOf(sale, [reserved, lost], { ledger: booksOf(sale, entries) });
      return findHolds(keeping(evidence, 'order')).byId.get('a')?.confirmed;
    };
    const bens = (callId?: string): Entry => ({ kind: 'SOLD', hold: 'b', buyer: 'ben', callId });
    expect(confirmedWith()).toBe('no');
    expect(confirmedWith(bens('try-c'))).toBe('no');
    expect(confirmedWith(bens('try-c'), bens())).toBe('maybe');
  });
});
