import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import type { SaleFacts } from '../../../history/operation.ts';
import { understandCalls } from './understood-calls.ts';

const CUP = 'CUP';
const skus = [SKU, CUP].map((skuId) => ({ skuId, total: 5 }));
const understood = (calls: Call[], facts: Partial<SaleFacts> = {}) =>
  understandCalls(evidenceOf(saleOf({ skus, ...facts }), calls));

/** The SKUs, and the buyers, of whom these calls leave something unclear. */
const unclearIn = (...calls: Call[]) => {
  const { isClear, isClearFor } = understood(calls);
  const buyers = ['ann', 'ben', 'cem'];
  return [
    ...[SKU, CUP].filter((sku) => !isClear(sku)),
    ...buyers.filter((buyer) => !isClearFor(SKU, buyer)),
  ].join(' ');
};

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const bought = said('confirm', 'ann', [20, 30], { sku: undefined, hold: 'a', order: 'o' });

describe('the calls of a sale', () => {
  it('belong to the SKU of the hold or the order that they name', () => {
    const { bySku } = understood([
      { ...held, sku: CUP },
      { ...bought, sku: SKU },
      said('release', 'ann', [31, 32], { sku: undefined, hold: 'a' }),
      said('cancel', 'ann', [40, 50], { sku: undefined, order: 'o' }),
      said('buy', 'ben', [60, 70], { order: 'p' }),
      said('cancel', 'ben', [80, 90], { sku: undefined, order: 'p' }),
    ]);
    const kindsOf = (sku: string) => bySku.get(sku)?.map(({ kind }) => kind);
    expect(kindsOf(CUP)).toEqual(['reserve', 'confirm', 'release', 'cancel']);
    expect(kindsOf(SKU)).toEqual(['buy', 'cancel']);
  });

  it('have the reads of the stock among them where a server of ours answered them with counts', () => {
    const read = (facts: Partial<Call>) => said('read', 'zoe', [0, 1], facts);
    const counts = { observed: { sold: 0 } };
    const readsIn = (call: Call, facts: Partial<SaleFacts> = {}) =>
      understood([call], facts).bySku.get(SKU)?.length ?? 0;
    expect(readsIn(read(counts))).toBe(1);
    expect(readsIn(read(counts), { shop: 'corner-shop' })).toBe(0);
    expect(readsIn(read({ observed: { decision: 'PENDING' } }))).toBe(0);
    expect(readsIn(read({}))).toBe(0);
    expect(readsIn(refused('read', 'zoe', [0, 1], counts))).toBe(0);
    expect(unclearIn(said('read', 'ann', [0, 1], { ...counts, buyer: undefined }))).toBe('');
  });

  it('are not those to the analytics or at a gate, which change no stock', () => {
    for (const kind of ['track', 'check-in'] as const) {
      const other = said(kind, 'ann', [0, 1]);
      expect(understood([other]).bySku.size).toBe(0);
      expect(unclearIn(other)).toBe('');
    }
  });

  it('leave tickets unclear, of which a purchase may take units again', () => {
    const bought = said('buy', 'ann', [0, 10], { order: 'o' });
    const sold = (soldBy: 'tickets' | 'reservations') => {
      const ofSkus = skus.map((sku) => ({ ...sku, soldBy }));
      return understood([bought], { skus: ofSkus }).isClear(SKU);
    };
    expect(sold('tickets')).toBe(false);
    expect(sold('reservations')).toBe(true);
    const onlyReserved = { skus: skus.map((sku) => ({ ...sku, soldBy: 'tickets' as const })) };
    expect(understood([held], onlyReserved).isClear(SKU)).toBe(true);
  });
});

