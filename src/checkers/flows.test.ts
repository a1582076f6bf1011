import { describe, expect, it } from 'vitest';
import { ATTEMPTS, attemptBooks } from '../../test/judge/attempt-story.ts';
import { CAMPAIGN, campaignBooks } from '../../test/judge/campaign-story.ts';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
import { judge } from './verdict.ts';

const sale = saleOf({ total: 2 });
const first = <Row>(rows: Row[]): Row => rows[0] as Row;

describe('all checks together', () => {
  it.each([
    ['a campaign', CAMPAIGN, campaignBooks],
    ['attempts', ATTEMPTS, attemptBooks],
  ] as const)('finds nothing in the honest books of %s', (_flow, calls, books) => {
    const { checks } = judge(evidenceOf(sale, [...calls], { ledger: books() }));
    expect(checks.filter(({ status }) => status === 'invalid' || status === 'unknown')).toEqual([]);
  });

  it.each([
    ['without an answer', 'try-a2', false],
    ['without an answer, where the ledger stores no call ids', 'try-a2', true],
    ['that was told yes, without a ledger that names it', 'try-0', true],
  ])('counts one of two attempts of a buyer as the one that succeeded: %s', (_, callId, isBare) => {
    const books = attemptBooks();
    if (isBare) for (const row of books.reservations) row.callId = null;
    const calls = [unanswered('attempt', 'ann', -1, { callId }), ...ATTEMPTS];
    for (const ledger of [books, undefined]) {
      const { checks } = judge(evidenceOf(sale, calls, { ledger }));
      const named = (name: string) => checks.find((check) => check.name === name)?.status;
      expect(named('one-per-buyer')).not.toBe('invalid');
      expect(named('never-oversold')).not.toBe('invalid');
    }
  });

  it('leaves open how many attempts got a unit while there is no ledger', () => {
    const byAnswers = judge(evidenceOf(sale, ATTEMPTS.slice(0, 3))).checks;
    expect(byAnswers.find(({ name }) => name === 'never-oversold')?.status).toBe('unknown');
  });

  it('follows a payment that came after its hold had lapsed to the hold that was made instead', () => {
    const two = saleOf({ total: 2 });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a', sequence: 1 }),
      said('confirm', 'ann', [900, 1_300], {
        hold: 'a',
        newHold: 'order-a',
        order: 'order-order-a',
        callId: 'pay-a',
        sequence: 4,
      }),
      said('reserve', 'bob', [1_400, 1_410], { hold: 'b', callId: 'try-b', sequence: 5 }),
    ];
    const ledger = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: 5 },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann', atMs: 1_050 },
      { kind: 'RESERVED', hold: 'order-a', buyer: 'ann', callId: 'pay-a', atMs: 1_200 },
      { kind: 'SOLD', hold: 'order-a', buyer: 'ann', atMs: 1_201 },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: 1_405 },
    ]);
    first(ledger.orders).callId = 'pay-a';
    const wrong = (of: Call[], at = two) =>
      judge(evidenceOf(at, of, { ledger }))
        .checks.filter(({ status }) => status === 'invalid' || status === 'unknown')
        .map(({ name }) => name);
    expect(wrong(calls)).toEqual([]);

    // The ledger settles a checkout that was only answered "wait" in the same way.
    const waiting = calls.map((call) =>
      call.kind === 'confirm'
        ? unanswered('confirm', 'ann', 900, { hold: 'a', callId: 'pay-a', status: 202 })
        : call,
    );
    expect(wrong(waiting)).toEqual([]);

    // Its unit counts like any other.
    expect(judge(evidenceOf(saleOf({ total: 1 }), calls)).checks[0]?.status).toBe('invalid');
  });

  it('counts the units of a cancelled order as back on sale', () => {
    const one = saleOf({ total: 1 });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' }),
      said('cancel', 'ann', [40, 50], { order: 'order-a' }),
      said('reserve', 'bob', [60, 70], { hold: 'b' }),
    ];
    const invalid = (of: Call[]) =>
      judge(evidenceOf(one, of))
        .checks.filter(({ status }) => status === 'invalid')
        .map(({ name }) => name);
    expect(invalid(calls)).toEqual([]);
    const withoutCancel = calls.filter(({ kind }) => kind !== 'cancel');
    expect(invalid(withoutCancel)).toEqual(['never-oversold']);
    const refusal = refused('reserve', 'cid', [51, 52]);
    expect(invalid([...calls.slice(0, 3), refusal])).toEqual(['no-false-sold-out']);
  });
});
