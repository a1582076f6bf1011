import type { Pool, PoolClient } from 'pg';
import type { TicketType } from '../../../src/protocol/tickets.ts';
import { transaction } from '../../platform/postgres.ts';
import type { Reader } from '../../platform/replicas.ts';

export interface TicketTypeStore {
  /**
   * Puts a ticket type on sale, as a SKU, unless that was done before. `not_found` for a show of another organizer; a
   * cancelled show and one that has so many types already get no more.
   */
  insert(
    type: TicketType,
    organizerId: string,
  ): Promise<{ outcome: 'on_sale'; type: TicketType } | { outcome: InsertRefusal }>;
  find(ticketTypeId: string): Promise<TicketType | undefined>;
  /** The ticket types of a show, in the order in which they were put on sale; undefined for an unknown show. */
  listOf(showId: string): Promise<TicketType[] | undefined>;
  /** The tickets sold and checked in, as the queue has told so far. */
  countsOf(showId: string): Promise<{ sold: number; checkedIn: number }>;
  /**
   * Takes the tickets of a show off sale in the transaction that cancels it, which has the lock of the show. Resolves to
   * false, and does nothing, when somebody is in already.
   */
  endSale(tx: PoolClient, showId: string): Promise<boolean>;
}

export type InsertRefusal = 'not_found' | 'cancelled' | 'too_many';

export const TYPES_MAX = 100;

interface TypeRow {
  ticket_type_id: string;
  show_id: string;
  name: string;
  price: string;
  capacity: number;
  opens_at: Date;
  closes_at: Date;
  units_per_buyer: number;
}

const TYPE = `SELECT t.ticket_type_id, t.show_id, t.name, p.flash_sale_price AS price, p.total_inventory AS capacity,
  t.opens_at, t.closes_at, t.units_per_buyer
FROM ticket_types t JOIN products p ON p.sku_id = t.ticket_type_id`;

const describeType = (row: TypeRow): TicketType => ({
  ticketTypeId: row.ticket_type_id,
  eventId: row.show_id,
  name: row.name,
  price: row.price,
  capacity: row.capacity,
  opensAt: row.opens_at.toISOString(),
  closesAt: row.closes_at.toISOString(),
  ticketsPerBuyerMax: row.units_per_buyer,
});

/** Purchases are decided by the primary; lists that everybody may see come from `reader`. */
export function createTicketTypeStore(pool: Pool, reader: Reader): TicketTypeStore {
  return {
    insert: (type, organizerId) =>
      transaction(pool, async (tx) => {
        const { rows } = await tx.query<{ cancelled_at: Date | null; types: number }>({
          name: 'tickets.lock-show',
          // The lock waits for a cancellation under way, and for other types of the show.
          text: `SELECT cancelled_at,
                   (SELECT count(*) FROM ticket_types t WHERE t.show_id = s.show_id) AS types
                 FROM shows s WHERE show_id = $1 AND organizer_id = $2 FOR NO KEY UPDATE`,
          values: [type.eventId, organizerId],
        });
        const [show] = rows;
        if (show === undefined) return { outcome: 'not_found' };
        const known = await findIn(tx, type.ticketTypeId);
        if (known !== undefined) return { outcome: 'on_sale', type: known };
        if (show.cancelled_at !== null) return { outcome: 'cancelled' };
        if (show.types >= TYPES_MAX) return { outcome: 'too_many' };
        await tx.query({
          name: 'tickets.insert-type',
          text: `WITH product AS (
                   INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
                   SELECT $1, s.title || ': ' || $3, $4, $4, $5, 'ticket' FROM shows s WHERE s.show_id = $2
                   RETURNING sku_id, total_inventory
                 ), stocked AS (
                   INSERT INTO inventory (sku_id, total_count, available_count)
                   SELECT sku_id, total_inventory, total_inventory FROM product
                 )
                 INSERT INTO ticket_types (ticket_type_id, show_id, name, opens_at, closes_at, units_per_buyer,
                                           created_at)
                 SELECT sku_id, $2, $3, $6, $7, $8, clock_timestamp() FROM product`,
          values: [
            ...[type.ticketTypeId, type.eventId, type.name, type.price, type.capacity],
            ...[type.opensAt, type.closesAt, type.ticketsPerBuyerMax],
          ],
        });
        return { outcome: 'on_sale', type };
      }),

    find: (ticketTypeId) => findIn(pool, ticketTypeId),

    async listOf(showId) {
      const { rows } = await reader.query<TypeRow>({
        name: 'tickets.list-types',
        text: `${TYPE} WHERE t.show_id = $1 ORDER BY t.created_at, t.ticket_type_id`,
        values: [showId],
      });
      if (rows.length > 0) return rows.map(describeType);
      const known = await reader.query('SELECT FROM shows WHERE show_id = $1', [showId]);
      return known.rows.length === 0 ? undefined : [];
    },

    async countsOf(showId) {
      const { rows } = await reader.query<{ sold: number; checkedIn: number }>({
        name: 'tickets.counts',
        text: `SELECT sold, checked_in AS "checkedIn" FROM show_counts WHERE show_id = $1`,
        values: [showId],
      });
      return rows[0] ?? { sold: 0, checkedIn: 0 };
    },

    async endSale(tx, showId) {
      // A statement of its own: it sees the check-ins that were committed before the lock was had.
      const { rowCount } = await tx.query({
        name: 'tickets.is-anybody-in',
        text: `SELECT FROM tickets JOIN ticket_types USING (ticket_type_id)
               WHERE show_id = $1 AND checked_in_at IS NOT NULL LIMIT 1`,
        values: [showId],
      });
      if (rowCount !== 0) return false;
      await tx.query({
        name: 'tickets.end-sale',
        text: `UPDATE products p SET is_active = false FROM ticket_types t
               WHERE t.show_id = $1 AND p.sku_id = t.ticket_type_id`,
        values: [showId],
      });
      return true;
    },
  };
}

async function findIn(
  db: Pool | PoolClient,
  ticketTypeId: string,
): Promise<TicketType | undefined> {
  const { rows } = await db.query<TypeRow>({
    name: 'tickets.find-type',
    text: `${TYPE} WHERE t.ticket_type_id = $1`,
    values: [ticketTypeId],
  });
  return rows[0] && describeType(rows[0]);
}