describe('a SKU and its buyers', () => {
  it('are clear while each yes names what it made, and each call something that was named', () => {
    const cancelled = said('cancel', 'ann', [40, 50], { order: 'o' });
    const given = said('release', 'ben', [40, 50], { hold: 'b' });
    expect(
      unclearIn(held, bought, cancelled, said('reserve', 'ben', [0, 9], { hold: 'b' }), given),
    ).toBe('');
    expect(unclearIn(said('buy', 'ann', [0, 10]))).toBe('');
    expect(unclearIn(unanswered('reserve', 'ann', 0), unanswered('buy', 'ben', 0))).toBe('');
    expect(unclearIn(refused('reserve', 'ann', [0, 10]))).toBe('');
    expect(unclearIn(held, unanswered('confirm', 'ann', 20, { hold: 'a' }))).toBe('');
    const ordered = refused('confirm', 'ann', [40, 50], {
      hold: 'a',
      order: 'o',
      code: 'ORDER_EXISTS',
    });
    expect(unclearIn(held, bought, ordered)).toBe('');
  });

  it('are unclear where a yes does not name what it made', () => {
    expect(unclearIn(said('reserve', 'ann', [0, 10]))).toBe('SKU-1 ann');
    expect(unclearIn(held, { ...bought, order: undefined })).toBe('SKU-1 ann');
  });

  it('are unclear while a payment is under way', () => {
    const paying = (facts: Partial<Call>) =>
      unanswered('confirm', 'ann', 20, { hold: 'a', ...facts });
    expect(unclearIn(held, paying({ status: 202 }))).toBe('SKU-1 ann');
    expect(unclearIn(held, paying({ order: 'o' }))).toBe('SKU-1 ann');
    expect(unclearIn(unanswered('buy', 'ann', 20, { status: 202 }))).toBe('SKU-1 ann');
    expect(unclearIn(unanswered('buy', 'ann', 20, { order: 'o' }))).toBe('');
  });

  it('are unclear where a call repeats a key', () => {
    const keyed = { idempotencyKey: 'k' };
    const first = refused('reserve', 'ann', [0, 10], keyed);
    expect(unclearIn(first)).toBe('');
    expect(unclearIn(first, refused('reserve', 'ann', [20, 30], keyed))).toBe('SKU-1 ann');
  });

  it('are unclear with a call whose effects nobody knows here', () => {
    expect(unclearIn(refused('attempt', 'ann', [0, 10]))).toBe('SKU-1 ann');
    // It may have done anything, to any SKU.
    expect(unclearIn(unanswered('attempt', 'ann', 0))).toBe('SKU-1 CUP ann');
    expect(unclearIn(refused('redeem', 'ann', [0, 10], { sku: undefined }))).toBe('SKU-1 CUP ann');
  });

  it('are unclear with a buyer without a name, who may be any of them if the call did something', () => {
    const nobody = { buyer: undefined };
    expect(unclearIn(refused('reserve', 'ann', [0, 10], nobody))).toBe('SKU-1');
    expect(unclearIn({ ...held, ...nobody })).toBe('SKU-1 ann ben cem');
    expect(unclearIn(unanswered('reserve', 'ann', 0, nobody))).toBe('SKU-1 ann ben cem');
  });

  it('are unclear with a call for something that no answer named, unless it was refused', () => {
    const unknown = { hold: 'x' };
    expect(unclearIn(unanswered('confirm', 'ann', 0, unknown))).toBe('SKU-1 CUP ann');
    expect(unclearIn(said('release', 'ann', [0, 9], unknown))).toBe('SKU-1 CUP ann');
    expect(unclearIn(refused('confirm', 'ann', [0, 9], unknown))).toBe('');
    expect(unclearIn(said('cancel', 'ann', [0, 9], { order: 'x' }))).toBe('SKU-1 CUP ann');
    // A refusal makes nothing that a later call could be about.
    const notHeld = { ...held, outcome: 'fail' as const, status: 400 };
    expect(unclearIn(notHeld, unanswered('confirm', 'ben', 20, { hold: 'a' }))).toBe(
      'SKU-1 CUP ben',
    );
  });

  it('have an owner and a stranger who are unclear, where the stranger may have done something', () => {
    const byBen = (call: Call) => ({ ...call, buyer: 'ben' });
    expect(unclearIn(held, byBen(bought))).toBe('ann ben');
    expect(unclearIn(held, byBen(refused('release', 'ben', [20, 30], { hold: 'a' })))).toBe('ben');
    expect(unclearIn(held, bought, unanswered('cancel', 'ben', 40, { order: 'o' }))).toBe(
      'ann ben',
    );
    expect(unclearIn(held, bought, refused('cancel', 'ben', [40, 50], { order: 'o' }))).toBe('ben');
  });

  it('are unclear, with all buyers of both SKUs, where two answers name one hold or one order', () => {
    const again = said('reserve', 'ben', [20, 30], { hold: 'a' });
    expect(unclearIn(held, again)).toBe('SKU-1 ann ben cem');
    expect(unclearIn(held, { ...again, sku: CUP })).toBe('SKU-1 CUP ann ben cem');
    const buys = (sku: string) => said('buy', 'ben', [40, 50], { sku, order: 'o' });
    expect(unclearIn(held, bought, buys(SKU))).toBe('SKU-1 ann ben cem');
    expect(unclearIn(held, bought, buys(CUP))).toBe('SKU-1 CUP ann ben cem');
  });
});
