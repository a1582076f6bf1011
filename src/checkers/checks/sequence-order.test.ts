import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inShop, SHOP_CALLS, shopBooks, shopSale } from '../../../test/judge/shop-story.ts';
import { booksOf, type Call, evidenceOf, refused, said } from '../../../test/judge/story.ts';
import { sequenceOrder } from './sequence-order.ts';

const { check } = sequenceOrder;

describe('sequence-order', () => {
  it('finds nothing in honest books', () => {
    expect(check(inShop())).toEqual({
      status: 'valid',
      summary: '5 sequence numbers respect the order of the calls',
    });
  });

  const numbered = (first: number, second: number, calledMs: number) =>
    check(
      evidenceOf(shopSale, [
        said('reserve', 'ann', [0, 10], { sequence: first }),
        said('reserve', 'bob', [calledMs, 20], { sequence: second }),
      ]),
    ).status;

  it('allows any order of overlapping calls, and one order of calls that follow each other', () => {
    expect(numbered(2, 1, 5)).toBe('valid');
    expect(numbered(2, 1, 10)).toBe('valid');
    expect(numbered(2, 1, 10.000001)).toBe('invalid');
    expect(numbered(1, 2, 11)).toBe('valid');
  });

  it('requires a number of its own for each change, but not for refusals', () => {
    expect(numbered(1, 1, 5)).toBe('invalid');
    const refusals = [
      refused('reserve', 'ann', [0, 10], { sequence: 7 }),
      refused('reserve', 'bob', [20, 30], { sequence: 7 }),
    ];
    expect(check(evidenceOf(shopSale, refusals)).status).toBe('valid');
    const paid = said('confirm', 'ann', [0, 10], { hold: 'a', sequence: 7 });
    const again = refused('confirm', 'ann', [20, 30], { hold: 'a', sequence: 7 });
    expect(check(evidenceOf(shopSale, [paid, again])).status).toBe('valid');
  });

  it('finds one number among others that two changes were given', () => {
    const calls = [1, 2, 3, 2].map((sequence, place) =>
      said('reserve', `b${place}`, [place, 10], { sequence }),
    );
    const { witness } = check(evidenceOf(shopSale, calls));
    expect(witness?.prose).toContain('Stock movement 2 of SKU-1 was given to 2 changes');
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['b1', 'b3']);
  });

  it('finds a change whose number an earlier refusal already named', () => {
    const calls = [
      refused('reserve', 'ann', [0, 10], { sequence: 7 }),
      said('reserve', 'bob', [20, 30], { sequence: 7 }),
    ];
    const { status, witness } = check(evidenceOf(shopSale, calls));
    expect(status).toBe('invalid');
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      expect.stringContaining('Buyer ann asked for 1 unit'),
      expect.stringContaining('Buyer bob asked for 1 unit'),
    ]);
  });

  it('shows the highest number that was answered before, and of two the earlier', () => {
    const after = (...numbers: [toMs: number, sequence: number][]) => {
      const calls = numbers.map(([toMs, sequence], place) =>
        refused('reserve', `b${place}`, [0, toMs], { sequence }),
      );
      const change = said('reserve', 'ann', [40, 50], { sequence: 5 });
      const later = said('reserve', 'bob', [60, 70], { sequence: 20 });
      const { witness } = check(evidenceOf(shopSale, [...calls, change, later]));
      return witness?.operations.map(({ buyer }) => buyer);
    };
    expect(after([10, 7], [20, 9])).toEqual(['b1', 'ann']);
    expect(after([10, 9], [20, 7])).toEqual(['b0', 'ann']);
    expect(after([20, 9], [10, 7])).toEqual(['b0', 'ann']);
    expect(after([20, 9], [10, 9])).toEqual(['b1', 'ann']);
    expect(after([10, 9], [20, 9])).toEqual(['b0', 'ann']);
    expect(after([10, 4], [20, 3])).toBeUndefined();
  });

  it('shows ten calls of many that share a number', () => {
    const calls = Array.from({ length: 11 }, (_, place) =>
      said('reserve', `b${place}`, [0, 10], { sequence: 1 }),
    );
    const { witness } = check(evidenceOf(shopSale, calls));
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('compares only changes with the ledger, by the reservation that a call names', () => {
    const judged = (...calls: Call[]) =>
      check(evidenceOf(shopSale, calls, { ledger: shopBooks() }));
    const bought = { callId: 'pay-a', sequence: 4 };
    expect(judged(refused('reserve', 'eve', [50, 60], { sequence: 4 })).status).toBe('valid');
    expect(judged(said('confirm', 'ann', [20, 30], bought)).status).toBe('valid');
    const late = { ...bought, hold: 'z', newHold: 'a' };
    expect(judged(said('confirm', 'ann', [20, 30], late)).status).toBe('valid');
    const wrong = judged(said('confirm', 'ann', [20, 30], { ...bought, hold: 'z' }));
    expect(wrong.witness?.operations).toMatchObject([{ hold: 'z' }]);
  });

  it('finds a number that the ledger has not, though it has an earlier one of the same hold', () => {
    const ledger = booksOf(shopSale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    const calls = [said('reserve', 'ann', [0, 10], { hold: 'a', sequence: 2 })];
    const { witness } = check(evidenceOf(shopSale, calls, { ledger }));
    expect(witness?.prose).toContain('has no such movement');
  });

  it('finds a number that the ledger gave to something else', () => {
    const ledger = shopBooks();
    const calls = SHOP_CALLS.map((call) => (call.hold === 'c' ? { ...call, hold: 'z' } : call));
    expect(check(evidenceOf(shopSale, calls, { ledger })).status).toBe('invalid');
  });

  it('allows an order that is cancelled unpaid to release its hold', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', sequence: 1 }),
      said('cancel', 'ann', [20, 30], { hold: 'a', order: 'order-a', sequence: 2 }),
    ];
    const books = (kind: 'RELEASED' | 'EXPIRED') => ({
      ledger: booksOf(shopSale, [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
        { kind, hold: 'a', buyer: 'ann' },
      ]),
    });
    expect(check(evidenceOf(shopSale, calls, books('RELEASED'))).status).toBe('valid');
    expect(check(evidenceOf(shopSale, calls, books('EXPIRED'))).status).toBe('invalid');
  });

  it('is skipped for targets without numbers', () => {
    expect(check(evidenceOf(shopSale, [said('reserve', 'ann', [0, 1])])).status).toBe('skipped');
  });
});

itCatches(sequenceOrder, ['repeated-number']);
