import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { TICKETS, ticketSale, withTickets } from '../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { singleCheckIn } from './single-check-in.ts';

const { check } = singleCheckIn;

const scan = (facts: Partial<Call> = {}): Call =>
  said('check-in', 'gate', [22, 32], {
    ...{ sku: undefined, callId: 'scan-3', ticket: 'TICKET-1', ...facts },
  });

describe('single-check-in', () => {
  it('is skipped where no ticket was shown', () => {
    expect(check(evidenceOf(ticketSale, TICKETS.slice(0, 2))).status).toBe('skipped');
  });

  it('counts the tickets that were let in once', () => {
    expect(check(withTickets())).toEqual({
      status: 'valid',
      summary: '1 ticket let in once each in 2 calls',
    });
  });

  it('finds a ticket that two answers let in', () => {
    const { status, summary, witness } = check(evidenceOf(ticketSale, [...TICKETS, scan()]));
    expect(status).toBe('invalid');
    expect(summary).toBe('ticket TICKET-1 was let in 2 times');
    expect(witness?.operations.map(({ callId }) => callId)).toEqual(['scan-1', 'scan-3']);
    expect(witness?.prose).toContain('Buyer gate let in ticket TICKET-1');
  });

  it('shows ten calls of many', () => {
    const many = Array.from({ length: 11 }, (_, place) => scan({ callId: `scan-${place + 3}` }));
    const { witness } = check(evidenceOf(ticketSale, many));
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('takes a repeated call for the same check-in, and another ticket for another', () => {
    const again = [...TICKETS.slice(0, 3), scan()].map((call) => ({
      ...call,
      idempotencyKey: call.kind === 'check-in' ? 'scan' : undefined,
    }));
    expect(check(evidenceOf(ticketSale, again)).status).toBe('valid');
    const other = scan({ ticket: 'TICKET-2' });
    expect(check(evidenceOf(ticketSale, [...TICKETS, other])).status).toBe('valid');
  });

  describe('with a call that got no answer', () => {
    const open = unanswered('check-in', 'gate', 22, {
      ...{ sku: undefined, callId: 'scan-3', ticket: 'TICKET-1' },
    });
    const letInBy = (callId: string | null) => (ledger: LedgerSnapshot) =>
      Object.assign(ledger.tickets[0] as object, { checkedInByCallId: callId });

    it('is unknown when nobody can tell if that was the second', () => {
      const { status, summary } = check(evidenceOf(ticketSale, [...TICKETS, open]));
      expect(status).toBe('unknown');
      expect(summary).toBe(
        '1 call without an answer may have let ticket TICKET-1 in a second time',
      );
      expect(check(withTickets(letInBy(null), [...TICKETS, open])).status).toBe('unknown');
      const unnamed = { ...open, callId: undefined };
      expect(check(withTickets(() => {}, [...TICKETS, unnamed])).status).toBe('unknown');
    });

    it('is valid when the ledger names the other call, and invalid when it names this one', () => {
      expect(check(withTickets(() => {}, [...TICKETS, open])).status).toBe('valid');
      expect(check(withTickets(letInBy('scan-3'), [...TICKETS, open])).status).toBe('invalid');
    });

    it('knows one that was sent again by the id of any of its calls', () => {
      const sent = (callId: string) => ({ ...open, callId, idempotencyKey: 'scan' });
      const calls = [...TICKETS, sent('scan-3'), sent('scan-4')];
      expect(check(withTickets(letInBy('scan-4'), calls)).status).toBe('invalid');
      expect(check(withTickets(() => {}, calls)).status).toBe('valid');
    });

    it('does not hide another ticket that was surely let in twice', () => {
      const twice = [scan({ ticket: 'TICKET-2' }), scan({ ticket: 'TICKET-2', callId: 'scan-4' })];
      const { summary } = check(evidenceOf(ticketSale, [...TICKETS, open, ...twice]));
      expect(summary).toBe('ticket TICKET-2 was let in 2 times');
    });
  });

  describe('of a ticket that was refused as let in already', () => {
    const early = refused('check-in', 'gate', [12, 19], {
      ...{ sku: undefined, callId: 'scan-0', ticket: 'TICKET-1', code: 'TICKET_CHECKED_IN' },
    });

    it('finds that nobody can have let it in by then', () => {
      const { status, summary, witness } = check(withTickets(() => {}, [...TICKETS, early]));
      expect(status).toBe('invalid');
      expect(summary).toBe(
        'ticket TICKET-1 was refused as let in already, and nobody can have let it in by then',
      );
      expect(witness?.operations.map(({ callId }) => callId)).toEqual(['scan-0', 'scan-1']);
    });

    it('finds it where nobody ever let it in', () => {
      const calls = [...TICKETS, { ...early, ticket: 'TICKET-2' }];
      expect(check(evidenceOf(ticketSale, calls)).status).toBe('invalid');
    });

    it('believes it as soon as the other call may have been decided, answered or not', () => {
      const meets = { ...early, completedAtNs: 20e6 };
      expect(check(withTickets(() => {}, [...TICKETS, meets])).status).toBe('valid');
      const lost = unanswered('check-in', 'gate', 11, { ticket: 'TICKET-1', callId: 'scan-3' });
      expect(check(evidenceOf(ticketSale, [...TICKETS.slice(0, 2), lost, early])).status).toBe(
        'valid',
      );
    });

    it('does not believe in a call that the ledger knows to have failed', () => {
      const lost = unanswered('check-in', 'gate', 11, { ticket: 'TICKET-1', callId: 'scan-3' });
      expect(check(withTickets(() => {}, [...TICKETS, lost, early])).status).toBe('invalid');
    });

    it('leaves it open where somebody else may let tickets in', () => {
      const calls = [...TICKETS, early];
      const open = { ...ticketSale, nobodyElseBuys: false };
      expect(check(evidenceOf(open, calls)).status).toBe('valid');
      const byStranger = (ledger: LedgerSnapshot) =>
        Object.assign(ledger.tickets[2] as object, {
          ...{ checkedInAt: 'noon', checkedInByCallId: 'nobody-knows' },
        });
      expect(check(withTickets(byStranger, calls)).status).toBe('valid');
      const byPurchase = (ledger: LedgerSnapshot) =>
        Object.assign(ledger.tickets[2] as object, {
          ...{ checkedInAt: 'noon', checkedInByCallId: 'buy-b' },
        });
      expect(check(withTickets(byPurchase, calls)).status).toBe('valid');
    });

    it('asks nothing of an answer that is no refusal, whatever code it has', () => {
      const failed = { status: 500, code: 'TICKET_CHECKED_IN', callId: 'scan-0' };
      const lost = unanswered('check-in', 'gate', 12, { ...failed, ticket: 'TICKET-2' });
      expect(check(withTickets(() => {}, [...TICKETS, lost])).status).toBe('valid');
    });

    it('asks nothing of a refusal for another reason', () => {
      const cancelled = { ...early, code: 'TICKET_CANCELLED' };
      expect(check(withTickets(() => {}, [...TICKETS, cancelled])).status).toBe('valid');
    });
  });

  it('knows the refusals of a described shop by their reasons', () => {
    const sale = saleOf({ refusals: { 'ticket-used': 'ticket-used' } });
    const no = refused('check-in', 'gate', [0, 9], { ticket: 'T', code: 'ticket-used' });
    expect(check(evidenceOf(sale, [no])).status).toBe('invalid');
  });
});

itCatches(singleCheckIn, ['double-check-in', 'false-ticket-used']);
