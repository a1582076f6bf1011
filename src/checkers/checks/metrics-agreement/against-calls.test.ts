import { describe, expect, it } from 'vitest';
import { type Call, type Entry, refused, said, unanswered } from '../../../../test/judge/story.ts';
import type { MetricSample } from '../../../metrics/prometheus-text.ts';
import {
  AFTER,
  at,
  BEFORE,
  CALLS,
  type Counts,
  ENTRIES,
  FINAL,
  judged,
  ONE,
  sample,
  scrape,
  whole,
  withSamples,
} from './testing/scrapes.ts';

describe('counters and answers', () => {
  it('allows a scrape to count calls that may have been decided by then, and requires those that were answered', () => {
    const after = (held: number) => ({ held: Math.max(held, 2), soldOut: 1, sold: 1 });
    const during = (held: number) =>
      judged([BEFORE, scrape([20.5, 25], { held }), scrape([70, 71], after(held))]).status;
    expect(during(0)).toBe('invalid');
    expect(during(1)).toBe('valid');
    expect(during(2)).toBe('valid');
    expect(during(3)).toBe('invalid');
  });

  it('does not require a call that was answered in the nanosecond of the scrape', () => {
    expect(judged([BEFORE, scrape([20, 25], { held: 0 }), AFTER]).status).toBe('valid');
  });

  it('takes no line of a basket for a call for one SKU, which another counter counts', () => {
    const calls = CALLS.map((call) => ({
      ...call,
      ...(call.buyer === 'cid' ? {} : { basket: call.kind }),
    }));
    const counted = (held: number) =>
      judged([BEFORE, scrape([70, 71], { held, soldOut: 1, reserved: 2, bought: 1 })], { calls })
        .status;
    expect([counted(0), counted(1)]).toEqual(['valid', 'invalid']);
  });

  describe('of a basket', () => {
    /** Two baskets: one was bought, the other refused for its second line before its third. */
    const bought = [
      said('buy', 'ann', [10, 20], { basket: 'one', hold: 'a' }),
      said('buy', 'ann', [10, 20], { basket: 'one', hold: 'b', sku: 'SKU-2' }),
      refused('buy', 'bob', [30, 40], { basket: 'two', code: 'NOT_ALONE' }),
      refused('buy', 'bob', [30, 40], { basket: 'two', code: 'OUT_OF_STOCK', sku: 'SKU-2' }),
      refused('buy', 'bob', [30, 40], { basket: 'two', code: 'LIMIT_EXCEEDED', sku: 'SKU-3' }),
    ];
    const counted = (sold: number, soldOut: number) => {
      const taken = (ms: [number, number], outcomes: Record<string, number>) =>
        withSamples(
          scrape(ms),
          ...Object.entries(outcomes).map(([outcome, value]) =>
            sample('flashsale_basket_purchases_total', { outcome }, value),
          ),
        );
      const scrapes = [
        taken([0, 1], { sold: 0, out_of_stock: 0, over_limit: 0 }),
        taken([70, 71], { sold, out_of_stock: soldOut, over_limit: 0 }),
      ];
      return judged(scrapes, { calls: bought, entries: [] });
    };

    it('counts the lines of one request once, by the answer to the line that was refused', () => {
      expect(counted(1, 1).status).toBe('valid');
      expect(counted(2, 1).summary).toContain(
        "counted 2 purchases of baskets at 12:00:00.071 UTC, the buyers' calls make it 1",
      );
      expect(counted(0, 1).summary).toContain("the buyers' calls make it 1");
      expect(counted(1, 0).summary).toContain('0 answers OUT_OF_STOCK to calls that buy-basket');
    });
  });

  it('names the counter as wrong when buyers and ledger agree', () => {
    const { status, witness } = judged([
      BEFORE,
      scrape([70, 71], { held: 1, soldOut: 1, sold: 1, reserved: 2 }),
    ]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain(
      'had risen by 1. Before the scrape began, 2 reservations made had been answered there. ' +
        'The ledger has 2 in all, as the buyers were told: the counter is wrong.',
    );
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['ann', 'bob']);
  });

  it('names the answers when ledger and counters agree against them', () => {
    const entries = ENTRIES.filter(({ hold }) => hold !== 'b');
    const { witness } = judged([BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })], {
      entries,
    });
    expect(witness?.prose).toContain('they were told something else than happened');
  });

  it('does not depend on the order in which calls were answered', () => {
    const slow = said('reserve', 'dan', [5, 65], { hold: 'd', ...at(ONE) });
    const entries: Entry[] = [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer: 'dan', atMs: 6 }];
    const after = scrape([70, 71], { held: 3, soldOut: 1, sold: 1 });
    const during = (held: number) =>
      judged([BEFORE, scrape([35, 36], { held }), after], { calls: [slow, ...CALLS], entries });
    expect(during(2).status).toBe('valid');
    expect(during(1).summary).toContain('counted 1 reservations made');
    expect(during(1).summary).toContain("the buyers' calls make it 2 to 3");
  });

  it('shows the last three answers before the scrape that it misses', () => {
    const more = ['dan', 'eve', 'fay'].map((buyer, place) =>
      said('reserve', buyer, [31 + place, 45 - place], { hold: buyer, ...at(ONE) }),
    );
    const atOnce = said('reserve', 'gus', [32, 50], { hold: 'g', ...at(ONE) });
    const calls = [...CALLS, ...more, atOnce];
    const { summary, witness } = judged([BEFORE, scrape([50, 51], { held: 4, soldOut: 1 })], {
      calls,
      entries: [],
    });
    expect(summary).toContain("the buyers' calls make it 5 to 6");
    expect(witness?.prose).toContain('flashsale_reservations_total{outcome="held"} of http://one');
    expect(witness?.prose).toContain('The last answered before it: Buyer fay');
    expect(witness?.operations.map(({ buyer }) => buyer)).toEqual(['dan', 'eve', 'fay']);
  });

  it('shows no answers for a number that is too high', () => {
    const { summary, witness } = judged([BEFORE, scrape([70, 71], { ...FINAL, soldOut: 2 })]);
    expect(summary).toMatch(/the buyers' calls make it 1$/);
    expect(witness?.prose).toMatch(
      /When the scrape ended, no more than 1 .* No ledger has rows of them: which of the two is wrong, the log of the server would tell\.$/,
    );
    expect(witness?.operations).toEqual([]);
  });

  it('settles calls without an answer by the ledger when it names what is wrong', () => {
    const open = unanswered('reserve', 'dan', 45, at(ONE));
    const made: Entry[] = [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer: 'dan', atMs: 46 }];
    const told = (calls: Call[]) =>
      judged([BEFORE, scrape([70, 71], { ...FINAL, held: 1 })], { calls, entries: made }).witness
        ?.prose;
    expect(told([...CALLS, open])).toContain('as the buyers were told: the counter is wrong');
    expect(told(CALLS)).toContain('they were told something else than happened');
  });

  it.each([
    ['refusals', { held: 2, soldOut: 2, sold: 1 }],
    ['purchases', { held: 2, soldOut: 1, sold: 2 }],
  ])('compares %s as well', (what, counts) => {
    const { status, summary } = judged([BEFORE, scrape([70, 71], { ...counts, bought: 1 })]);
    expect(status).toBe('invalid');
    expect(summary).toContain(what);
  });

  it('allows a call without an answer to have been counted or not', () => {
    const calls = [...CALLS, unanswered('reserve', 'dan', 45, at(ONE))];
    const entries: Entry[] = [...ENTRIES, { kind: 'RESERVED', hold: 'd', buyer: 'dan', atMs: 46 }];
    const after = scrape([70, 71], { held: 3, soldOut: 1, sold: 1 });
    expect(judged([BEFORE, after], { calls, entries }).status).toBe('valid');
    expect(judged([BEFORE, AFTER], { calls }).status).toBe('valid');
  });
});

