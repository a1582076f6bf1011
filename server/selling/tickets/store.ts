import type { Pool } from 'pg';
import type { TicketRow } from './ticket.ts';

export interface TicketStore {
  /** The user's units of a ticket type that are held and not sold; `inBasket`: together with others. */
  findHold(
    ticketTypeId: string,
    userId: string,
  ): Promise<{ reservationId: string; quantity: number; inBasket: boolean } | undefined>;
  /** The id of the order of a hold; undefined for one without an order, or whose order failed. */
  findOrderOf(reservationId: string): Promise<string | undefined>;
  /** The show of a ticket type. */
  findShowOf(ticketTypeId: string): Promise<string | undefined>;
  /** The tickets of an order, in the order of their numbers. */
  listOf(orderId: string): Promise<TicketRow[]>;
  /** The user's tickets, newest first, those after `cursor`. */
  list(userId: string, page: { limit: number; cursor: string | undefined }): Promise<TicketRow[]>;
}

const TICKET = `SELECT k.ticket_id, k.ticket_type_id, t.show_id, k.order_id, o.status AS order_status, k.number,
  k.issued_at, k.checked_in_at
FROM tickets k JOIN ticket_types t USING (ticket_type_id) JOIN orders o USING (order_id)`;

/** Order ids are UUIDv7, so the newest ticket has the greatest, and comes before this one. */
const FIRST_CURSOR = 'ffffffff-ffff-ffff-ffff-ffffffffffff_0';

export function createTicketStore(pool: Pool): TicketStore {
  return {
    async findHold(ticketTypeId, userId) {
      const { rows } = await pool.query<{
        reservationId: string;
        quantity: number;
        inBasket: boolean;
      }>({
        name: 'tickets.find-hold',
        text: `SELECT reservation_id AS "reservationId", quantity, basket_id IS NOT NULL AS "inBasket" FROM reservations
               WHERE user_id = $2 AND sku_id = $1 AND status = 'RESERVED'`,
        values: [ticketTypeId, userId],
      });
      return rows[0];
    },
    async findOrderOf(reservationId) {
      const { rows } = await pool.query<{ order_id: string }>({
        name: 'tickets.find-order-of',
        text: `SELECT order_id FROM orders WHERE reservation_id = $1 AND status <> 'FAILED'`,
        values: [reservationId],
      });
      return rows[0]?.order_id;
    },
    async findShowOf(ticketTypeId) {
      const { rows } = await pool.query<{ show_id: string }>({
        name: 'tickets.find-show-of',
        text: 'SELECT show_id FROM ticket_types WHERE ticket_type_id = $1',
        values: [ticketTypeId],
      });
      return rows[0]?.show_id;
    },
    async listOf(orderId) {
      const { rows } = await pool.query<TicketRow>({
        name: 'tickets.list-of',
        text: `${TICKET} WHERE k.order_id = $1 ORDER BY k.number`,
        values: [orderId],
      });
      return rows;
    },
    async list(userId, { limit, cursor = FIRST_CURSOR }) {
      const [orderId, number] = cursor.split('_');
      const { rows } = await pool.query<TicketRow>({
        name: 'tickets.list',
        text: `${TICKET} WHERE k.user_id = $1 AND (k.order_id, k.number) < ($2, $3)
               ORDER BY k.order_id DESC, k.number DESC LIMIT $4`,
        values: [userId, orderId, number, limit],
      });
      return rows;
    },
  };
}
