import { expect, it } from 'vitest';
import { evidenceOf, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { findCallsAbout } from './calls-about.ts';

it('finds the calls about a hold, an order and a voucher', () => {
  const key = { idempotencyKey: 'k' };
  const about = findCallsAbout(
    evidenceOf(saleOf(), [
      said('reserve', 'ann', [0, 1], { hold: 'a' }),
      unanswered('confirm', 'ann', 2, { hold: 'a', ...key }),
      said('confirm', 'ann', [3, 4], { hold: 'a', order: 'o', ...key }),
      said('release', 'ann', [5, 6], { hold: 'a' }),
      said('cancel', 'ann', [7, 8], { hold: 'a', order: 'o' }),
      said('register', 'ben', [9, 10], { hold: 'b', order: 'p', voucher: 'v' }),
      said('redeem', 'ben', [11, 12], { voucher: 'v' }),
    ]),
  );
  const kindsOf = (calls: Map<string, { kind: string }[]>) =>
    Object.fromEntries([...calls].map(([id, list]) => [id, list.map(({ kind }) => kind).join()]));
  expect(kindsOf(about.hold)).toEqual({ a: 'confirm,release' });
  expect(kindsOf(about.order)).toEqual({ o: 'confirm,cancel', p: 'register' });
  expect(kindsOf(about.voucher)).toEqual({ v: 'register,redeem' });
});
