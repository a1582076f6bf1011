import { expect, it } from 'vitest';
import { type Call, refused, SKU, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { createAttempts } from './attempts.ts';

const sale = saleOf({ total: 5 });
const tries = (buyer: string, facts: Partial<Call> = {}) => said('attempt', buyer, [0, 5], facts);
const reserves = (buyer: string) => said('reserve', buyer, [0, 5]);

/** Attempts after some calls for units, of which only `max` are remembered. */
function attemptsAfter(calls: Call[], max = 9, facts = sale) {
  const attempts = createAttempts(facts, max);
  const take = (call: Call) => attempts.take({ ...call, id: 1 });
  calls.forEach(take);
  const end = (buyer?: string) => attempts.end({ ...said('cancel', '', [6, 7]), buyer, id: 1 });
  /** The buyer of the attempt that one of these is told the success of, if it is told of one. */
  const told = (...buyers: (string | undefined)[]) =>
    buyers.map(
      (buyer) =>
        attempts.succeed({ ...said('read', '', [10, 15]), buyer, id: 2 })?.buyer ?? 'nobody',
    );
  return { take, end, told };
}

it('a success is that of the only attempt of its buyer that was accepted, and is told once', () => {
  const { told } = attemptsAfter([tries('ann'), tries('bob'), tries('cid'), tries('cid')]);
  expect(told('ann', 'bob', 'ann', 'cid', 'eve', undefined)).toEqual([
    ...['ann', 'bob', 'nobody', 'nobody', 'nobody', 'nobody'],
  ]);
  expect(attemptsAfter([unanswered('attempt', 'ann', 0)]).told('ann')).toEqual(['nobody']);
  const { take, told: toldLater } = attemptsAfter([]);
  expect(toldLater('ann')).toEqual(['nobody']);
  take(tries('ann'));
  expect(toldLater('ann')).toEqual(['ann']);
});

it('a success may be of units that its buyer got in another way, unless these were refused', () => {
  const calls = ['ann', 'bob'].map((buyer) => tries(buyer));
  const others = [reserves('ann'), refused('reserve', 'bob', [0, 5])];
  expect(attemptsAfter([...calls, ...others]).told('ann', 'bob')).toEqual(['nobody', 'bob']);
});

it('a success may be of what its buyer gives back, and of anything if nobody knows who gives back', () => {
  const attempts = attemptsAfter([tries('ann'), tries('bob')]);
  attempts.end('ann');
  expect(attempts.told('ann', 'bob')).toEqual(['nobody', 'bob']);
  attempts.end();
  attempts.take(tries('cid'));
  expect(attempts.told('cid')).toEqual(['nobody']);
});

it('nobody attempts at a SKU that is sold in another way, or in a described shop', () => {
  const skus = [
    { skuId: SKU, total: 5, soldBy: 'tickets' as const },
    { skuId: 'CUP', total: 5 },
  ];
  expect(attemptsAfter([tries('ann')], 9, saleOf({ skus })).told('ann')).toEqual(['nobody']);
  expect(attemptsAfter([tries('ann')], 9, saleOf({ shop: 'corner' })).told('ann')).toEqual([
    'nobody',
  ]);
});

it('attempts are forgotten, and no more are remembered, once there are too many calls', () => {
  const two = [tries('ann'), reserves('bob')];
  expect(attemptsAfter(two, 2).told('ann')).toEqual(['ann']);
  const { take, told } = attemptsAfter([...two, tries('cid')], 2);
  expect(told('ann', 'cid')).toEqual(['nobody', 'nobody']);
  take(tries('dan'));
  expect(told('dan')).toEqual(['nobody']);
});

it('attempts are forgotten once too many buyers give something back', () => {
  const { end, take, told } = attemptsAfter([tries('ann')], 2);
  end('bob');
  end('cid');
  end('cid');
  expect(told('ann')).toEqual(['ann']);
  end('dan');
  take(tries('eve'));
  expect(told('eve')).toEqual(['nobody']);
});
