import type { Pool, PoolClient } from 'pg';
import QueryStream from 'pg-query-stream';
import type {
  EvidenceDescription,
  LedgerEnd,
  LedgerHotStock,
  LedgerRowKind,
} from '../../src/protocol/ledger.ts';

/** An SQL expression for a time as ISO text, in UTC to the microsecond, which is the precision of PostgreSQL. */
const iso = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/**
 * One query per kind of row, each with finished JSON lines as its result (see `src/protocol/ledger.ts`): PostgreSQL writes
 * them faster than the server could, and a ledger of a million rows never becomes a million objects here.
 */
const QUERIES = {
  inventory: `SELECT json_build_object(
     'row', 'inventory', 'skuId', sku_id, 'total', total_count, 'available', available_count,
     'reserved', reserved_count, 'sold', sold_count, 'sequence', sequence)::text AS line
   FROM inventory WHERE $1::text IS NULL OR sku_id = $1 ORDER BY sku_id`,

  reservation: `SELECT json_build_object(
     'row', 'reservation', 'reservationId', reservation_id, 'userId', user_id, 'skuId', sku_id,
     'quantity', quantity, 'status', status, 'lapsed', status = 'RESERVED' AND expires_at <= now(),
     'callId', call_id, 'createdAt', ${iso('created_at')},
     'expiresAt', ${iso('expires_at')})::text AS line
   FROM reservations WHERE $1::text IS NULL OR sku_id = $1 ORDER BY reservation_id`,

  order: `SELECT json_build_object(
     'row', 'order', 'orderId', order_id, 'reservationId', reservation_id, 'userId', user_id,
     'skuId', sku_id, 'quantity', quantity, 'totalPrice', total_price::text, 'status', status,
     'callId', call_id, 'createdAt', ${iso('created_at')})::text AS line
   FROM orders WHERE $1::text IS NULL OR sku_id = $1 ORDER BY order_id`,

  movement: `SELECT json_build_object(
     'row', 'movement', 'skuId', sku_id, 'sequence', sequence, 'kind', kind, 'quantity', quantity,
     'reservationId', reservation_id, 'at', ${iso('created_at')})::text AS line
   FROM stock_movements WHERE $1::text IS NULL OR sku_id = $1 ORDER BY sku_id, sequence`,

  // The payment of a basket is one for each of its orders: each has its price of it, and the first one what is left.
  payment: `SELECT json_build_object(
     'row', 'payment', 'transactionId',
     CASE WHEN o.payment_id IS NULL THEN o.transaction_id
          ELSE (SELECT transaction_id FROM orders f WHERE f.order_id = o.payment_id)
     END, 'skuId', o.sku_id, 'userId', o.user_id, 'orderId', o.order_id, 'amount',
     (CASE WHEN o.payment_id IS NOT NULL THEN o.total_price
           WHEN o.basket_id IS NULL THEN p.amount
           ELSE p.amount - coalesce((SELECT sum(total_price) FROM orders l WHERE l.payment_id = o.order_id), 0)
      END)::text,
     'status', p.status)::text AS line
   FROM orders o
   JOIN payments p ON p.order_id = coalesce(o.payment_id, o.order_id)
   WHERE $1::text IS NULL OR o.sku_id = $1 ORDER BY o.order_id`,

  voucher: `SELECT json_build_object(
     'row', 'voucher', 'voucherId', voucher_id, 'code', code, 'campaignId', campaign_id, 'skuId', campaign_id,
     'userId', user_id, 'orderId', order_id, 'issuedAt', ${iso('issued_at')},
     'usedAt', ${iso('used_at')}, 'usedByCallId', used_by_call_id)::text AS line
   FROM vouchers WHERE $1::text IS NULL OR campaign_id = $1 ORDER BY order_id`,

  reward: `SELECT json_build_object(
     'row', 'reward', 'questId', quest_id, 'skuId', campaign_id, 'userId', user_id, 'outcome', voucher_outcome,
     'orderId', CASE WHEN voucher_outcome = 'GIVEN' THEN voucher_order_id END)::text AS line
   FROM quest_progress JOIN quests USING (quest_id)
   WHERE voucher_outcome IS NOT NULL AND ($1::text IS NULL OR campaign_id = $1) ORDER BY quest_id, user_id`,

  attempt: `SELECT json_build_object(
     'row', 'attempt', 'saleId', sale_id, 'skuId', sku_id, 'userId', user_id, 'status', status,
     'orderId', order_id, 'callId', call_id,
     'createdAt', ${iso('created_at')})::text AS line
   FROM purchase_attempts JOIN flash_sales USING (sale_id)
   WHERE $1::text IS NULL OR sku_id = $1 ORDER BY attempt_id`,

  ticket: `SELECT json_build_object(
     'row', 'ticket', 'ticketId', ticket_id, 'skuId', ticket_type_id, 'userId', user_id, 'orderId', order_id,
     'issuedAt', ${iso('issued_at')}, 'checkedInAt', ${iso('checked_in_at')}, 'checkedInBy', checked_in_by,
     'gate', gate, 'checkedInByCallId', checked_in_by_call_id)::text AS line
   FROM tickets WHERE $1::text IS NULL OR ticket_type_id = $1 ORDER BY order_id, number`,

  line: `SELECT json_build_object(
     'row', 'line', 'basketId', r.basket_id, 'skuId', r.sku_id, 'userId', r.user_id,
     'reservationId', r.reservation_id, 'orderId', o.order_id)::text AS line
   FROM reservations r
   LEFT JOIN orders o ON o.reservation_id = r.reservation_id AND o.status <> 'FAILED'
   WHERE r.basket_id IS NOT NULL AND ($1::text IS NULL OR r.sku_id = $1) ORDER BY r.reservation_id`,
} satisfies Partial<Record<LedgerRowKind, string>>;

