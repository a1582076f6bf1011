import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { booksOf, evidenceOf, refused, said, saleOf } from '../../../test/judge/story.ts';
import {
  TICKETS,
  ticketBooks,
  ticketOf,
  ticketSale,
  withTickets,
} from '../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { ticketsMatchSales } from './tickets-match-sales.ts';

const { check } = ticketsMatchSales;

const found = (tamper: (ledger: LedgerSnapshot) => void) => {
  const { status, summary } = check(withTickets(tamper));
  return { status, summary };
};
const row = (rows: object[], place: number): object => rows[place] as object;

describe('tickets-match-sales', () => {
  it('is skipped where no tickets are sold', () => {
    const sale = saleOf();
    const ledger = { ...booksOf(sale, []), tickets: [] };
    expect(check(evidenceOf(sale, [], { ledger })).status).toBe('skipped');
  });

  it('is valid when each unit sold has a ticket', () => {
    expect(check(withTickets())).toEqual({
      status: 'valid',
      summary: '3 tickets of 1 SKU match the units sold',
    });
  });

  it('finds an order with a ticket too few, and one with a ticket too many', () => {
    expect(found((ledger) => ledger.tickets.splice(1, 1))).toEqual({
      status: 'invalid',
      summary: 'order order-a of 2 units is CONFIRMED and has 1 ticket (the first of 2 faults)',
    });
    const { witness } = check(withTickets((ledger) => ledger.tickets.splice(1, 1)));
    expect(witness?.prose).toContain('SKU-1 has 3 units sold and 2 valid tickets');
    expect(found((ledger) => ledger.tickets.push(ticketOf(4, 'bob', 'order-b'))).summary).toContain(
      'order order-b of 1 unit is CONFIRMED and has 2 tickets',
    );
  });

  it('finds all tickets missing, although no row is there to tell that tickets are sold', () => {
    const ledger = { ...ticketBooks(), tickets: [] };
    const evidence = evidenceOf(ticketSale, TICKETS, { ledger });
    expect(check(evidence).status).toBe('invalid');
  });

  it('finds a ticket of no order, of another SKU and of another buyer', () => {
    const lost = found((ledger) => ledger.tickets.push(ticketOf(4, 'bob', 'order-x')));
    expect(lost.summary).toBe('ticket ticket-4 of SKU-1 is of order order-x, which is not there');
    const other = found((ledger) => Object.assign(row(ledger.tickets, 2), { userId: 'eve' }));
    expect(other).toEqual({
      status: 'invalid',
      summary: 'ticket ticket-3 of SKU-1 is of buyer eve, and its order of buyer bob',
    });
    const twoSkus = { ...ticketSale, skus: [...ticketSale.skus, { skuId: 'SKU-2', total: 1 }] };
    const ledger = ticketBooks();
    Object.assign(row(ledger.tickets, 2), { skuId: 'SKU-2' });
    expect(check(evidenceOf(twoSkus, TICKETS, { ledger })).witness?.prose).toContain(
      'ticket ticket-3 of SKU-2 is of an order of SKU-1',
    );
  });

  it('lets a cancelled order keep all its tickets or have none, but none that was let in', () => {
    const cancelled = (status: 'CANCELLED' | 'FAILED' | 'PENDING', tickets: number) =>
      found((ledger) => {
        Object.assign(row(ledger.orders, 1), { status });
        ledger.tickets.splice(2, 1 - tickets);
        Object.assign(row(ledger.inventory, 0), { sold: 2 });
      }).status;
    expect(cancelled('CANCELLED', 1)).toBe('valid');
    expect(cancelled('CANCELLED', 0)).toBe('valid');
    expect(cancelled('FAILED', 0)).toBe('valid');
    expect(cancelled('FAILED', 1)).toBe('invalid');
    expect(cancelled('PENDING', 1)).toBe('invalid');
    const calls = [
      ...TICKETS,
      said('check-in', 'gate', [50, 60], { callId: 'scan-2' }),
      said('cancel', 'ann', [70, 80], { order: 'order-a' }),
      refused('cancel', 'ann', [90, 95], { order: 'order-a' }),
      said('cancel', 'bob', [90, 95], { order: 'order-b' }),
    ];
    const ledger = ticketBooks();
    for (const order of ledger.orders) order.status = 'CANCELLED';
    const { witness } = check(evidenceOf(ticketSale, calls, { ledger }));
    expect(witness?.operations.map(({ kind, ticket, order }) => [kind, ticket ?? order])).toEqual([
      ['check-in', 'TICKET-1'],
      ['cancel', 'order-a'],
    ]);
    const in_ = found((ledger) => {
      Object.assign(row(ledger.orders, 0), { status: 'CANCELLED' });
      Object.assign(row(ledger.inventory, 0), { sold: 1 });
    });
    expect(in_).toEqual({
      status: 'invalid',
      summary:
        'ticket ticket-1 of SKU-1 was let in at noon at gate north, and its order order-a of buyer ann is CANCELLED',
    });
    const nowhere = found((ledger) => {
      Object.assign(row(ledger.orders, 0), { status: 'CANCELLED' });
      Object.assign(row(ledger.tickets, 0), { gate: null });
    });
    expect(nowhere.summary).toContain('was let in at noon, and its order order-a');
  });

  it('looks at each SKU by itself, and asks nothing of those that are sold in another way', () => {
    const skus = [
      { skuId: 'SKU-0', total: 5 },
      ...ticketSale.skus,
      { skuId: 'SKU-2', total: 5, soldBy: 'tickets' as const },
    ];
    const evidence = (tamper: (ledger: LedgerSnapshot) => void) => {
      const ledger = ticketBooks();
      const [stock] = ledger.inventory as [LedgerSnapshot['inventory'][number]];
      const [order] = ledger.orders as [LedgerSnapshot['orders'][number]];
      ledger.inventory.unshift({ ...stock, skuId: 'SKU-0', sold: 2 });
      ledger.inventory.push({ ...stock, skuId: 'SKU-2', sold: 1 });
      ledger.orders.push({ ...order, orderId: 'order-0', skuId: 'SKU-0' });
      ledger.orders.push({ ...order, orderId: 'order-2', skuId: 'SKU-2', quantity: 1 });
      ledger.tickets.push({ ...ticketOf(4, 'ann', 'order-2'), skuId: 'SKU-2' });
      tamper(ledger);
      return evidenceOf({ ...ticketSale, skus }, TICKETS, { ledger });
    };
    expect(check(evidence(() => {}))).toEqual({
      status: 'valid',
      summary: '4 tickets of 2 SKUs match the units sold',
    });
    const uneven = evidence(({ inventory }) => Object.assign(row(inventory, 2), { sold: 3 }));
    expect(check(uneven).summary).toBe('SKU-2 has 3 units sold and 1 valid ticket');
  });

  it('names ten of many', () => {
    const strangers = Array.from({ length: 12 }, (_, place) => ticketOf(place, 'bob', 'order-x'));
    const { witness } = check(withTickets(({ tickets }) => tickets.push(...strangers)));
    expect(witness?.prose.split('\n')).toHaveLength(1 + 10);
  });

  it('compares no column that the shop does not have', () => {
    const bare = (ledger: LedgerSnapshot) => {
      Object.assign(row(ledger.inventory, 0), { sold: null });
      for (const ticket of ledger.tickets) ticket.userId = null;
    };
    expect(found(bare).status).toBe('valid');
    const unnamed = (ledger: LedgerSnapshot) => {
      for (const ticket of ledger.tickets) ticket.orderId = null;
    };
    expect(found(unnamed).status).toBe('valid');
  });
});

itCatches(ticketsMatchSales, ['missing-ticket', 'ticket-of-another']);
