import { describe, expect, it } from 'vitest';
import { said, saleOf } from '../../../../test/judge/story.ts';
import type { Operation } from '../../../history/operation.ts';
import { RestingHolds } from './resting-holds.ts';
import { newHold, type Phase, type SoughtHold, soughtCall } from './situation.ts';

const sale = saleOf();
const call = (buyer: string, facts: Partial<Operation> = {}): Operation => ({
  ...said('reserve', buyer, [0, 10], facts),
  id: 1,
});

/** A hold that a buyer has bought, with an order of its name, unless `phase` says otherwise. */
const holdOf = (hold: string, buyer: string, units: number, phase: Phase = 'sold'): SoughtHold => ({
  ...newHold(soughtCall(call(buyer, { hold, quantity: units })), sale),
  phase,
  boughtBy: call(buyer, { kind: 'confirm', hold, order: `order-${hold}` }),
});

const restingOf = (...holds: SoughtHold[]): RestingHolds => {
  const resting = new RestingHolds();
  for (const hold of holds) resting.set(hold);
  return resting;
};

/** The holds that some calls may notice, each as `name of buyer: units phase`. */
const seen = (resting: RestingHolds, ...calls: Operation[]): string[] =>
  resting
    .seenBy(calls)
    .map(({ id, buyer, units, phase }) => `${id || '?'} of ${buyer ?? '?'}: ${units} ${phase}`);

describe('the holds at a moment of rest', () => {
  const ann = holdOf('a', 'ann', 1);
  const ben = holdOf('b', 'ben', 2);

  it('are seen as one hold by a stranger, whose buyer and order nobody names', () => {
    const resting = restingOf(ann, ben);
    expect(seen(resting, call('cem'))).toEqual(['? of ?: 3 sold']);
    expect(resting.seenBy([call('cem')])[0]?.boughtBy).toBeUndefined();
  });

  it('are seen by their buyer as one hold, and those of others as another one', () => {
    const resting = restingOf(ann, ben, holdOf('c', 'ann', 4));
    expect(seen(resting, call('ann'))).toEqual(['? of ?: 2 sold', '? of ann: 5 sold']);
    expect(seen(resting, call('ann'), call('ben'))).toEqual([
      '? of ann: 5 sold',
      '? of ben: 2 sold',
    ]);
  });

  it('are seen one by one where a call names the hold or its order', () => {
    const resting = restingOf(ann, ben, holdOf('c', 'ann', 4));
    const byHold = call('ann', { kind: 'confirm', hold: 'a' });
    const byOrder = call('ann', { kind: 'cancel', order: 'order-a' });
    for (const naming of [byHold, byOrder]) {
      expect(seen(resting, naming)).toEqual([
        '? of ?: 2 sold',
        '? of ann: 4 sold',
        'a of ann: 1 sold',
      ]);
    }
    expect(seen(resting, byHold, byOrder)).toEqual(seen(resting, byHold));
  });

  it('are seen one by one by a stranger who names them, and count once', () => {
    const theirs = call('cem', { kind: 'cancel', order: 'order-b' });
    expect(seen(restingOf(ann, ben), theirs)).toEqual(['? of ?: 1 sold', 'b of ben: 2 sold']);
    expect(seen(restingOf(ben), theirs)).toEqual(['b of ben: 2 sold']);
  });

  it('have no units in them when they are over, and are seen where they are named', () => {
    const over = holdOf('b', 'ben', 2, 'back');
    expect(seen(restingOf(over), call('ben'))).toEqual([]);
    expect(seen(restingOf(ann, over), call('ben', { hold: 'b' }))).toEqual([
      '? of ?: 1 sold',
      'b of ben: 2 back',
    ]);
  });

  it('have the units of an order no more once it was cancelled', () => {
    const resting = restingOf(ann, ben, { ...ben, phase: 'returned' });
    expect(seen(resting, call('ben'))).toEqual(['? of ?: 1 sold']);
    expect(resting.get('b')?.phase).toBe('returned');
  });

  it('are found by their orders, each once, as they are now', () => {
    const lapsed = holdOf('a', 'ann', 1, 'back');
    const second = { ...holdOf('n', 'ann', 1), boughtBy: lapsed.boughtBy as Operation };
    const resting = restingOf({ ...lapsed, boughtBy: undefined as never }, lapsed, second, {
      ...second,
      phase: 'returned',
    });
    expect(resting.boughtBy('order-a').map(({ id, phase }) => `${id} ${phase}`)).toEqual([
      'a back',
      'n returned',
    ]);
    expect(resting.boughtBy('order-x')).toEqual([]);
  });
});
