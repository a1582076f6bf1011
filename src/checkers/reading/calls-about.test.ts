import { expect, it } from 'vitest';
import { evidenceOf, refused, said, saleOf, unanswered } from '../../../test/judge/story.ts';
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

it('knows which calls may be about any order or voucher of their buyer, from when on', () => {
  const { mayBeNameless } = findCallsAbout(
    evidenceOf(saleOf(), [
      said('cancel', 'ann', [10, 20]),
      said('cancel', 'ann', [30, 40]),
      said('cancel', 'ben', [10, 20], { order: 'o' }),
      said('redeem', 'ben', [12, 20], { order: 'o' }),
      said('redeem', 'cid', [10, 20], { voucher: 'v' }),
      said('cancel', 'cid', [14, 20], { voucher: 'v' }),
      refused('cancel', 'dan', [10, 20]),
      said('release', 'dan', [10, 20]),
    ]),
  );
  const whoseBy = (kind: 'cancel' | 'redeem', ms: number) =>
    ['ann', 'ben', 'cid', 'dan'].filter((buyer) => mayBeNameless(kind, buyer, ms * 1e6));
  expect(whoseBy('cancel', 9)).toEqual([]);
  expect(whoseBy('cancel', 10)).toEqual(['ann']);
  expect(whoseBy('cancel', 99)).toEqual(['ann', 'cid']);
  expect(whoseBy('redeem', 11)).toEqual([]);
  expect(whoseBy('redeem', 99)).toEqual(['ben']);
});

it('takes a nameless call of nobody for that of anybody', () => {
  const nobodys = { ...said('cancel', 'ann', [10, 20]), buyer: undefined };
  const { mayBeNameless } = findCallsAbout(evidenceOf(saleOf(), [nobodys]));
  expect(mayBeNameless('cancel', 'zoe', 10e6)).toBe(true);
  expect(mayBeNameless('redeem', 'zoe', 10e6)).toBe(false);
});
