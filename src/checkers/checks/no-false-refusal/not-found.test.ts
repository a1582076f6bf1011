import { describe, expect, it } from 'vitest';
import { type Call, type Entry, evidenceOf, refused, said } from '../../../../test/judge/story.ts';
import { bought, held, inBooks, sale, shownIn, statusOf } from './testing/refusals.ts';

describe('"there is no such thing"', () => {
  const told = (kind: Call['kind'], buyer: string, times: [number, number], facts: Partial<Call>) =>
    refused(kind, buyer, times, { code: 'NOT_FOUND', ...facts });

  it('is false of a hold while its buyer surely has it, and true for everybody else', () => {
    const of = (buyer: string, times: [number, number]) =>
      statusOf(held, told('confirm', buyer, times, { hold: 'a' }));
    expect(of('ann', [20, 30])).toBe('invalid');
    expect(of('ann', [10, 30])).toBe('valid');
    expect(of('ann', [20, 1_000])).toBe('valid');
    expect(of('bob', [20, 30])).toBe('valid');
  });

  it('is false of a hold that has ended, if the final ledger still has it', () => {
    const entries: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann' },
    ];
    const late = told('release', 'ann', [3_000, 3_010], { hold: 'a' });
    expect(inBooks(entries, held, late)).toBe('invalid');
    expect(statusOf(held, late)).toBe('valid');
  });

  it('is false of an order and of a voucher that the buyer was told of', () => {
    const order = (buyer: string, times: [number, number]) =>
      statusOf(held, bought, told('cancel', buyer, times, { order: 'order-a' }));
    expect(order('ann', [31, 40])).toBe('invalid');
    expect(order('ann', [30, 40])).toBe('valid');
    expect(order('bob', [31, 40])).toBe('valid');
    const about = { order: 'order-a' };
    const late = told('cancel', 'ann', [31, 40], about);
    expect(statusOf(said('buy', 'ann', [0, 10], about), late)).toBe('invalid');
    expect(statusOf(refused('confirm', 'ann', [0, 10], { ...about, code: 'LATER' }), late)).toBe(
      'valid',
    );
    const voucher = (buyer: string) =>
      statusOf(
        said('register', 'ann', [0, 10], { voucher: 'CODE-A' }),
        told('redeem', buyer, [20, 30], { sku: undefined, voucher: 'CODE-A' }),
      );
    expect(voucher('ann')).toBe('invalid');
    expect(voucher('bob')).toBe('valid');
  });

  it('is false of a SKU on sale, and of a campaign only after somebody has registered for it', () => {
    const unknown = { code: 'UNKNOWN_SKU' };
    expect(statusOf(told('reserve', 'ann', [0, 1], unknown))).toBe('invalid');
    expect(statusOf(told('reserve', 'ann', [0, 1], { ...unknown, sku: 'SKU-2' }))).toBe('valid');
    expect(statusOf(told('register', 'ann', [20, 30], {}))).toBe('valid');
    const registered = said('register', 'bob', [0, 10]);
    expect(statusOf(registered, told('register', 'ann', [20, 30], {}))).toBe('invalid');
  });
});

describe('the witness against "there is no such thing"', () => {
  const told = (kind: Call['kind'], facts: Partial<Call> = {}) =>
    refused(kind, 'ann', [40, 50], { code: 'NOT_FOUND', ...facts });
  const shown = (...calls: Call[]) => shownIn(evidenceOf(sale, calls));

  it('has the call that told of the thing', () => {
    expect(shown(held, told('release', { hold: 'a' }))).toEqual(['reserve ann', 'release ann']);
    expect(shown(held, bought, told('cancel', { order: 'order-a' }))).toEqual([
      'confirm ann',
      'cancel ann',
    ]);
    const registered = (toMs: number) => said('register', 'bob', [0, toMs]);
    expect(shown(registered(10), told('register'))).toEqual(['register bob', 'register ann']);
    expect(shown(registered(40), told('register'))).toBeUndefined();
  });

  it('is none of a call that only named it', () => {
    const cancel = said('cancel', 'ann', [31, 35], { order: 'order-a' });
    expect(shown(cancel, told('cancel', { order: 'order-a' }))).toBeUndefined();
  });
});