/** All queries, the features' own among them. */
const queriesOf = ({ ownQueries }: LedgerSources): Partial<Record<LedgerRowKind, string>> => ({
  ...QUERIES,
  ...ownQueries,
});

/** Lines are joined into chunks of about this many characters, because a write per line costs more than reading the row. */
const CHUNK_CHARACTERS = 65_536;

export interface LedgerSources {
  pool: Pool;
  /** The groups that handle this server's events. */
  consumers: EvidenceDescription['consumers'];
  /**
   * The queries of features: for what the groups have handled and have still to handle, for what users were told, and for what is
   * stored and counted of a sale.
   */
  ownQueries: Record<'delivery' | 'notification' | 'backlog' | 'track' | 'bucket', string>;
  /** The hot store's counts of available units, in the order of the SKUs; absent when there is no hot store. */
  readHotStock?(skuIds: string[]): Promise<(number | null)[]>;
}

/** Describes the evidence that a ledger of these sources gives of a sale. */
export const describeEvidence = (sources: LedgerSources): EvidenceDescription => ({
  ledger: [
    ...(Object.keys(queriesOf(sources)) as LedgerRowKind[]),
    ...(sources.readHotStock === undefined ? [] : ['hot_stock' as const]),
  ],
  sequences: true,
  // All times are PostgreSQL's.
  oneClock: true,
  consumers: sources.consumers.map(({ group, topics }) => ({ group, topics })),
});

/**
 * Yields the whole ledger, or the part of one SKU, as NDJSON text from one snapshot: all rows are of the same moment, however
 * much is sold meanwhile. The last line has the number of rows of each kind. The connection is released at the end of the
 * iteration, also when it is ended early.
 */
export async function* streamLedger(
  sources: LedgerSources,
  skuId: string | undefined,
): AsyncGenerator<string> {
  const { pool, readHotStock } = sources;
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const counts: LedgerEnd['counts'] = {};
    for (const [kind, text] of Object.entries(queriesOf(sources)) as [LedgerRowKind, string][]) {
      let chunk = '';
      counts[kind] = 0;
      for await (const line of lines(client, text, skuId)) {
        counts[kind]++;
        chunk += `${line}\n`;
        if (chunk.length >= CHUNK_CHARACTERS) {
          yield chunk;
          chunk = '';
        }
      }
      if (chunk !== '') yield chunk;
    }
    if (readHotStock !== undefined) {
      const hotStock = await readHotStockRows(client, readHotStock, skuId);
      counts.hot_stock = hotStock.length;
      if (hotStock.length > 0) yield hotStock.map((row) => `${JSON.stringify(row)}\n`).join('');
    }
    yield `${JSON.stringify({ row: 'end', counts } satisfies LedgerEnd)}\n`;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // A connection that failed is closed, because its state is not known.
    if (failure === undefined) await client.query('COMMIT').catch((error) => (failure = error));
    client.release(failure);
  }
}

async function* lines(
  client: PoolClient,
  text: string,
  skuId: string | undefined,
): AsyncGenerator<string> {
  const stream = client.query(
    new QueryStream(text, [skuId ?? null], { batchSize: 500, rowMode: 'array' }),
  );
  for await (const row of stream) yield (row as [string])[0];
}

/** The counts of the hot store, all null when it cannot be read. */
async function readHotStockRows(
  client: PoolClient,
  readHotStock: NonNullable<LedgerSources['readHotStock']>,
  skuId: string | undefined,
): Promise<LedgerHotStock[]> {
  const { rows } = await client.query<{ sku_id: string }>(
    'SELECT sku_id FROM inventory WHERE $1::text IS NULL OR sku_id = $1 ORDER BY sku_id',
    [skuId ?? null],
  );
  const skuIds = rows.map((row) => row.sku_id);
  const available = await readHotStock(skuIds).catch(() => []);
  return skuIds.map((id, place) => ({
    row: 'hot_stock',
    skuId: id,
    available: available[place] ?? null,
  }));
}
