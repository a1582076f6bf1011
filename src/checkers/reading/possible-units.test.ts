import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  SKU,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { answersOnly } from '../../history/manifest.ts';
import { NOT_ALONE } from '../../history/operation.ts';
import type { Evidence } from '../evidence.ts';
import { attribute } from './attribution.ts';
import { findPossibleUnits } from './possible-units.ts';

/** A hold lives 1,000 ms, and its units are back within 100 ms more. */
const sale = saleOf({ total: 9 });

/** The times in milliseconds in which units may have been off sale, each with the units. */
const timesIn = (evidence: Evidence) =>
  findPossibleUnits(SKU, evidence).map(({ fromNs, untilNs, units }) => [
    fromNs === Number.MIN_SAFE_INTEGER ? ANYTIME : fromNs / 1e6,
    untilNs / 1e6,
    units,
  ]);
const times = (...calls: Call[]) => timesIn(evidenceOf(sale, calls));

const ANYTIME = Number.NEGATIVE_INFINITY;
const FOR_EVER = Number.POSITIVE_INFINITY;
const held = said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 });

describe('units may have been off sale', () => {
  it('while they were held, and again while a late checkout was refused', () => {
    expect(times(held)).toEqual([[0, 1_110, 2]]);
    const late = refused('confirm', 'ann', [1_200, 1_300], { hold: 'a' });
    expect(times(held, late)).toEqual([
      [0, 1_110, 2],
      [1_200, 1_300, 2],
    ]);
    // The ledger would have the row of a second hold.
    const ledger = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2 }]);
    expect(timesIn(evidenceOf(sale, [held, late], { ledger }))).toEqual([[0, 1_110, 2]]);
    expect(timesIn(evidenceOf({ ...sale, skus: [] }, [held]))).toEqual([]);
  });

  it('from any time on, by a row without a call that tells no time', () => {
    const kinds = ['inventory', 'reservation', 'movement'] as const;
    const oneClock = saleOf({
      total: 9,
      evidence: { ...answersOnly, ledger: [...kinds], oneClock: true },
    });
    const entry = (hold: string, buyer: string): Entry => ({
      kind: 'RESERVED',
      hold,
      buyer,
      atMs: 5,
    });
    const ledger = booksOf(sale, [entry('a', 'ann'), entry('b', 'bob')]);
    const ofBob = () => timesIn(evidenceOf(oneClock, [{ ...held, quantity: 1 }], { ledger }))[1];
    expect(ofBob()).toEqual([expect.any(Number), FOR_EVER, 1]);
    expect(ofBob()?.[0]).toBeGreaterThan(ANYTIME);
    Object.assign(ledger.reservations[1] as object, { createdAt: null });
    expect(ofBob()).toEqual([ANYTIME, FOR_EVER, 1]);
  });

  it('after a purchase that was refused half-way, until what it may have left has lapsed', () => {
    const half = (facts: Partial<Call> = {}) =>
      refused('buy', 'ann', [20, 30], { code: 'PAYMENT_DECLINED', quantity: 2, ...facts });
    expect(times(half())).toEqual([[20, 1_130, 2]]);
    expect(times({ ...half(), kind: 'register' })).toEqual([[20, 1_130, 2]]);
    expect(times({ ...half(), kind: 'reserve' })).toEqual([]);
    expect(times(half({ code: undefined }))).toEqual([[20, 1_130, 2]]);
    // A reason tells that nothing was taken, and so does a request that never left.
    expect(times(half({ code: 'OUT_OF_STOCK' }))).toEqual([]);
    expect(times(half({ status: 0 }))).toEqual([]);
  });

  it('while a basket was refused for another line, and no longer', () => {
    const line = refused('buy', 'ann', [20, 30], { code: NOT_ALONE, basket: 'b', quantity: 2 });
    const other = { ...line, sku: 'CUP', code: 'OUT_OF_STOCK' };
    expect(times(line, other)).toEqual([[20, 30, 2]]);
    expect(times(line, { ...other, code: 'PAYMENT_DECLINED' })).toEqual([[20, 1_130, 2]]);
  });

  it('and not because of a checkout, of a basket or not, that was refused for what others cannot look into', () => {
    const declined = refused('confirm', 'ann', [20, 30], { hold: 'a', code: 'PAYMENT_DECLINED' });
    expect(times(declined)).toEqual([]);
    expect(times({ ...declined, basket: 'b' })).toEqual([]);
  });

  it('at any time after it was sent, for a purchase of tickets without an answer: it takes units again if it is paid late', () => {
    const lost = unanswered('buy', 'ann', 5, { quantity: 2 });
    const timesBy = (soldBy?: 'tickets') =>
      timesIn(evidenceOf({ ...sale, skus: [{ skuId: SKU, total: 9, soldBy }] }, [lost]));
    expect(timesBy()).toHaveLength(1);
    expect(timesBy('tickets')).toEqual([
      [5, FOR_EVER, 2],
      [5, FOR_EVER, 2],
    ]);
  });

  it('while a call that repeats a key had not seen the effect of the first', () => {
    const keyed = { idempotencyKey: 'k', order: 'o' };
    const calls = [said('buy', 'ann', [0, 10], keyed), said('buy', 'ann', [5, 20], keyed)];
    expect(times(...calls)).toEqual([
      [0, FOR_EVER, 1],
      [5, 1_120, 1],
    ]);
    const alone = said('buy', 'ann', [0, 10], { order: 'o' });
    expect(times(alone)).toEqual([[0, FOR_EVER, 1]]);
  });

  it('for an attempt, unless it was declined because there was nothing to give to it', () => {
    const tried = said('attempt', 'ann', [0, 10], { callId: 'try' });
    const told = (code?: string, decision = 'FAILED') =>
      said('read', 'ann', [20, 30], { observed: { decision }, ...(code && { code }) });
    expect(times(tried, told('OUT_OF_STOCK'))).toEqual([]);
    expect(times(tried, told('ALREADY_PURCHASED'))).toEqual([[0, 130, 1]]);
    expect(times(tried, told())).toEqual([[0, 1_130, 1]]);
    expect(times(tried, told(undefined, 'SUCCESS'))).toEqual([[0, FOR_EVER, 1]]);
    expect(times(tried, told('OUT_OF_STOCK', 'SUCCESS'))).toEqual([[0, FOR_EVER, 1]]);
    // The no may be about another attempt, and a row shows that there was something after all.
    const two = [tried, { ...tried, callId: 'again' }, told('OUT_OF_STOCK')];
    expect(timesIn(evidenceOf({ ...sale, shop: 'corner-shop' }, two))).toHaveLength(2);
    const entry: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try' };
    const ledger = booksOf(sale, [entry]);
    expect(timesIn(evidenceOf(sale, [tried, told('OUT_OF_STOCK')], { ledger }))).toEqual([
      [0, 130, 1],
    ]);
  });

  it('at any time, or since they were booked, for a row of which nobody knows the call', () => {
    const entry: Entry = { kind: 'RESERVED', hold: 'x', buyer: 'zoe', quantity: 3, atMs: 205 };
    const own: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', quantity: 2, atMs: 5 };
    const ledger = booksOf(sale, [own, entry]);
    const evidence = evidenceOf(sale, [held], { ledger });
    expect(timesIn(evidence)).toEqual([
      [0, 1_110, 2],
      [ANYTIME, FOR_EVER, 3],
    ]);
    const manifest = { ...evidence.sale.evidence, oneClock: true };
    const clocked = evidenceOf({ ...sale, evidence: manifest }, [held], { ledger });
    // Dated 5 ms in a call from 0 to 10 ms: the clocks are 6 ms apart at most, and drift a little.
    expect(timesIn(clocked)[1]).toEqual([198.995, FOR_EVER, 3]);
  });

  describe('in a described shop', () => {
    const shop = { total: 9, holdTtlMs: 1_000 };
    const lost = unanswered('buy', 'ann', 5, { quantity: 2 });
    const declined = refused('buy', 'ben', [20, 30], { code: 'rival' });
    const timesOf = (calls: Call[], rows: Parameters<typeof shopOf>[2]) =>
      timesIn(attribute(shopOf(shop, calls, rows)));

    it('for a purchase without an answer that came to nothing, where such a hold leaves no row', () => {
      expect(timesOf([lost], { orders: [] })).toEqual([[5, FOR_EVER, 2]]);
      // The row of another hold that is over shows that such rows are not deleted.
      const ofOther = [reservation({ skuId: 'CUP', quantity: 7, status: 'EXPIRED' })];
      const kept = { orders: [], reservations: ofOther };
      expect(timesOf([lost], kept)).toEqual([]);
      expect(timesOf([{ ...lost, kind: 'reserve' }], kept)).toEqual([]);
      const bought = said('buy', 'ben', [0, 10], { order: 'o' });
      const orders = [order({ orderId: 'o', quantity: 1, userId: 'ben' })];
      expect(timesOf([bought], { orders })).toEqual([[0, FOR_EVER, 1]]);
    });

    it('after one that was refused half-way, where a row may be its own or that of another call', () => {
      const row = reservation({ quantity: 1, status: 'EXPIRED' });
      const reservations = [row];
      expect(timesOf([declined], { reservations: [] })).toEqual([]);
      const other = { ...lost, quantity: 1 };
      expect(timesOf([other, declined], { reservations })).toHaveLength(2);
      const named = [reservation({ quantity: 1, status: 'EXPIRED', callId: 'c' })];
      expect(timesOf([{ ...other, callId: 'c' }, declined], { reservations: named })).toHaveLength(
        1,
      );
    });
  });

  it('for no other SKU', () => {
    const skus = [SKU, 'CUP'].map((skuId) => ({ skuId, total: 9 }));
    const facts = { ...sale, skus, evidence: answersOnly };
    const half = refused('buy', 'ann', [20, 30], { code: 'PAYMENT_DECLINED' });
    const evidence = evidenceOf(facts, [held, half, unanswered('buy', 'ben', 40)]);
    expect(findPossibleUnits('CUP', evidence)).toEqual([]);
  });
});
