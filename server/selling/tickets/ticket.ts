import type { OrderStatus } from '../../../src/protocol/orders.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type {
  CheckedInTicket,
  CheckIn,
  NewTicketType,
  Ticket,
  TicketType,
} from '../../../src/protocol/tickets.ts';
import type { TicketCodes } from './ticket-code.ts';

export interface Refusal {
  /** Its label in the metrics. */
  outcome: string;
  code: ProblemCode;
  detail: string;
  sequence?: number;
  existingOrderId?: string;
  checkIn?: CheckIn;
}

/** A row of `tickets`, with its show and the status of its order. */
export interface TicketRow {
  ticket_id: string;
  ticket_type_id: string;
  show_id: string;
  order_id: string;
  order_status: OrderStatus;
  /** Counts the tickets of the order from 1. */
  number: number;
  issued_at: Date;
  checked_in_at: Date | null;
}

/** A ticket as the gate knows it. Its check-in is final. */
export interface GateTicket {
  ticketId: string;
  ticketTypeId: string;
  showId: string;
  organizerId: string;
  checkIn: CheckIn | null;
}

export const describeTicket = (row: TicketRow, codes: TicketCodes): Ticket => ({
  ticketId: row.ticket_id,
  code: codes.write({ ticketId: row.ticket_id, showId: row.show_id }),
  eventId: row.show_id,
  ticketTypeId: row.ticket_type_id,
  orderId: row.order_id,
  status: statusOf(row),
  issuedAt: row.issued_at.toISOString(),
  checkedInAt: row.checked_in_at?.toISOString() ?? null,
});

/** A ticket as it was when it was bought, also if it was checked in or cancelled since. */
export const describeNewTicket = (row: TicketRow, codes: TicketCodes): Ticket =>
  describeTicket({ ...row, order_status: 'CONFIRMED', checked_in_at: null }, codes);

function statusOf({ order_status, checked_in_at }: TicketRow): Ticket['status'] {
  if (checked_in_at !== null) return 'CHECKED_IN';
  return order_status === 'CANCELLED' ? 'CANCELLED' : 'VALID';
}

export const describeCheckedIn = (
  { ticketId, showId, ticketTypeId }: GateTicket,
  checkIn: CheckIn,
): CheckedInTicket => ({ ticketId, eventId: showId, ticketTypeId, ...checkIn });

/** A ticket type as it is put on sale. */
export const newTicketType = (
  details: NewTicketType,
  { ticketTypeId, showId }: { ticketTypeId: string; showId: string },
): TicketType => ({
  ...{ ticketTypeId, eventId: showId },
  ...details,
  opensAt: new Date(details.opensAt).toISOString(),
  closesAt: new Date(details.closesAt).toISOString(),
});

const NO_SUCH_TICKET: Refusal = {
  outcome: 'unknown',
  code: 'NOT_FOUND',
  detail: 'No ticket of an event of yours has this code.',
};

/** The refusals at the gate. */
export const GATE_REFUSALS = {
  unknown: NO_SUCH_TICKET,
  cancelled: {
    outcome: 'cancelled',
    code: 'TICKET_CANCELLED',
    detail: 'Its order was cancelled, and the money goes back.',
  },
  show_cancelled: {
    outcome: 'show_cancelled',
    code: 'EVENT_CANCELLED',
    detail: 'The event was cancelled, and the money goes back.',
  },
} satisfies Record<string, Refusal>;

/** The refusal of a ticket that was let in before: it says when, by whom and where. */
export const refuseSecond = (checkIn: CheckIn): Refusal => ({
  outcome: 'second',
  code: 'TICKET_CHECKED_IN',
  detail: `It was let in at ${checkIn.checkedInAt}, at the gate ${checkIn.gate}.`,
  checkIn,
});
