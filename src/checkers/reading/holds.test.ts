import { describe, expect, it } from 'vitest';
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
import { findHolds } from './holds.ts';

const sale = saleOf({ total: 5 });

const holdsOf = (calls: Call[], entries?: Entry[]) =>
  findHolds(
    evidenceOf(sale, calls, entries === undefined ? {} : { ledger: booksOf(sale, entries) }),
  ).bySku.get(SKU) ?? [];

const lost = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
const inLedger: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' };

describe('the holds of a sale', () => {
  it('are those of the calls that were answered yes', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', quantity: 2 }),
      refused('reserve', 'bob', [0, 10]),
      said('reserve', 'cid', [0, 10], { hold: 'c', sku: 'OTHER' }),
    ];
    expect(holdsOf(calls)).toMatchObject([
      { buyer: 'ann', quantity: 2, made: 'answered', knownAtNs: 10e6, confirmed: 'no' },
    ]);
  });

  it('leave a call without an answer open until a ledger settles it', () => {
    expect(holdsOf([lost])).toMatchObject([{ made: 'unsettled' }]);
    expect(holdsOf([lost], [])).toEqual([]);
    expect(holdsOf([lost], [inLedger])).toMatchObject([
      { made: 'found', reservation: { reservationId: 'a' } },
    ]);
  });

  it('give one row of a ledger without call ids to one call alone', () => {
    const calls = [lost, unanswered('reserve', 'ann', 5, { callId: 'try-b' })];
    expect(holdsOf(calls, [{ ...inLedger, callId: undefined }])).toHaveLength(1);
  });

  it('are sold at once where a registration was answered yes', () => {
    expect(holdsOf([said('register', 'ann', [0, 10], { order: 'order-a' })])).toMatchObject([
      { made: 'answered', confirmed: 'yes' },
    ]);
  });

  it('are known to the buyer of an attempt from the moment they are told of it', () => {
    const attempt = said('attempt', 'ann', [0, 10], { callId: 'try-a' });
    const read = said('read', 'ann', [40, 50], { observed: { decision: 'SUCCESS' } });
    expect(holdsOf([attempt])).toMatchObject([{ made: 'unsettled', knownAtNs: Infinity }]);
    expect(holdsOf([attempt, read])).toMatchObject([{ made: 'answered', knownAtNs: 50e6 }]);
  });

  it('end with the calls that name them, or their order', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' }),
      unanswered('cancel', 'ann', 40, { order: 'order-a' }),
    ];
    expect(holdsOf(calls)).toMatchObject([{ confirmed: 'yes', cancelled: 'maybe' }]);
  });
});
