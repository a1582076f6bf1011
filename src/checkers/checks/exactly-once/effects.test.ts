import { describe, expect, it } from 'vitest';
import { inAttempts } from '../../../../test/judge/attempt-story.ts';
import { inCampaign } from '../../../../test/judge/campaign-story.ts';
import { order, shopOf } from '../../../../test/judge/foreign-story.ts';
import {
  booksOf,
  type Call,
  type Entry,
  evidenceOf,
  keeping,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { withTickets } from '../../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import type { LedgerRowKind } from '../../../protocol/ledger.ts';
import { attribute } from '../../reading/attribution.ts';
import { exactlyOnce } from '../exactly-once.ts';

const sale = saleOf({ total: 2 });
const key = { idempotencyKey: 'wish-1' };
const judged = (calls: Call[], entries?: Entry[]) =>
  exactlyOnce.check(
    evidenceOf(sale, calls, entries === undefined ? {} : { ledger: booksOf(sale, entries) }),
  );
const yes = said('reserve', 'ann', [0, 10], { ...key, hold: 'a', callId: 'try-1' });
const made: Entry = { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' };
const ofBob: Entry = { kind: 'RESERVED', hold: 'b', buyer: 'bob', callId: 'try-b' };

it('counts the keys, and those that were sent again', () => {
  const calls = [yes, yes, { ...yes, buyer: 'bob', idempotencyKey: 'wish-2' }];
  const words = '2 keys, 1 of them sent more than once, had one effect each';
  expect(judged(calls).summary).toBe(`${words}, as far as the answers tell`);
  expect(judged([yes, { ...yes, callId: 'try-2' }], [made]).summary).toBe(
    '1 key, 1 of them sent more than once, had one effect each',
  );
});

it('shows ten calls of many', () => {
  const many = (call: Call) => Array.from({ length: 11 }, () => call);
  const doubtful = judged(many(unanswered('reserve', 'ann', 0, key)));
  expect(doubtful.status).toBe('unknown');
  expect(doubtful.witness?.prose.split('\n')).toHaveLength(1 + 10);
  const wrong = judged([...many(yes), { ...yes, hold: 'b' }]);
  expect(wrong.status).toBe('invalid');
  expect(wrong.witness?.prose.split('\n')).toHaveLength(1 + 10);
});

describe('a no after the yes is wrong', () => {
  it('unless it was asked for before the yes was there, or never reached the server', () => {
    const later = (atMs: number, facts: Partial<Call> = {}) =>
      judged([yes, refused('reserve', 'ann', [atMs, 30], { ...key, ...facts })]).status;
    expect(later(10.000001)).toBe('invalid');
    expect(later(10)).toBe('valid');
    expect(later(20, { status: 0, code: 'ECONNREFUSED' })).toBe('valid');
  });
});

describe('a yes without an effect is wrong', () => {
  const lost = unanswered('reserve', 'ann', 0, { ...key, callId: 'try-2' });

  it('though another call of the wish got no answer', () => {
    expect(judged([lost, yes], [ofBob]).summary).toContain('the final ledger has no effect');
  });

  it('unless a call without an id may have had it, or nobody was told yes', () => {
    expect(judged([yes, { ...yes, callId: undefined }], [ofBob]).status).toBe('valid');
    expect(judged([lost, { ...lost, callId: 'try-3' }], [ofBob]).status).toBe('valid');
  });
});

describe('calls without an answer may have had a second effect', () => {
  const lost = (kind: Call['kind'], facts: Partial<Call> = {}) => [
    unanswered(kind, 'ann', 0, { ...key, ...facts, callId: 'try-1' }),
    unanswered(kind, 'ann', 1, { ...key, ...facts, callId: 'try-2' }),
  ];

  it('but not one beside calls that were refused', () => {
    const no = refused('reserve', 'ann', [0, 5], key);
    expect(judged([no, ...lost('reserve').slice(1)]).status).toBe('valid');
    expect(judged(lost('reserve')).status).toBe('unknown');
  });

  it('unless the ledger has call ids, or nothing at all', () => {
    const { callId: _, ...nameless } = ofBob;
    expect(judged(lost('reserve'), []).status).toBe('valid');
    expect(judged(lost('reserve'), [nameless]).status).toBe('unknown');
    expect(judged(lost('reserve'), [nameless, made]).status).toBe('valid');
  });

  it('unless every used voucher names the call that used it', () => {
    const used = (tamper: (vouchers: LedgerSnapshot['vouchers']) => void) =>
      exactlyOnce.check(
        inCampaign(({ vouchers }) => tamper(vouchers), lost('redeem', { voucher: 'CODE-A' })),
      ).status;
    const facts = (voucher: object | undefined, usedAt: string | null, by: string | null) =>
      Object.assign(voucher as object, { usedAt, usedByCallId: by });
    expect(used(([a]) => facts(a, 'noon', 'try-1'))).toBe('valid');
    expect(used(([a]) => facts(a, null, null))).toBe('valid');
    expect(used(([a]) => facts(a, 'noon', null))).toBe('unknown');
    expect(used(([, b]) => facts(b, 'noon', null))).toBe('unknown');
  });

  it('unless every ticket that was let in names the call that did it', () => {
    const shown = (
      tamper: (tickets: LedgerSnapshot['tickets']) => void,
      ...kept: LedgerRowKind[]
    ) =>
      exactlyOnce.check(
        keeping(
          withTickets(
            ({ tickets }) => tamper(tickets),
            lost('check-in', { ticket: 'TICKET-1', sku: undefined }),
          ),
          ...kept,
        ),
      ).status;
    const facts = (ticket: object | undefined, checkedInAt: string | null, by: string | null) =>
      Object.assign(ticket as object, { checkedInAt, checkedInByCallId: by });
    expect(shown(([a]) => facts(a, 'noon', 'try-1'), 'order', 'ticket')).toBe('valid');
    expect(shown(([a]) => facts(a, null, null), 'order', 'ticket')).toBe('valid');
    expect(shown(([a]) => facts(a, 'noon', null), 'order', 'ticket')).toBe('unknown');
    expect(shown(([, b]) => facts(b, 'noon', null), 'order', 'ticket')).toBe('unknown');
    expect(shown(([a]) => facts(a, 'noon', 'try-1'), 'order')).toBe('unknown');
  });

  it('but not of what ends once, as reservations or movements show', () => {
    const released = (...kept: LedgerRowKind[]) =>
      exactlyOnce.check(
        keeping(
          evidenceOf(sale, lost('release', { hold: 'a' }), { ledger: booksOf(sale, [made]) }),
          ...kept,
        ),
      ).status;
    expect(released('inventory', 'reservation')).toBe('valid');
    expect(released('inventory', 'movement')).toBe('valid');
    expect(released('inventory')).toBe('unknown');
  });
});

describe('a yes and a no', () => {
  it('are no contradiction if the no was asked for before the yes was there, whatever was refused earlier', () => {
    const no = (times: [number, number]) => refused('reserve', 'ann', times, key);
    expect(
      judged([no([0, 5]), no([7, 30]), { ...yes, invokedAtNs: 10e6, completedAtNs: 20e6 }]).status,
    ).toBe('valid');
  });
});

describe('the effects of a key', () => {
  const checkout = { hold: 'a', ...key };
  const entries: Entry[] = [made, { kind: 'SOLD', hold: 'a', buyer: 'ann', callId: 'pay-2' }];

  it('are not those of a payment that failed', () => {
    const calls = [
      refused('confirm', 'ann', [20, 30], { ...checkout, callId: 'pay-1' }),
      said('confirm', 'ann', [40, 50], { ...checkout, callId: 'pay-2', order: 'order-a' }),
    ];
    const ledger = booksOf(sale, entries);
    const [order] = ledger.orders as [LedgerSnapshot['orders'][number]];
    ledger.orders.push({ ...order, orderId: 'order-0', callId: 'pay-1', status: 'FAILED' });
    expect(exactlyOnce.check(evidenceOf(sale, calls, { ledger })).status).toBe('valid');
  });

  it('may have been deleted by a described shop', () => {
    const buy = said('buy', 'ann', [0, 10], { ...key, order: '1' });
    const bobs = said('buy', 'bob', [0, 10], { order: '2' });
    const rows = { orders: [order({ orderId: '2', userId: 'bob', quantity: 1 })] };
    const again = { ...buy, invokedAtNs: 20e6, completedAtNs: 30e6 };
    expect(
      exactlyOnce.check(attribute(shopOf({ total: 2 }, [buy, again, bobs], rows))).status,
    ).toBe('valid');
  });

  it.each(['confirm', 'buy', 'register'] as const)(
    'of calls that %s are told by the orders',
    (kind) => {
      const lost = unanswered(kind, 'ann', 0, { ...checkout, callId: 'pay-1' });
      const told = said(kind, 'ann', [20, 30], { ...checkout, callId: 'pay-2' });
      expect(judged([lost, told], entries).status).toBe('valid');
      expect(judged([lost, told]).status).toBe('unknown');
    },
  );

  it('of attempts are told by their rows', () => {
    const lost = unanswered('attempt', 'ann', 0, { ...key, callId: 'try-0' });
    const told = said('attempt', 'ann', [20, 30], { ...key, callId: 'try-a' });
    expect(exactlyOnce.check(inAttempts(() => {}, [lost, told])).status).toBe('valid');
    expect(judged([lost, told]).status).toBe('unknown');
  });
});
