import pg, { type Pool, type PoolClient } from 'pg';
import type { z } from 'zod';
import { TOPICS } from '../../../src/protocol/events.ts';
import type {
  AttemptStatus,
  SeededFlashSales,
  SeedFlashSales,
} from '../../../src/protocol/flash-sales.ts';
import type { DescribedSale, FlashSale } from './flash-sale.ts';

export interface AttemptRequest {
  attemptId: string;
  orderId: string;
  sale: FlashSale;
  userId: string;
  clientAttemptId: string | undefined;
}

export type AttemptDecision = 'accepted' | 'already_attempted' | 'sold_out';

export interface FlashSaleStore {
  /**
   * Makes sales exist, all or none. One that exists, or whose product has another sale, stays as it is. Undefined: a
   * product is missing.
   */
  put(sales: z.output<typeof SeedFlashSales>['sales']): Promise<SeededFlashSales | undefined>;
  find(saleId: string): Promise<FlashSale | undefined>;
  /** The sale that is on, else the most recent one. */
  findCurrent(): Promise<DescribedSale | undefined>;
  /**
   * Decides a batch of attempts at one sale in their order: as many are accepted as there are units, one a user. An
   * accepted one is logged and in the outbox when this resolves.
   */
  accept(requests: AttemptRequest[]): Promise<AttemptDecision[]>;
  /** The sale of an accepted attempt. */
  findSaleOf(attemptId: string): Promise<FlashSale | undefined>;
  hasAttempted(saleId: string, userId: string): Promise<boolean>;
  /** The status of a user's attempt to buy a product; PENDING when there is none. */
  statusOf(skuId: string, userId: string): Promise<AttemptStatus>;
  /** What the hot store is filled with. */
  readForHotStore(skuId: string): Promise<HotSale | undefined>;
  /** Writes down what has become of attempts that were pending. */
  decide(db: PoolClient, decisions: { attemptId: string; isSuccess: boolean }[]): Promise<void>;
}

export interface HotSale {
  /** Attempts that can still be accepted. */
  stock: number;
  users: { userId: string; status: AttemptStatus }[];
}

