import { describe, expect, it } from 'vitest';
import { order, reservation, shopOf } from '../../../test/judge/foreign-story.ts';
import { type Call, said, unanswered } from '../../../test/judge/story.ts';
import type { LedgerReservation } from '../../protocol/ledger.ts';
import { attribute } from './attribution.ts';
import { type Hold, isGuessed } from './hold.ts';
import { findHolds } from './holds.ts';

const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
const lost = (kind: 'confirm' | 'release') => unanswered(kind, 'ann', 40, { hold: 'a' });

/** The answer of a shop's books about the hold that Ann was told of. */
const holdIn = (calls: Call[], rows: Parameters<typeof shopOf>[2]) =>
  findHolds(attribute(shopOf({ total: 9, holdTtlMs: 1_000 }, calls, rows))).byId.get('a') as Hold;
const row = (status: LedgerReservation['status'], reservationId: string | null = 'a') =>
  reservation({ reservationId, userId: 'ann', quantity: 1, status });

describe('a call without an answer in a described shop', () => {
  it('may have given back a hold that was sold, though its row has lapsed: the units were taken again', () => {
    const released = (calls: Call[], status: LedgerReservation['status']) =>
      holdIn([held, ...calls, lost('release')], { reservations: [row(status)] }).released;
    expect(released([paid], 'EXPIRED')).toBe('maybe');
    expect(released([], 'EXPIRED')).toBe('no');
    expect(released([paid], 'CONFIRMED')).toBe('no');
    expect(released([], 'CANCELLED')).toBe('yes');
  });

  it('may have sold a hold, or given it back, if its row does not tell how it ended', () => {
    const reservations = [row(null)];
    expect(holdIn([held, lost('release')], { reservations }).released).toBe('maybe');
    expect(holdIn([held, lost('confirm')], { reservations }).confirmed).toBe('maybe');
  });

  it('may have done so if the row may be of another hold', () => {
    const calls = [held, said('reserve', 'ann', [1, 11], { hold: 'b' })];
    const reservations = [row('EXPIRED', null), row('EXPIRED', null)];
    expect(holdIn([...calls, lost('release')], { reservations }).released).toBe('maybe');
    expect(holdIn([...calls, lost('confirm')], { reservations }).confirmed).toBe('maybe');
  });

  it('has sold a hold of which an order stands, where orders are the only books', () => {
    const confirmed = (status: 'CONFIRMED' | 'CANCELLED' | 'FAILED') => {
      const orders = [order({ reservationId: 'a', userId: 'ann', quantity: 1, status })];
      return holdIn([held, lost('confirm')], { orders }).confirmed;
    };
    expect(confirmed('CONFIRMED')).toBe('yes');
    expect(confirmed('CANCELLED')).toBe('maybe');
    expect(confirmed('FAILED')).toBe('no');
  });
});

it('is a guess that a row is of a call without an answer if nothing but their likeness tells so', () => {
  const likely = { likely: new Set(['a']) } as unknown as Parameters<typeof isGuessed>[1];
  const hold = (made: Hold['made'], callId: string | null) =>
    ({ made, reservation: { reservationId: 'a', callId } }) as Hold;
  expect(isGuessed(hold('found', null), undefined)).toBe(true);
  expect(isGuessed(hold('found', 'c'), likely)).toBe(true);
  expect(isGuessed(hold('found', 'c'), undefined)).toBe(false);
  expect(isGuessed(hold('answered', null), undefined)).toBe(false);
  expect(isGuessed({ made: 'found' } as Hold, likely)).toBe(false);
});
