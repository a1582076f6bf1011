import { expect, it } from 'vitest';
import { evidenceOf, refused, said } from '../../../../test/judge/story.ts';
import { TICKETS, ticketBooks, ticketSale } from '../../../../test/judge/ticket-story.ts';
import type { SaleFacts } from '../../../history/operation.ts';
import type { LedgerTicket } from '../../../protocol/ledger.ts';
import { noPhantom } from '../no-phantom.ts';

const bought = TICKETS.slice(0, 2);
const wrongIn = (
  calls = TICKETS,
  facts: Partial<SaleFacts> = {},
  tamper: (tickets: LedgerTicket[]) => void = () => {},
) => {
  const ledger = ticketBooks();
  tamper(ledger.tickets);
  return noPhantom.check(evidenceOf({ ...ticketSale, ...facts }, calls, { ledger })).witness?.prose;
};

it('takes a ticket for let in by the call that its row names', () => {
  expect(wrongIn()).toBeUndefined();
});

it('finds a ticket that no call let in, unless somebody else may have done it', () => {
  expect(wrongIn(bought)).toContain('ticket ticket-1 was let in by nobody');
  expect(wrongIn(bought, { nobodyElseBuys: false })).toBeUndefined();
  const other = said('redeem', 'ann', [20, 30], { callId: 'scan-1', voucher: 'TICKET-1' });
  expect(wrongIn([...bought, other])).toContain('ticket ticket-1 was let in by nobody');
});

it('finds a ticket that is let in although that was refused', () => {
  const no = refused('check-in', 'gate', [20, 30], { callId: 'scan-1', ticket: 'TICKET-1' });
  expect(wrongIn([...bought, no])).toContain('ticket ticket-1 is let in although that was refused');
});

it('finds two tickets that one call let in', () => {
  const both = (tickets: LedgerTicket[]) =>
    Object.assign(tickets[1] as object, { checkedInAt: 'noon', checkedInByCallId: 'scan-1' });
  expect(wrongIn(TICKETS, {}, both)).toContain('2 tickets were let in by one call');
});

it('asks nothing of a row that names no call', () => {
  const unnamed = (tickets: LedgerTicket[]) =>
    Object.assign(tickets[0] as object, { checkedInByCallId: null });
  expect(wrongIn(bought, {}, unnamed)).toBeUndefined();
});
