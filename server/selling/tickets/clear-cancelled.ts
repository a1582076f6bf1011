import type { Pool } from 'pg';
import type { BasketLedger, StockLedger } from '../../stock/ledger.ts';

/** Shows of one pass; each is read anew in the next one until nothing of it is left. */
const SHOWS_MAX = 20;
/** Calls of the ledger at the same time. */
const AT_ONCE = 50;

interface Leftover {
  sku_id: string;
  user_id: string;
  reservation_id: string;
  /** Null for a hold that nobody pays for. */
  order_id: string | null;
  /** Set for the line of a basket, which ends as a whole: its tickets are all of one show. */
  basket_id: string | null;
}

/**
 * Ends the holds of tickets of cancelled shows, and cancels the orders: the payments give back the money of an order that is
 * cancelled. Nothing new comes, because the tickets were taken off sale when the show was cancelled; what is on its way is
 * found by a later pass. Any number of servers may do this at the same time.
 *
 * @returns a function that ends up to about `limit` of them and resolves to their number
 */
export function createClearCancelled(deps: {
  pool: Pool;
  ledger: Pick<StockLedger, 'release' | 'cancelOrder'>;
  baskets: Pick<BasketLedger, 'releaseBasket' | 'cancelBasket'>;
}): (limit: number) => Promise<number> {
  const { pool, ledger, baskets } = deps;

  return async function clearCancelled(limit) {
    let ended = 0;
    for (const showId of await listToClear(pool)) {
      const leftovers = await listLeftovers(pool, showId, limit - ended);
      if (leftovers.length === 0) await markCleared(pool, showId);
      for (let done = 0; done < leftovers.length; done += AT_ONCE) {
        await Promise.all(leftovers.slice(done, done + AT_ONCE).map(end));
      }
      ended += leftovers.length;
      if (ended >= limit) break;
    }
    return ended;
  };

  async function end({ sku_id: skuId, user_id: userId, ...leftover }: Leftover): Promise<void> {
    const { order_id: orderId, reservation_id: holdId, basket_id: basketId } = leftover;
    if (basketId !== null) {
      if (orderId === null) await baskets.releaseBasket({ basketId, userId });
      else await baskets.cancelBasket({ basketId, userId });
      return;
    }
    if (orderId === null) await ledger.release({ holdId, userId, skuId });
    else await ledger.cancelOrder({ orderId, userId, skuId });
  }
}

async function listToClear(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ show_id: string }>({
    name: 'tickets.list-to-clear',
    text: `SELECT show_id FROM shows WHERE cancelled_at IS NOT NULL AND cleared_at IS NULL
           ORDER BY cancelled_at LIMIT ${SHOWS_MAX}`,
  });
  return rows.map((row) => row.show_id);
}

/** Reads the holds by the log of movements, which has every hold of a SKU in one place. */
async function listLeftovers(pool: Pool, showId: string, limit: number): Promise<Leftover[]> {
  const { rows } = await pool.query<Leftover>({
    name: 'tickets.list-leftovers',
    text: `SELECT r.sku_id, r.user_id, r.reservation_id, o.order_id, r.basket_id
           FROM ticket_types t
           JOIN stock_movements m ON m.sku_id = t.ticket_type_id AND m.kind = 'RESERVED'
           JOIN reservations r USING (reservation_id)
           LEFT JOIN orders o
             ON o.reservation_id = r.reservation_id AND o.status IN ('PENDING', 'CONFIRMED')
           WHERE t.show_id = $1
             AND (o.order_id IS NOT NULL OR (r.status = 'RESERVED' AND r.expires_at > now()))
           LIMIT $2`,
    values: [showId, limit],
  });
  return rows;
}

/**
 * Marks a show as cleared, if no hold of it is live or may yet be sold: a hold that has lapsed cannot be bought, but its row
 * says so only when it is swept.
 */
async function markCleared(pool: Pool, showId: string): Promise<void> {
  await pool.query({
    name: 'tickets.mark-cleared',
    text: `UPDATE shows SET cleared_at = now()
           WHERE show_id = $1 AND NOT EXISTS (
             SELECT FROM ticket_types t JOIN inventory i ON i.sku_id = t.ticket_type_id
             WHERE t.show_id = $1 AND i.reserved_count > 0
           )`,
    values: [showId],
  });
}
