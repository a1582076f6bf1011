import type { Operation } from '../../history/operation.ts';
import { bulletList, count, shortId, skuName } from '../../kernel/wording.ts';
import type { LedgerTicket } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import { witnessOperations } from '../prose.ts';
import { isMade, isStanding, type LedgerIndex } from '../reading/ledger-index.ts';
import type { OrderRow } from '../reading/rows.ts';

/**
 * Tickets that are not the units sold: an order with more or fewer tickets than it has units, a ticket without an order, of
 * another SKU or owner than its order, let in although its order was cancelled; or a SKU whose tickets of standing orders are
 * not as many as the stock says are sold.
 */
export const ticketsMatchSales = checkLedger(
  'tickets-match-sales',
  ['order', 'ticket'],
  (ledger, evidence) => {
    const skus = ticketSkus(ledger, evidence);
    if (skus.size === 0) return { status: 'skipped', summary: 'no tickets are sold' };
    const wrong = [
      ...ledger.orders
        .filter(({ skuId }) => skus.has(skuId))
        .flatMap((row) => wrongOrder(row, ledger)),
      ...ledger.tickets.flatMap((row) => wrongTicket(row, ledger)),
      ...[...skus].flatMap((skuId) => wrongCount(skuId, ledger)),
    ];
    const [first] = wrong;
    if (first === undefined) {
      return {
        status: 'valid',
        summary: `${count(ledger.tickets.length, 'ticket')} of ${count(skus.size, 'SKU')} match the units sold`,
      };
    }
    return {
      status: 'invalid',
      summary: wrong.length === 1 ? first : `${first} (the first of ${wrong.length} faults)`,
      witness: {
        prose: bulletList(
          'A ticket is one unit of its order, and each unit that is sold has one. In the final ledger:',
          wrong.slice(0, SHOWN_MAX),
        ),
        operations: witnessOperations(callsAbout(ledger, evidence)),
      },
    };
  },
);

const SHOWN_MAX = 10;

/** The SKUs that are sold as tickets, as the sale says or the rows show. */
const ticketSkus = ({ tickets }: LedgerIndex, { sale }: Evidence): Set<string> =>
  new Set([
    ...sale.skus.filter(({ soldBy }) => soldBy === 'tickets').map(({ skuId }) => skuId),
    ...tickets.map(({ skuId }) => skuId),
  ]);

function wrongOrder(order: OrderRow, { ticketsByOrder, knows }: LedgerIndex): string[] {
  if (!knows('ticket', 'orderId') || !knows('order', 'orderId')) return [];
  const tickets = ticketsByOrder.get(order.orderId)?.length ?? 0;
  // A cancelled order has all tickets if it was paid before, and none if it was not.
  const allowed = isStanding(order) ? [order.quantity] : isMade(order) ? [0, order.quantity] : [0];
  return allowed.includes(tickets)
    ? []
    : [
        `order ${shortId(order.orderId)} of ${count(order.quantity, 'unit')} is ${order.status} and has ${count(tickets, 'ticket')}`,
      ];
}

function wrongTicket(
  { ticketId, orderId, userId, skuId, checkedInAt, gate }: LedgerTicket,
  { orderById, knows }: LedgerIndex,
): string[] {
  if (orderId === null || !knows('order', 'orderId')) return [];
  const name = `ticket ${shortId(ticketId)} of ${skuName(skuId)}`;
  const order = orderById.get(orderId);
  if (order === undefined) return [`${name} is of order ${shortId(orderId)}, which is not there`];
  if (order.skuId !== skuId) return [`${name} is of an order of ${skuName(order.skuId)}`];
  if (userId !== null && knows('order', 'userId') && order.userId !== userId) {
    return [
      `${name} is of buyer ${shortId(userId)}, and its order of buyer ${shortId(order.userId)}`,
    ];
  }
  if (checkedInAt === null || isStanding(order)) return [];
  const where = gate === null ? '' : ` at gate ${gate}`;
  return [
    `${name} was let in at ${checkedInAt}${where}, and its order ${shortId(orderId)} of buyer ${shortId(order.userId)} is ${order.status}`,
  ];
}

/** The calls that let tickets of cancelled orders in, and that cancelled these orders. */
function callsAbout({ tickets, orderById }: LedgerIndex, { operations }: Evidence): Operation[] {
  const letIn = tickets.filter(({ orderId, checkedInAt }) => {
    const order = orderById.get(orderId ?? '');
    return checkedInAt !== null && order !== undefined && !isStanding(order);
  });
  const orders = new Set<string | null | undefined>(letIn.map(({ orderId }) => orderId));
  const scans = new Set<string | null | undefined>(
    letIn.map(({ checkedInByCallId }) => checkedInByCallId),
  );
  return operations.filter(
    ({ kind, outcome, order, callId }) =>
      outcome === 'ok' && ((kind === 'cancel' && orders.has(order)) || scans.has(callId)),
  );
}

function wrongCount(skuId: string, ledger: LedgerIndex): string[] {
  const sold = ledger.inventory.find((row) => row.skuId === skuId)?.sold;
  if (sold === undefined || sold === null || !ledger.knows('ticket', 'orderId')) return [];
  const valid = ledger.tickets.filter((ticket) => {
    const order = ledger.orderById.get(ticket.orderId ?? '');
    return ticket.skuId === skuId && order !== undefined && isStanding(order);
  });
  return valid.length === sold
    ? []
    : [
        `${skuName(skuId)} has ${count(sold, 'unit')} sold and ${count(valid.length, 'valid ticket')}`,
      ];
}
