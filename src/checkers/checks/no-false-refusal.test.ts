import { describe, expect, it } from 'vitest';
import { attemptSale, inAttempts } from '../../../test/judge/attempt-story.ts';
import { campaignSale, inCampaign, voucherOf } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { answersOnly, type Manifest } from '../../history/manifest.ts';
import { noFalseRefusal } from './no-false-refusal.ts';

const { check } = noFalseRefusal;

/** Holds live for a second, and their units are back a tenth of a second later. */
const sale = saleOf({ total: 5 });
const statusOf = (...calls: Call[]): string => check(evidenceOf(sale, calls)).status;
const inBooks = (entries: Entry[], ...calls: Call[]): string =>
  check(evidenceOf(sale, calls, { ledger: booksOf(sale, entries) })).status;

const held = said('reserve', 'ann', [0, 10], { hold: 'a', callId: 'try-a' });
const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
const givenBack = said('release', 'ann', [20, 30], { hold: 'a' });

describe('no-false-refusal', () => {
  it('leaves refusals alone that say nothing about the sale, and "sold out" to its own check', () => {
    for (const code of ['VALIDATION_FAILED', 'UNAUTHENTICATED', 'RATE_LIMITED', 'OUT_OF_STOCK']) {
      expect(statusOf(refused('reserve', 'ann', [0, 1], { code }))).toBe('skipped');
    }
  });

  it('knows the codes of the target alone, from the facts of the sale', () => {
    const german = { ...sale, refusals: { SCHON_RESERVIERT: 'has-hold' as const } };
    const call = (code: string) => refused('reserve', 'ann', [0, 1], { code });
    const judged = (code: string) => check(evidenceOf(german, [call(code)])).status;
    expect(judged('SCHON_RESERVIERT')).toBe('invalid');
    expect(judged('ALREADY_RESERVED')).toBe('skipped');
  });

  it('tells who was refused with what, and why it was false', () => {
    const { summary, witness } = check(
      evidenceOf(sale, [
        held,
        givenBack,
        refused('reserve', 'ann', [40, 50], { code: 'ALREADY_RESERVED' }),
      ]),
    );
    expect(summary).toBe(
      '1 refusal of 1 false: ALREADY_RESERVED, but the buyer cannot have had a hold of SKU-1 at any moment of the call',
    );
    expect(witness?.prose).toContain('Buyer ann asked for 1 unit of SKU-1 at 12:00:00.040');
    expect(witness?.operations.map(({ kind }) => kind)).toEqual(['reserve', 'reserve']);
  });

  describe('"you have a hold already"', () => {
    const told = (times: [number, number], facts: Partial<Call> = {}) =>
      refused('reserve', 'ann', times, { code: 'ALREADY_RESERVED', ...facts });

    it('is true while the buyer may have had one at some moment of the call', () => {
      expect(statusOf(held, told([5, 6]))).toBe('valid');
      expect(statusOf(held, givenBack, told([30, 40]))).toBe('valid');
      expect(statusOf(held, givenBack, told([30.000001, 40]))).toBe('invalid');
      expect(statusOf(held, told([1_110, 1_120]))).toBe('valid');
      expect(statusOf(held, told([1_111, 1_120]))).toBe('invalid');
    });

    it('is false of a buyer whose hold is another buyer’s, of another SKU, or sold', () => {
      expect(statusOf({ ...held, buyer: 'bob' }, told([20, 30]))).toBe('invalid');
      expect(statusOf({ ...held, sku: 'SKU-2' }, told([20, 30]))).toBe('invalid');
      expect(statusOf(held, bought, told([40, 50]))).toBe('invalid');
      expect(statusOf(held, bought, told([30, 50]))).toBe('valid');
    });

    it('is true while a call without an answer may have made one, unless the ledger denies it', () => {
      const doubt = unanswered('reserve', 'ann', 0, { callId: 'try-a' });
      expect(statusOf(doubt, told([9_000, 9_001]))).toBe('valid');
      expect(inBooks([], doubt, told([9_000, 9_001]))).toBe('invalid');
      const made: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
      expect(inBooks(made, doubt, told([9_000, 9_001]))).toBe('valid');
    });

    it('is true while a checkout may have taken units again for a late payment', () => {
      const paying = unanswered('confirm', 'ann', 20, { hold: 'a', status: 202 });
      expect(statusOf(held, paying, told([5_000, 5_001]))).toBe('valid');
      const late = refused('confirm', 'ann', [1_500, 1_600], {
        hold: 'a',
        code: 'RESERVATION_EXPIRED',
      });
      expect(statusOf(held, late, told([1_550, 1_560]))).toBe('valid');
      expect(statusOf(held, late, told([1_450, 1_460]))).toBe('invalid');
    });

    it('is true while a registration that was refused half-way may have left one', () => {
      const lost = refused('register', 'ann', [0, 10], { code: 'CONTENTION_LOST' });
      expect(statusOf(lost, told([20, 30]))).toBe('valid');
      expect(statusOf(lost, told([1_200, 1_201]))).toBe('invalid');
    });

    it('is true while nobody knows which call made a row of the ledger', () => {
      const row: Entry[] = [{ kind: 'RESERVED', hold: 'z', buyer: 'ann', callId: 'pay-z' }];
      expect(inBooks(row, told([20, 30]))).toBe('valid');
    });

    it('is judged at the moment of the first call with its key', () => {
      const key = { idempotencyKey: 'k' };
      expect(statusOf(held, givenBack, told([25, 26], key), told([40, 50], key))).toBe('valid');
      expect(statusOf(held, givenBack, told([31, 32], key), told([40, 50], key))).toBe('invalid');
    });

    it('is judged exactly by its number: the buyer’s movements up to that one', () => {
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'RELEASED', hold: 'a', buyer: 'ann' },
      ];
      const slow = said('release', 'ann', [20, 90], { hold: 'a' });
      const at = (sequence: number) => inBooks(entries, held, slow, told([40, 50], { sequence }));
      expect(at(1)).toBe('valid');
      expect(at(2)).toBe('invalid');
    });
  });

  describe('"you have bought it already"', () => {
    const told = (times: [number, number], facts: Partial<Call> = {}) =>
      refused('reserve', 'ann', times, { code: 'ALREADY_PURCHASED', ...facts });

    it('is true from the checkout to the answer to the cancellation', () => {
      expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
      expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
      const cancelled = said('cancel', 'ann', [40, 50], { order: 'order-a' });
      expect(statusOf(held, bought, cancelled, told([50, 60]))).toBe('valid');
      expect(statusOf(held, bought, cancelled, told([51, 60]))).toBe('invalid');
    });

    it('is true while a checkout without an answer may have sold it', () => {
      const paying = unanswered('confirm', 'ann', 20, { hold: 'a' });
      expect(statusOf(held, paying, told([40, 50]))).toBe('valid');
      const unsold: Entry[] = [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' }];
      expect(inBooks(unsold, held, paying, told([40, 50]))).toBe('invalid');
    });

    it('is judged exactly by its number', () => {
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann' },
      ];
      const at = (sequence: number) => inBooks(entries, held, bought, told([25, 26], { sequence }));
      expect(at(1)).toBe('invalid');
      expect(at(2)).toBe('valid');
    });

    it('is what a buyer is told who has registered, and false of anybody else', () => {
      const again = refused('register', 'ann', [40, 50], { code: 'ALREADY_REGISTERED' });
      expect(statusOf(said('register', 'ann', [0, 10], { order: 'o' }), again)).toBe('valid');
      expect(statusOf(again)).toBe('invalid');
    });
  });

  describe('"you have attempted already"', () => {
    const told = (buyer: string, times: [number, number]) =>
      refused('attempt', buyer, times, { code: 'ALREADY_ATTEMPTED' });

    it('is true once another attempt of the buyer may have been accepted', () => {
      const attempt = said('attempt', 'ann', [20, 30]);
      expect(statusOf(attempt, told('ann', [10, 20]))).toBe('valid');
      expect(statusOf(attempt, told('ann', [10, 19]))).toBe('invalid');
      expect(statusOf(attempt, told('bob', [40, 50]))).toBe('invalid');
      expect(statusOf(unanswered('attempt', 'ann', 0), told('ann', [40, 50]))).toBe('valid');
    });

    it('is false of a buyer of whom the ledger has no attempt', () => {
      const { ledger, operations } = inAttempts();
      const judged = (buyer: string, times: [number, number]) =>
        check(evidenceOf(attemptSale, [...operations, told(buyer, times)], { ledger })).status;
      expect(judged('ann', [60, 70])).toBe('valid');
      expect(judged('dan', [60, 70])).toBe('invalid');
      expect(judged('cid', [0, 1])).toBe('invalid');
    });
  });

  describe('"your reservation has expired"', () => {
    const told = (times: [number, number], kind: 'confirm' | 'release' = 'confirm') =>
      refused(kind, 'ann', times, { hold: 'a', code: 'RESERVATION_EXPIRED' });

    it('is false as long as the hold cannot have lapsed, however late in its call it was made', () => {
      // The server's clock may run a little faster.
      expect(statusOf(held, told([900, 999.4]))).toBe('invalid');
      expect(statusOf(held, told([900, 999.5]))).toBe('valid');
      expect(statusOf(held, told([900, 999.4], 'release'))).toBe('invalid');
    });

    it('is false before the end that the ledger has, on its own clock, an hour ahead', () => {
      const hourMs = 3_600_000;
      const slow = said('reserve', 'ann', [0, 500], { hold: 'a', callId: 'try-a' });
      const quick = said('reserve', 'bob', [600, 602], { hold: 'b', callId: 'try-b' });
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a', atMs: hourMs + 491 },
        { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b', atMs: hourMs + 601 },
      ];
      const manifest: Manifest = {
        ...answersOnly,
        ledger: ['inventory', 'reservation', 'order', 'movement'],
        oneClock: true,
      };
      const ledger = booksOf(sale, entries);
      const byBooks = (toMs: number) =>
        check(
          evidenceOf({ ...sale, evidence: manifest }, [slow, quick, told([1_300, toMs])], {
            ledger,
          }),
        ).status;
      expect(byBooks(1_480)).toBe('invalid');
      expect(byBooks(1_495)).toBe('valid');
      expect(statusOf(slow, quick, told([1_300, 1_480]))).toBe('valid');
    });

    it('is false of a hold that was bought or given back before, or that is bought or given back later', () => {
      expect(statusOf(held, bought, told([2_000, 2_010]))).toBe('invalid');
      expect(statusOf(held, givenBack, told([2_000, 2_010]))).toBe('invalid');
      const later = said('confirm', 'ann', [1_005, 1_006], { hold: 'a' });
      expect(statusOf(held, later, told([1_000, 1_004]))).toBe('invalid');
      expect(statusOf(held, later, told([1_000, 1_005]))).toBe('valid');
    });
  });

  describe('"your reservation is not active"', () => {
    const told = (times: [number, number], kind: 'confirm' | 'release' = 'release') =>
      refused(kind, 'ann', times, { hold: 'a', code: 'RESERVATION_NOT_ACTIVE' });

    it('is true once somebody may have bought it or given it back, or once it may have lapsed', () => {
      expect(statusOf(held, told([15, 19]))).toBe('invalid');
      expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
      expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
      expect(statusOf(held, givenBack, told([15, 20], 'confirm'))).toBe('valid');
      expect(statusOf(held, told([999, 999.5]))).toBe('valid');
      expect(statusOf(held, unanswered('confirm', 'ann', 11, { hold: 'a' }), told([15, 19]))).toBe(
        'valid',
      );
    });

    it('is false of a hold that is bought later', () => {
      const later = said('confirm', 'ann', [1_000, 1_006], { hold: 'a' });
      expect(statusOf(held, later, told([990, 999.9]))).toBe('invalid');
    });
  });

  describe('"it was checked out before"', () => {
    const told = (times: [number, number]) =>
      refused('confirm', 'ann', times, { hold: 'a', code: 'ORDER_EXISTS' });
    const other = (code: string, times: [number, number] = [20, 30]) =>
      refused('confirm', 'ann', times, { hold: 'a', code });

    it('is true once another checkout of the hold may have made an order', () => {
      expect(statusOf(held, told([15, 19]))).toBe('invalid');
      expect(statusOf(held, bought, told([15, 20]))).toBe('valid');
      expect(statusOf(held, bought, told([15, 19]))).toBe('invalid');
      expect(statusOf(held, other('PAYMENT_UNAVAILABLE'), told([40, 50]))).toBe('valid');
    });

    it('is true once a registration may have bought the hold', () => {
      const registered = said('register', 'ann', [20, 30], { hold: 'a', order: 'order-a' });
      expect(statusOf(held, registered, told([15, 20]))).toBe('valid');
      expect(statusOf(held, registered, told([15, 19]))).toBe('invalid');
      const named = { ...registered, callId: 'try-b' };
      const entries: Entry[] = [
        { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
        { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'try-b' },
      ];
      expect(inBooks(entries, held, named, told([40, 50]))).toBe('valid');
    });

    it('is false after checkouts that made none, and true while they were under way', () => {
      const notOurs = other('RESERVATION_NOT_ACTIVE');
      expect(statusOf(held, givenBack, notOurs, told([40, 50]))).toBe('invalid');
      expect(statusOf(held, givenBack, notOurs, told([30, 50]))).toBe('valid');
    });
  });

  describe('"the order cannot be cancelled"', () => {
    const told = (times: [number, number]) =>
      refused('cancel', 'ann', times, { order: 'order-a', code: 'ORDER_NOT_CANCELLABLE' });
    const sold: Entry[] = [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
      { kind: 'SOLD', hold: 'a', buyer: 'ann' },
    ];

    it('is false of an order that still stands in the final ledger', () => {
      expect(statusOf(held, bought, told([40, 50]))).toBe('valid');
      expect(inBooks(sold, held, bought, told([40, 50]))).toBe('invalid');
    });

    it('is false of an order that is cancelled later, unless it may have been cancelled before, too', () => {
      const cancelled = said('cancel', 'ann', [60, 70], { order: 'order-a' });
      expect(statusOf(held, bought, cancelled, told([40, 59]))).toBe('invalid');
      expect(statusOf(held, bought, cancelled, told([40, 60]))).toBe('valid');
      const open = unanswered('cancel', 'ann', 35, { order: 'order-a' });
      expect(statusOf(held, bought, open, cancelled, told([40, 59]))).toBe('valid');
    });
  });

  describe('"the voucher was used before"', () => {
    const told = (times: [number, number]) =>
      refused('redeem', 'ann', times, { sku: undefined, voucher: 'CODE-A', code: 'VOUCHER_USED' });
    const used = said('redeem', 'ann', [20, 30], { sku: undefined, voucher: 'CODE-A' });

    it('is true once another call may have used it', () => {
      expect(statusOf(told([5, 10]))).toBe('invalid');
      expect(statusOf(used, told([15, 19]))).toBe('invalid');
      expect(statusOf(used, told([15, 20]))).toBe('valid');
      const open = unanswered('redeem', 'ann', 1, { sku: undefined, voucher: 'CODE-A' });
      expect(statusOf(open, told([5, 10]))).toBe('valid');
    });

    it('is false of a voucher that the final ledger has unused', () => {
      const told2 = (code: string) => {
        const { ledger, operations } = inCampaign();
        const call = { ...told([40, 50]), buyer: 'bob', voucher: code };
        return check(evidenceOf(campaignSale, [...operations, call], { ledger })).status;
      };
      expect(told2('CODE-B')).toBe('invalid');
      expect(told2('CODE-A')).toBe('valid');
    });

    it('leaves a use that no call explains to another check', () => {
      const { ledger, operations } = inCampaign((books) => {
        books.vouchers = [voucherOf('a', 'ann'), { ...voucherOf('b', 'bob'), usedAt: 'noon' }];
      });
      const call = { ...told([40, 50]), buyer: 'bob', voucher: 'CODE-B' };
      const calls = [...operations.slice(0, 3), call];
      expect(check(evidenceOf(campaignSale, calls, { ledger })).status).toBe('valid');
    });

    it('and that its time is over is false of a voucher that is used later', () => {
      const over = (times: [number, number]) => ({ ...told(times), code: 'VOUCHER_EXPIRED' });
      expect(statusOf(used, over([10, 19]))).toBe('invalid');
      expect(statusOf(used, over([10, 20]))).toBe('valid');
    });
  });

  describe('"there is no such thing"', () => {
    const told = (
      kind: Call['kind'],
      buyer: string,
      times: [number, number],
      facts: Partial<Call>,
    ) => refused(kind, buyer, times, { code: 'NOT_FOUND', ...facts });

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

  it('finds a sale that had begun before it "has not begun", and one that went on after it was "over"', () => {
    const registered = (times: [number, number], facts: Partial<Call> = {}) =>
      said('register', 'bob', times, facts);
    const told = (code: string, times: [number, number]) =>
      refused('register', 'ann', times, { code });
    expect(statusOf(registered([0, 10]), told('CAMPAIGN_NOT_STARTED', [1_011, 1_012]))).toBe(
      'invalid',
    );
    // The clocks of two instances may differ by a second.
    expect(statusOf(registered([0, 10]), told('CAMPAIGN_NOT_STARTED', [1_010, 1_012]))).toBe(
      'valid',
    );
    expect(statusOf(registered([1_011, 1_020]), told('CAMPAIGN_ENDED', [0, 10]))).toBe('invalid');
    expect(statusOf(registered([1_010, 1_020]), told('CAMPAIGN_ENDED', [0, 10]))).toBe('valid');
    const key = { idempotencyKey: 'k' };
    const again = [registered([0, 5], key), registered([1_011, 1_020], key)];
    expect(statusOf(...again, told('CAMPAIGN_ENDED', [0, 10]))).toBe('valid');
  });
});

itCatches(noFalseRefusal, [
  'false-already-reserved',
  'false-already-purchased',
  'false-already-attempted',
  'false-expiry',
  'false-not-active',
  'false-not-found',
  'false-voucher-used',
]);
