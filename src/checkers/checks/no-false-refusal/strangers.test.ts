import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said } from '../../../../test/judge/story.ts';
import { bought, check, held, sale, statusOf } from './testing/refusals.ts';

describe('a refusal that speaks of a thing', () => {
  const told = (buyer: string, kind: Call['kind'], facts: Partial<Call>) =>
    refused(kind, buyer, [40, 50], facts);

  it('is false of a reservation of which only another buyer was told', () => {
    const ordered = { hold: 'a', code: 'ORDER_EXISTS' };
    expect(statusOf(held, bought, told('ann', 'confirm', ordered))).toBe('valid');
    expect(statusOf(held, bought, told('bob', 'confirm', ordered))).toBe('invalid');
    const lapsed = { ...told('bob', 'release', { hold: 'a', code: 'RESERVATION_EXPIRED' }) };
    const late = { invokedAtNs: 2_000e6, completedAtNs: 2_001e6 };
    expect(statusOf(held, { ...lapsed, ...late })).toBe('invalid');
    expect(statusOf(held, { ...lapsed, ...late, buyer: 'ann' })).toBe('valid');
  });

  it('is false of the second reservation of another buyer’s late checkout', () => {
    const late = said('confirm', 'ann', [1_200, 1_210], { hold: 'a', newHold: 'n', order: 'o' });
    const ordered = (buyer: string) =>
      refused('confirm', buyer, [1_300, 1_310], { hold: 'n', code: 'ORDER_EXISTS' });
    expect(statusOf(held, late, ordered('bob'))).toBe('invalid');
    expect(statusOf(held, late, ordered('ann'))).toBe('valid');
  });

  it('is false of an order or a voucher of which only another buyer was told', () => {
    const ended = { order: 'order-a', code: 'ORDER_NOT_CANCELLABLE' };
    expect(statusOf(held, bought, told('ann', 'cancel', ended))).toBe('valid');
    expect(statusOf(held, bought, told('bob', 'cancel', ended))).toBe('invalid');
    const registered = said('register', 'ann', [0, 1], { hold: 'h', order: 'o', voucher: 'v' });
    const over = { voucher: 'v', code: 'VOUCHER_EXPIRED' };
    expect(statusOf(registered, told('ann', 'redeem', over))).toBe('valid');
    expect(statusOf(registered, told('bob', 'redeem', over))).toBe('invalid');
  });

  it('may be true where nobody was told of it, both were, or nobody knows who', () => {
    const ended = { order: 'order-x', code: 'ORDER_NOT_CANCELLABLE' };
    expect(statusOf(held, bought, told('bob', 'cancel', ended))).toBe('valid');
    const order = told('bob', 'cancel', { ...ended, order: 'order-a' });
    expect(statusOf(held, bought, { ...bought, buyer: 'bob' }, order)).toBe('valid');
    expect(statusOf(held, bought, { ...bought, buyer: undefined }, order)).toBe('valid');
    expect(statusOf(held, bought, { ...order, buyer: undefined })).toBe('valid');
  });

  it('may speak of another buyer’s in a described shop', () => {
    const order = told('bob', 'cancel', { order: 'order-a', code: 'ORDER_NOT_CANCELLABLE' });
    const shop = evidenceOf({ ...sale, shop: 'corner' }, [held, bought, order]);
    expect(check(shop).status).toBe('valid');
    const { summary } = check(evidenceOf(sale, [held, bought, order]));
    expect(summary).toContain('order order-a is of buyer ann, and nobody else was told of it');
  });

  it('names the thing, and shows the call by which its owner was told of it', () => {
    const shown = (...calls: Call[]) => {
      const { summary, witness } = check(evidenceOf(sale, calls));
      return [summary, witness?.operations.map(({ kind }) => kind)];
    };
    const ordered = told('bob', 'confirm', { hold: 'a', code: 'ORDER_EXISTS' });
    expect(shown(held, bought, ordered)).toEqual([
      expect.stringContaining('reservation a is of buyer ann'),
      ['reserve', 'confirm'],
    ]);
    const registered = said('register', 'ann', [0, 1], { hold: 'h', order: 'o', voucher: 'v' });
    const over = told('bob', 'redeem', { voucher: 'v', code: 'VOUCHER_EXPIRED' });
    expect(shown(registered, over)[0]).toContain('voucher v is of buyer ann');
  });

  it('is not taken for another buyer’s by what a stranger did with it, or was refused', () => {
    const ended = told('bob', 'cancel', { order: 'order-a', code: 'ORDER_NOT_CANCELLABLE' });
    const cancelled = said('cancel', 'bob', [32, 34], { order: 'order-a' });
    expect(statusOf(held, bought, cancelled, ended)).toBe('invalid');
    const no = refused('cancel', 'bob', [32, 34], { order: 'order-a', code: 'NOT_FOUND' });
    expect(statusOf(held, bought, no, ended)).toBe('invalid');
    const registered = said('register', 'ann', [0, 1], { hold: 'h', order: 'o', voucher: 'v' });
    const over = told('bob', 'redeem', { voucher: 'v', code: 'VOUCHER_EXPIRED' });
    expect(statusOf(registered, said('redeem', 'bob', [32, 34], { voucher: 'v' }), over)).toBe(
      'invalid',
    );
    const lapsed = refused('release', 'bob', [2_000, 2_001], {
      ...{ hold: 'a', code: 'RESERVATION_EXPIRED' },
    });
    expect(statusOf(held, said('release', 'bob', [1_500, 1_510], { hold: 'a' }), lapsed)).toBe(
      'invalid',
    );
  });
});

it('takes nobody for told of a thing by a refusal or by giving it back', () => {
  const registered = said('register', 'ann', [0, 10], { voucher: 'v' });
  const no = refused('register', 'eve', [20, 30], { voucher: 'v', code: 'LATER' });
  const used = refused('redeem', 'eve', [40, 50], { voucher: 'v', code: 'VOUCHER_USED' });
  const redeemed = said('redeem', 'ann', [32, 35], { voucher: 'v' });
  expect(statusOf(registered, no, redeemed, used)).toBe('invalid');
  const ended = refused('confirm', 'eve', [40, 50], { hold: 'a', code: 'RESERVATION_NOT_ACTIVE' });
  expect(statusOf(held, said('release', 'eve', [20, 30], { hold: 'a' }), ended)).toBe('invalid');
});