describe('counters of every decision', () => {
  const judgedWith = (samples: MetricSample[], calls: Call[]) =>
    judged([whole([0, 1], {}), whole([1_500, 1_501], FINAL, ...samples)], {
      calls: [...CALLS, ...calls],
    });

  it.each([
    ['reserve', 'ALREADY_RESERVED', 'flashsale_reservations_total', 'already_reserved'],
    ['reserve', 'ALREADY_PURCHASED', 'flashsale_reservations_total', 'already_purchased'],
    ['reserve', 'CONTENTION_LOST', 'flashsale_reservations_total', 'contention_lost'],
    ['reserve', 'UNKNOWN_SKU', 'flashsale_reservations_total', 'unknown_sku'],
    ['reserve', 'SOLD_ANOTHER_WAY', 'flashsale_reservations_total', 'sold_another_way'],
    ['reserve', 'SALE_NOT_STARTED', 'flashsale_reservations_total', 'not_begun'],
    ['reserve', 'SALE_ENDED', 'flashsale_reservations_total', 'over'],
    ['reserve', 'LIMIT_EXCEEDED', 'flashsale_reservations_total', 'over_limit'],
    ['confirm', 'PAYMENT_DECLINED', 'flashsale_orders_total', 'payment_declined'],
    ['confirm', 'PAYMENT_UNAVAILABLE', 'flashsale_orders_total', 'payment_unavailable'],
    ['confirm', 'NOT_FOUND', 'flashsale_orders_total', 'not_found'],
    ['confirm', 'ORDER_EXISTS', 'flashsale_orders_total', 'order_exists'],
    ['confirm', 'RESERVATION_EXPIRED', 'flashsale_orders_total', 'expired'],
    ['confirm', 'RESERVATION_NOT_ACTIVE', 'flashsale_orders_total', 'not_active'],
    ['confirm', 'TRANSACTION_REUSED', 'flashsale_orders_total', 'transaction_reused'],
    ['confirm', 'SOLD_ANOTHER_WAY', 'flashsale_orders_total', 'sold_another_way'],
    ['register', 'CAMPAIGN_FULL', 'flashsale_registrations_total', 'full'],
    ['register', 'ALREADY_REGISTERED', 'flashsale_registrations_total', 'already_registered'],
    ['register', 'CONTENTION_LOST', 'flashsale_registrations_total', 'contention_lost'],
    ['register', 'CAMPAIGN_NOT_STARTED', 'flashsale_registrations_total', 'not_started'],
    ['register', 'CAMPAIGN_ENDED', 'flashsale_registrations_total', 'ended'],
    ['register', 'SOLD_ANOTHER_WAY', 'flashsale_registrations_total', 'sold_another_way'],
    ['register', 'LIMIT_EXCEEDED', 'flashsale_registrations_total', 'over_limit'],
    ['register', 'NOT_FOUND', 'flashsale_registrations_total', 'unknown'],
    ['buy', 'OUT_OF_STOCK', 'flashsale_ticket_purchases_total', 'out_of_stock'],
    ['buy', 'ALREADY_RESERVED', 'flashsale_ticket_purchases_total', 'already_reserved'],
    ['buy', 'ALREADY_PURCHASED', 'flashsale_ticket_purchases_total', 'already_purchased'],
    ['buy', 'CONTENTION_LOST', 'flashsale_ticket_purchases_total', 'contention_lost'],
    ['buy', 'LIMIT_EXCEEDED', 'flashsale_ticket_purchases_total', 'over_limit'],
    ['buy', 'PAYMENT_DECLINED', 'flashsale_ticket_purchases_total', 'payment_declined'],
    ['buy', 'PAYMENT_UNAVAILABLE', 'flashsale_ticket_purchases_total', 'payment_unavailable'],
    ['buy', 'ORDER_EXISTS', 'flashsale_ticket_purchases_total', 'order_exists'],
    ['buy', 'RESERVATION_NOT_ACTIVE', 'flashsale_ticket_purchases_total', 'not_active'],
    ['buy', 'TRANSACTION_REUSED', 'flashsale_ticket_purchases_total', 'transaction_reused'],
    ['buy', 'SALE_NOT_STARTED', 'flashsale_ticket_purchases_total', 'not_begun'],
    ['buy', 'SALE_ENDED', 'flashsale_ticket_purchases_total', 'over'],
    ['buy', 'SOLD_ANOTHER_WAY', 'flashsale_ticket_purchases_total', 'sold_another_way'],
    ['buy', 'NOT_FOUND', 'flashsale_ticket_purchases_total', 'unknown'],
    ['attempt', 'OUT_OF_STOCK', 'flashsale_attempts_total', 'sold_out'],
    ['attempt', 'ALREADY_ATTEMPTED', 'flashsale_attempts_total', 'already_attempted'],
    ['attempt', 'ALREADY_RESERVED', 'flashsale_attempts_total', 'already_reserved'],
    ['attempt', 'ALREADY_PURCHASED', 'flashsale_attempts_total', 'already_purchased'],
    ['attempt', 'SALE_NOT_STARTED', 'flashsale_attempts_total', 'not_started'],
    ['attempt', 'SALE_ENDED', 'flashsale_attempts_total', 'ended'],
    ['attempt', 'NOT_FOUND', 'flashsale_attempts_total', 'unknown'],
  ] as const)('compares the calls that %s and are refused as %s', (kind, code, name, outcome) => {
    const calls = [refused(kind, 'dan', [45, 48], { code, ...at(ONE) })];
    expect(judgedWith([sample(name, { outcome }, 1)], calls).status).toBe('valid');
    expect(judgedWith([sample(name, { outcome }, 2)], calls).status).toBe('invalid');
    const { summary } = judgedWith([], calls);
    expect(summary).toContain(`counted 0 answers ${code} to calls that ${kind}`);
  });

  it.each([
    ['ALREADY_PURCHASED', 'already_purchased'],
    ['CONTENTION_LOST', 'contention_lost'],
    ['LIMIT_EXCEEDED', 'over_limit'],
    ['PAYMENT_DECLINED', 'payment_declined'],
    ['PAYMENT_UNAVAILABLE', 'payment_unavailable'],
    ['TRANSACTION_REUSED', 'transaction_reused'],
    ['SALE_NOT_STARTED', 'not_begun'],
    ['SALE_ENDED', 'over'],
    ['SEVERAL_EVENTS', 'several_events'],
  ])('compares the purchases of baskets that are refused as %s', (code, outcome) => {
    const name = 'flashsale_basket_purchases_total';
    const calls = [refused('buy', 'dan', [45, 48], { code, basket: 'one', ...at(ONE) })];
    expect(judgedWith([sample(name, { outcome }, 1)], calls).status).toBe('valid');
    expect(judgedWith([sample(name, { outcome }, 2)], calls).status).toBe('invalid');
    expect(judgedWith([], calls).summary).toContain(`counted 0 answers ${code} to calls that buy`);
  });

  it.each([
    [undefined, 'flashsale_ticket_purchases_total'],
    ['one', 'flashsale_basket_purchases_total'],
  ])('compares purchases whose payment is pending (basket: %s)', (basket, name) => {
    const calls = [unanswered('buy', 'dan', 45, { status: 202, basket, ...at(ONE) })];
    const counted = (value: number) =>
      judgedWith([sample(name, { outcome: 'pending' }, value)], calls);
    expect(counted(1).status).toBe('valid');
    expect(counted(2).summary).toContain('counted 2 answers accepted to calls that buy');
  });

  it('compares checkouts whose payment is pending', () => {
    const pending = unanswered('confirm', 'bob', 45, { hold: 'b', status: 202, ...at(ONE) });
    const told = (value: number) =>
      judgedWith([sample('flashsale_orders_total', { outcome: 'pending' }, value)], [pending]);
    expect(told(1).status).toBe('valid');
    expect(told(0).status).toBe('valid');
    expect(told(2).summary).toContain('counted 2 checkouts with a pending payment');
    const sold = [whole([0, 1], {}), whole([70, 71], { ...FINAL, sold: 2, bought: 1 })];
    expect(judged(sold, { calls: [...CALLS, pending] }).summary).toContain('counted 2 purchases');
  });

  it.each([
    ['register', 'flashsale_registrations_total', 'registered', 'registrations'],
    ['buy', 'flashsale_ticket_purchases_total', 'sold', 'purchases of tickets'],
    ['attempt', 'flashsale_attempts_total', 'accepted', 'accepted attempts'],
  ] as const)('compares the calls that %s and are answered yes', (kind, name, outcome, what) => {
    const calls = [said(kind, 'dan', [45, 48], at(ONE))];
    expect(judgedWith([sample(name, { outcome }, 1)], calls).status).toBe('valid');
    expect(judgedWith([], calls).summary).toContain(`counted 0 ${what}`);
  });

  it('misses a yes that was never counted, even where the counter has no sample yet', () => {
    const page = (times: [number, number], counts: Counts, name: string) => {
      const taken = scrape(times, counts);
      return { ...taken, samples: taken.samples.filter((each) => each.name !== name) };
    };
    const without = (name: string) => [page([0, 1], {}, name), page([70, 71], FINAL, name)];
    expect(judged(without('flashsale_orders_total')).summary).toContain('counted 0 purchases');
    // Attempts were counted by later versions only.
    const calls = [...CALLS, said('attempt', 'dan', [45, 48], at(ONE))];
    expect(judged(without('flashsale_attempts_total'), { calls }).status).toBe('valid');
  });

  it('compares a label from the first scrape on that shows it', () => {
    const calls = [
      ...CALLS,
      refused('reserve', 'dan', [45, 48], { code: 'ALREADY_RESERVED', ...at(ONE) }),
    ];
    const shown = (name: string) => {
      const label = sample(name, { outcome: 'already_reserved' }, 2);
      return judged([BEFORE, withSamples(AFTER, label)], { calls });
    };
    expect(shown('flashsale_reservations_total').summary).toContain('ALREADY_RESERVED');
    expect(shown('flashsale_attempts_total').summary).not.toContain('calls that reserve');
  });

  it('allows a refusal of a repeated call to come from memory', () => {
    const again = { code: 'ALREADY_RESERVED', idempotencyKey: 'k', ...at(ONE) };
    const calls = [
      refused('reserve', 'dan', [41, 43], again),
      refused('reserve', 'dan', [45, 48], again),
    ];
    const told = (value: number) =>
      judgedWith(
        [sample('flashsale_reservations_total', { outcome: 'already_reserved' }, value)],
        calls,
      ).status;
    expect([0, 1, 2, 3].map(told)).toEqual(['valid', 'valid', 'valid', 'invalid']);
  });

  it('does not miss a label on a server that does not show the whole catalogue', () => {
    const calls = [
      ...CALLS,
      refused('reserve', 'dan', [45, 48], { code: 'ALREADY_RESERVED', ...at(ONE) }),
    ];
    expect(judged([BEFORE, AFTER], { calls }).status).toBe('valid');
  });
});