export function createFlashSaleStore(pool: Pool): FlashSaleStore {
  return {
    async put(sales) {
      const sorted = sales.toSorted((a, b) => (a.saleId < b.saleId ? -1 : 1));
      const inserted = await pool
        .query<{ sale_id: string }>(
          `INSERT INTO flash_sales (sale_id, sku_id, start_time, end_time, product_description)
         SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
         ON CONFLICT DO NOTHING
         RETURNING sale_id`,
          [
            sorted.map(({ saleId }) => saleId),
            sorted.map(({ skuId }) => skuId),
            sorted.map(({ startTime }) => startTime),
            sorted.map(({ endTime }) => endTime),
            sorted.map(({ productDescription }) => productDescription),
          ],
        )
        .catch((error: unknown) => {
          if (isMissingProduct(error)) return undefined;
          throw error;
        });
      if (inserted === undefined) return undefined;
      const { rows } = inserted;
      const created = new Set(rows.map((row) => row.sale_id));
      const ids = sorted.map(({ saleId }) => saleId);
      return {
        created: ids.filter((id) => created.has(id)),
        existing: ids.filter((id) => !created.has(id)),
      };
    },

    async find(saleId) {
      const { rows } = await pool.query<FlashSale>({
        name: 'flash-sales.find',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime"
               FROM flash_sales WHERE sale_id = $1`,
        values: [saleId],
      });
      return rows[0];
    },

    async findCurrent() {
      const { rows } = await pool.query<DescribedSale>({
        name: 'flash-sales.find-current',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime",
                 p.name AS "productName", product_description AS "productDescription"
               FROM flash_sales JOIN products p USING (sku_id)
               ORDER BY start_time <= now() AND now() < end_time DESC, start_time DESC LIMIT 1`,
      });
      return rows[0];
    },

    async accept(requests) {
      const { rows } = await pool.query<{ decision: AttemptDecision }>({
        name: 'flash-sales.accept',
        // The sale's row is read under its lock, so its count is the newest; who has attempted may have been read
        // before the wait for the lock, and then the unique key decides.
        text: `WITH request AS (
                 SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) WITH ORDINALITY
                   AS r (attempt_id, order_id, user_id, client_attempt_id, place)
               ),
               sale AS (
                 SELECT s.sale_id, s.sku_id, i.total_count - s.accepted_count AS room
                 FROM flash_sales s JOIN inventory i USING (sku_id)
                 WHERE s.sale_id = $1 FOR UPDATE OF s
               ),
               judged AS (
                 SELECT request.*, sale.sku_id, sale.room,
                   EXISTS (SELECT FROM purchase_attempts a
                           WHERE a.sale_id = $1 AND a.user_id = request.user_id) AS is_known
                 FROM sale CROSS JOIN request
               ),
               wished AS (
                 SELECT *, NOT is_known AND count(*) FILTER (WHERE NOT is_known) OVER (ORDER BY place) <= room
                   AS is_wished
                 FROM judged
               ),
               accepted AS (
                 INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, order_id, client_attempt_id)
                 SELECT attempt_id, $1, user_id, order_id, client_attempt_id FROM wished WHERE is_wished ORDER BY place
                 ON CONFLICT (sale_id, user_id) DO NOTHING
                 RETURNING attempt_id
               ),
               told AS (
                 INSERT INTO outbox (topic, key, type, payload, created_at)
                 SELECT $6, user_id::text, 'ATTEMPTED',
                        jsonb_build_object('attemptId', attempt_id, 'orderId', order_id, 'saleId', $1::text,
                                           'skuId', sku_id, 'userId', user_id, 'clientAttemptId', client_attempt_id),
                        now()
                 FROM wished JOIN accepted USING (attempt_id) ORDER BY place
               ),
               counted AS (
                 UPDATE flash_sales SET accepted_count = accepted_count + n
                 FROM (SELECT count(*)::int AS n FROM accepted) c WHERE sale_id = $1 AND n > 0
               )
               SELECT CASE WHEN accepted.attempt_id IS NOT NULL THEN 'accepted'
                           WHEN is_known OR is_wished THEN 'already_attempted'
                           ELSE 'sold_out' END AS decision
               FROM wished LEFT JOIN accepted USING (attempt_id) ORDER BY place`,
        values: [
          requests[0]?.sale.saleId,
          requests.map(({ attemptId }) => attemptId),
          requests.map(({ orderId }) => orderId),
          requests.map(({ userId }) => userId),
          requests.map(({ clientAttemptId }) => clientAttemptId ?? null),
          TOPICS.attempts,
        ],
      });
      return rows.map(({ decision }) => decision);
    },

    async findSaleOf(attemptId) {
      const { rows } = await pool.query<FlashSale>({
        name: 'flash-sales.find-of-attempt',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime"
               FROM flash_sales JOIN purchase_attempts USING (sale_id) WHERE attempt_id = $1`,
        values: [attemptId],
      });
      return rows[0];
    },

    async hasAttempted(saleId, userId) {
      const { rowCount } = await pool.query({
        name: 'flash-sales.has-attempted',
        text: 'SELECT 1 FROM purchase_attempts WHERE sale_id = $1 AND user_id = $2',
        values: [saleId, userId],
      });
      return rowCount === 1;
    },

    async statusOf(skuId, userId) {
      const { rows } = await pool.query<{ status: AttemptStatus }>({
        name: 'flash-sales.status-of',
        text: `SELECT a.status::text FROM purchase_attempts a JOIN flash_sales USING (sale_id)
               WHERE sku_id = $1 AND user_id = $2`,
        values: [skuId, userId],
      });
      return rows[0]?.status ?? 'PENDING';
    },

    async readForHotStore(skuId) {
      const { rows } = await pool.query<HotSale>({
        name: 'flash-sales.read-for-hot-store',
        text: `SELECT i.total_count - s.accepted_count AS stock,
                 (SELECT coalesce(json_agg(json_build_object('userId', user_id, 'status', status)), '[]')
                  FROM purchase_attempts a WHERE a.sale_id = s.sale_id) AS users
               FROM flash_sales s JOIN inventory i USING (sku_id) WHERE s.sku_id = $1`,
        values: [skuId],
      });
      return rows[0];
    },

    async decide(db, decisions) {
      await db.query({
        name: 'flash-sales.decide',
        text: `WITH decided AS (
                 UPDATE purchase_attempts a
                 SET status = CASE WHEN d.is_success THEN 'SUCCESS' ELSE 'FAILED' END::attempt_status,
                     decided_at = now()
                 FROM unnest($1::uuid[], $2::boolean[]) AS d (attempt_id, is_success)
                 WHERE a.attempt_id = d.attempt_id AND a.status = 'PENDING'
                 RETURNING a.sale_id, d.is_success
               )
               UPDATE flash_sales s SET accepted_count = s.accepted_count - f.n
               FROM (SELECT sale_id, count(*)::int AS n FROM decided WHERE NOT is_success GROUP BY sale_id) f
               WHERE s.sale_id = f.sale_id`,
        values: [
          decisions.map(({ attemptId }) => attemptId),
          decisions.map(({ isSuccess }) => isSuccess),
        ],
      });
    },
  };
}

const FOREIGN_KEY_VIOLATION = '23503';
const isMissingProduct = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === FOREIGN_KEY_VIOLATION;
