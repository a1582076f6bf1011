import { expect, it } from 'vitest';
import { order, reservation, shopOf, wrongIn } from '../../../../test/judge/foreign-story.ts';
import { type Call, refused, said, unanswered } from '../../../../test/judge/story.ts';

const bob = said('buy', 'bob', [0, 10], { order: 'o2' });
const bobs = order({ orderId: 'o2', userId: 'bob', quantity: 1 });
const told = refused('buy', 'ann', [20, 30], { code: 'ALREADY_RESERVED' });

/** The checks that find something wrong in a shop whose only order is Bob's. */
const wrong = (call: Call, rows: Partial<Parameters<typeof shopOf>[2]> = {}) =>
  Object.keys(wrongIn(shopOf({ total: 5 }, [call, told, bob], { orders: [bobs], ...rows })));

it.each(['register', 'buy'] as const)(
  'lets a call to %s without an answer have held a unit for a moment, though no order came of it',
  (kind) => {
    const lost = unanswered(kind, 'ann', 10);
    expect(wrong(lost)).toEqual([]);
    expect(wrong({ ...lost, buyer: 'cid' })).toEqual(['no-false-refusal']);
    expect(wrong(refused(kind, 'ann', [10, 15], { code: 'CONTENTION_LOST' }))).toEqual([]);
    expect(wrong(refused(kind, 'ann', [10, 15]))).toContain('no-false-refusal');
  },
);

it('says so of no other call, and of a line of a basket only while that was under way', () => {
  expect(wrong(unanswered('release', 'ann', 10, { hold: 'h' }))).toEqual(['no-false-refusal']);
  const line = (toMs: number) =>
    refused('reserve', 'ann', [10, toMs], { basket: 'b', code: 'CONTENTION_LOST' });
  expect(wrong(line(25))).toEqual([]);
  expect(wrong(line(15))).toEqual(['no-false-refusal']);
});

it('leaves that to the rows of holds, where the shop has them', () => {
  const reservations = [reservation({ userId: 'bob', quantity: 1, status: 'CONFIRMED' })];
  expect(wrong(unanswered('buy', 'ann', 10), { reservations })).toEqual(['no-false-refusal']);
});
