import { describe, expect, it } from 'vitest';
import { readingAt, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { type Call, refused, SKU, said, unanswered } from '../../../test/judge/story.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import { deletesHolds } from './deleted-holds.ts';

/** True for a shop whose holds live 1,000 ms and whose books, read after so many ms, have these reservations. */
const deletes = (
  calls: Call[],
  reservations: LedgerReservation[],
  readMs = 500,
  facts: Parameters<typeof shopOf>[0] = {},
): boolean =>
  deletesHolds(
    shopOf(
      { total: 5, holdTtlMs: 1_000, ...facts },
      calls,
      { reservations },
      readingAt(readMs, { reservations }),
    ),
  );

const held = (buyer: string, hold?: string, facts: Partial<Call> = {}): Call =>
  said('reserve', buyer, [0, 5], { hold, ...facts });
const back = (buyer: string | undefined, hold?: string): Call =>
  said('release', buyer ?? '', [10, 12], { hold, buyer });
const row = (facts: Partial<LedgerReservation>): LedgerReservation =>
  reservation({ quantity: 1, ...facts });

describe('a shop without rows of holds', () => {
  it('may have deleted a hold whose time may be over', () => {
    expect(deletes([held('ann', 'h1')], [], 999)).toBe(false);
    expect(deletes([held('ann', 'h1')], [], 1_000)).toBe(true);
    expect(deletes([], [])).toBe(false);
  });

  it('was read after the last call, whatever its account says', () => {
    const read = said('read', 'zoe', [1_300, 1_305]);
    expect(deletes([held('ann', 'h1'), read], [], 100)).toBe(true);
    const lost = unanswered('read', 'zoe', 990);
    expect(deletes([held('ann', 'h1'), lost], [], 100)).toBe(false);
  });

  it('may have deleted a hold that somebody asked to end, by its name or as its buyer', () => {
    const all = [held('ann', 'h1')];
    expect(deletes([...all, back('ann', 'h1')], [])).toBe(true);
    expect(deletes([...all, back('ann', 'h2')], [])).toBe(false);
    expect(deletes([...all, back('ann')], [])).toBe(true);
    expect(deletes([...all, back('bob')], [])).toBe(false);
    expect(deletes([...all, back(undefined)], [])).toBe(true);
    const about = { hold: 'h1', code: 'HOLD_EXPIRED' };
    expect(deletes([...all, refused('confirm', 'ann', [10, 12], about)], [])).toBe(false);
  });

  it('may have deleted the hold of a purchase, which was over at once', () => {
    expect(deletes([said('buy', 'ann', [0, 5])], [])).toBe(true);
  });

  it('may have deleted that of a call without an answer, of which nobody knows a row', () => {
    expect(deletes([unanswered('reserve', 'ann', 0)], [])).toBe(true);
  });

  it('deletes nothing where it never promised such rows, or where it is our own', () => {
    const facts = { total: 5, holdTtlMs: 1_000 };
    const calls = [held('ann', 'h1'), back('ann', 'h1')];
    expect(deletesHolds(shopOf(facts, calls))).toBe(false);
    expect(deletes(calls, [], 500, { shop: undefined })).toBe(false);
  });
});

describe('a shop whose rows name the holds', () => {
  const named = [row({ reservationId: 'h1' })];

  it('may have deleted holds that may all be over, and no others', () => {
    const calls = [held('ann', 'h1'), held('bob', 'h2'), back('bob', 'h2')];
    expect(deletes(calls, named)).toBe(true);
    expect(deletes([...calls, held('cid', 'h3')], named)).toBe(false);
    expect(deletes([held('ann', 'h1')], named)).toBe(false);
  });

  it('has the row of a hold if it has that of its call', () => {
    const bobs = row({ callId: 'c2' });
    const calls = [held('ann', 'h1'), held('bob', 'h2', { callId: 'c2' }), back('bob', 'h2')];
    expect(deletes(calls, [...named, bobs])).toBe(false);
  });

  it.each([
    ['CANCELLED', null],
    ['EXPIRED', null],
    ['RESERVED', true],
  ] as const)('keeps holds that are over where one is %s (lapsed: %s)', (status, lapsed) => {
    const calls = [held('ann', 'h1'), held('bob', 'h2'), back('bob', 'h2')];
    expect(deletes(calls, [...named, row({ reservationId: 'h9', status, lapsed })])).toBe(false);
  });

  it('may delete them where one is long over, but was sold in time', () => {
    const calls = [held('ann', 'h1'), held('bob', 'h2'), back('bob', 'h2')];
    const sold = row({ reservationId: 'h1', status: 'CONFIRMED', lapsed: true });
    expect(deletes(calls, [sold])).toBe(true);
  });

  it('deletes also what was sold at once, if it has no row of a sale', () => {
    const calls = [held('ann', 'h1'), said('buy', 'bob', [0, 5], { hold: 'h2' })];
    expect(deletes(calls, named)).toBe(true);
    const sold = row({ reservationId: 'h9', status: 'CONFIRMED' });
    expect(deletes(calls, [...named, sold])).toBe(false);
  });
});

describe('a shop whose rows do not name the holds', () => {
  const bobs = [held('ann'), held('bob'), back('bob')];

  it('may have deleted one where a buyer has fewer rows than holds, of which one may be over', () => {
    expect(deletes(bobs, [row({ userId: 'ann' })])).toBe(true);
    expect(deletes(bobs, [row({ userId: 'ann' }), row({ userId: 'bob' })])).toBe(false);
    expect(deletes([held('ann'), held('bob')], [row({ userId: 'ann' })])).toBe(false);
    const two = [held('bob'), said('reserve', 'bob', [600, 605])];
    expect(deletes(two, [row({ userId: 'bob' })], 1_100)).toBe(true);
  });

  it('is compared by SKU alone where a row does not tell its buyer, or tells none of the run', () => {
    expect(deletes(bobs, [row({ userId: 'ann' }), row({})])).toBe(false);
    expect(deletes(bobs, [row({ userId: 'u1' }), row({ userId: 'u2' })])).toBe(false);
    expect(deletes(bobs, [row({})])).toBe(true);
    const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));
    const other = [held('ann'), held('bob', undefined, { sku: 'SKU-2' }), back('bob')];
    expect(deletes(other, [row({}), row({})], 500, { skus })).toBe(true);
  });

  it('may have deleted one though there are rows enough, where these may be of other people', () => {
    const skus = [{ skuId: SKU, total: 5, wasOnSale: true }];
    expect(deletes(bobs, [row({ userId: 'ann' }), row({ userId: 'bob' })], 500, { skus })).toBe(
      true,
    );
    const known = [row({ userId: 'ann' }), row({ userId: 'bob' })];
    expect(deletes(bobs, known, 500, { nobodyElseBuys: false })).toBe(false);
    expect(deletes(bobs, [row({}), row({})], 500, { nobodyElseBuys: false })).toBe(true);
  });
});
