import { expect, it } from 'vitest';
import { inShop, SHOP_CALLS, shopSale } from '../../test/judge/shop-story.ts';
import { evidenceOf } from '../../test/judge/story.ts';
import { basisOf } from './basis.ts';

it('names the evidence with its numbers, and the evidence that nobody could see', () => {
  expect(basisOf(inShop())).toBe(
    'It rests on 5 answers to 5 calls and a ledger of 3 reservations, 1 order, and 6 movements; ' +
      'nobody could see the payments of the final ledger, the events that consumers handled, ' +
      'the stock of the hot store, scrapes of /metrics, and the load generator’s report about itself.',
  );
});

it('counts a call without an answer as a call alone', () => {
  const [first, ...others] = SHOP_CALLS;
  const silent = { ...first, outcome: 'info', status: 0, sequence: undefined } as never;
  expect(basisOf(evidenceOf(shopSale, [silent, ...others]))).toMatch(
    /^It rests on 4 answers to 5 calls; nobody could see the stock of the final ledger, /,
  );
});
