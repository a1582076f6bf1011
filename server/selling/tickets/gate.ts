import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import type { CheckedInTicket, CheckIn } from '../../../src/protocol/tickets.ts';
import type { Caches } from '../../platform/cache.ts';
import { transaction } from '../../platform/postgres.ts';
import {
  describeCheckedIn,
  GATE_REFUSALS,
  type GateTicket,
  type Refusal,
  refuseSecond,
} from './ticket.ts';
import type { TicketCodes } from './ticket-code.ts';

/** A scan of a ticket. */
export interface Scan {
  code: string;
  organizerId: string;
  gate: string;
  callId: string | undefined;
  /** The id of the check-in, if this scan makes it. */
  checkInId: string;
  /** True when an earlier scan with this id may have made the check-in already. */
  isRepeated: boolean;
}

export type LetIn = (
  scan: Scan,
) => Promise<{ outcome: 'let_in'; ticket: CheckedInTicket } | Refusal>;

const TICKET_TTL_MS = 600_000;

/**
 * Lets tickets in: each once, by the organizer of its show. Of several gates that scan a ticket at the same time one lets it
 * in, and the others are told when, by whom and where.
 *
 * The first check-in makes the order fulfilled, so it cannot be cancelled any more: no ticket that was used gets its money
 * back. A check-in waits for a cancellation of the order or the show under way, and makes later ones wait.
 */
export function createGate(deps: { pool: Pool; caches: Caches; codes: TicketCodes }): LetIn {
  const { pool, codes } = deps;
  const tickets = deps.caches.create<GateTicket>({
    name: 'ticket',
    ttlMs: TICKET_TTL_MS,
    load: (ticketId) => findTicket(pool, ticketId),
  });

  return async function letIn(scan) {
    const content = codes.read(scan.code);
    const known = content && (await tickets.get(content.ticketId));
    if (known === undefined || known.organizerId !== scan.organizerId) return GATE_REFUSALS.unknown;
    // A check-in is final, so a copy of it is as good as the database.
    if (known.checkIn !== null && !scan.isRepeated) return refuseSecond(known.checkIn);
    const decided = await transaction(pool, (tx) => decide(tx, known, scan));
    await tickets.invalidate(known.ticketId);
    return decided;
  };
}

async function findTicket(pool: Pool, ticketId: string): Promise<GateTicket | undefined> {
  const { rows } = await pool.query<Omit<GateTicket, 'checkIn'> & CheckInColumns>({
    name: 'tickets.find-at-gate',
    text: `SELECT k.ticket_id AS "ticketId", k.ticket_type_id AS "ticketTypeId", s.show_id AS "showId",
             s.organizer_id AS "organizerId", k.checked_in_at, k.checked_in_by, k.gate
           FROM tickets k JOIN ticket_types USING (ticket_type_id) JOIN shows s USING (show_id)
           WHERE k.ticket_id = $1`,
    values: [ticketId],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { ticketTypeId, showId, organizerId } = row;
  return { ticketId, ticketTypeId, showId, organizerId, checkIn: describeCheckIn(row) };
}

interface CheckInColumns {
  checked_in_at: Date | null;
  checked_in_by: string;
  gate: string;
}

const describeCheckIn = (row: CheckInColumns): CheckIn | null =>
  row.checked_in_at && {
    checkedInAt: row.checked_in_at.toISOString(),
    checkedInBy: row.checked_in_by,
    gate: row.gate,
  };

/** Locks the show, then the order, and so the tickets of the order. Each is read after its lock was had. */
async function decide(tx: PoolClient, ticket: GateTicket, scan: Scan): ReturnType<LetIn> {
  const { rows: shows } = await tx.query<{ cancelled_at: Date | null }>({
    name: 'tickets.lock-show-at-gate',
    text: 'SELECT cancelled_at FROM shows WHERE show_id = $1 FOR SHARE',
    values: [ticket.showId],
  });
  const { rows: orders } = await tx.query<{ status: string }>({
    name: 'tickets.lock-order-at-gate',
    text: `SELECT status::text FROM orders
           WHERE order_id = (SELECT order_id FROM tickets WHERE ticket_id = $1) FOR NO KEY UPDATE`,
    values: [ticket.ticketId],
  });
  const { rows } = await tx.query<CheckInColumns & { check_in_id: string | null }>({
    name: 'tickets.read-at-gate',
    text: 'SELECT checked_in_at, checked_in_by, gate, check_in_id FROM tickets WHERE ticket_id = $1',
    values: [ticket.ticketId],
  });
  const before = rows[0] && describeCheckIn(rows[0]);
  if (before) {
    return rows[0]?.check_in_id === scan.checkInId
      ? { outcome: 'let_in', ticket: describeCheckedIn(ticket, before) }
      : refuseSecond(before);
  }
  if (shows[0]?.cancelled_at !== null) return GATE_REFUSALS.show_cancelled;
  if (orders[0]?.status === 'CANCELLED') return GATE_REFUSALS.cancelled;
  return {
    outcome: 'let_in',
    ticket: describeCheckedIn(ticket, await write(tx, ticket.ticketId, scan)),
  };
}

/** Records the check-in, makes its order fulfilled if it is the first of it, and tells of both. */
async function write(tx: PoolClient, ticketId: string, scan: Scan): Promise<CheckIn> {
  const { rows } = await tx.query<CheckInColumns>({
    name: 'tickets.check-in',
    text: `WITH used AS (
             UPDATE tickets
             SET checked_in_at = clock_timestamp(), checked_in_by = $2, gate = $3, checked_in_by_call_id = $4,
                 check_in_id = $5
             WHERE ticket_id = $1
             RETURNING *
           ),
           fulfilled AS (
             UPDATE orders o SET status = 'FULFILLED' FROM used
             WHERE o.order_id = used.order_id AND o.status = 'CONFIRMED'
             RETURNING o.*
           ),
           told_order AS (
             SELECT publish_events(
               ARRAY[$7], ARRAY['ORDER_FULFILLED'], array_agg(sku_id::text),
               array_agg(jsonb_build_object('skuId', sku_id, 'reservationId', reservation_id, 'orderId', order_id,
                                            'userId', user_id, 'quantity', quantity)),
               clock_timestamp())
             FROM fulfilled
           ),
           told AS (
             SELECT publish_events(
               ARRAY[$6], ARRAY['ticket.checked-in'], ARRAY[used.ticket_type_id::text],
               ARRAY[jsonb_build_object('skuId', used.ticket_type_id, 'showId', t.show_id, 'orderId', used.order_id,
                                        'userId', used.user_id, 'ticketId', used.ticket_id, 'gate', used.gate)],
               clock_timestamp())
             FROM used JOIN ticket_types t USING (ticket_type_id)
           )
           SELECT checked_in_at, checked_in_by, gate FROM used CROSS JOIN told_order CROSS JOIN told`,
    values: [
      ...[ticketId, scan.organizerId, scan.gate, scan.callId ?? null, scan.checkInId],
      ...[TOPICS.tickets, TOPICS.orders],
    ],
  });
  return describeCheckIn(rows[0] as CheckInColumns) as CheckIn;
}
