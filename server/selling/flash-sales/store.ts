import type { Pool } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import type { AttemptStatus, SeededFlashSales } from '../../../src/protocol/flash-sales.ts';
import type { AttemptDecision, DescribedSale, FlashSale } from './flash-sale.ts';
import { type NotPut, putFlashSales, type Wanted } from './put-flash-sales.ts';

export interface AttemptRequest {
  attemptId: string;
  saleId: string;
  userId: string;
  callId: string | undefined;
}

/** An accepted attempt that is not decided yet. */
export interface OpenAttempt {
  attemptId: string;
  userId: string;
  skuId: string;
  /** The id of the reservation by which the attempt buys; it may not be made yet. */
  holdId: string;
  callId: string | null;
}

/** The end of an attempt: an order, or none when it has failed. */
export interface AttemptEnd {
  attemptId: string;
  orderId: string | undefined;
}

export interface AttemptResult {
  userId: string;
  skuId: string;
  isSuccess: boolean;
}

export interface FlashSaleStore {
  /** Creates the sales that do not exist yet, all or none. From then on their products are sold by attempts alone. */
  put(sales: Wanted): Promise<SeededFlashSales | NotPut>;
  find(saleId: string): Promise<FlashSale | undefined>;
  /** The sale that is on, else the most recent one. */
  findCurrent(): Promise<DescribedSale | undefined>;
  /**
   * Decides a batch of attempts at one sale in their order: it accepts as many as there are units, one per user. Accepted
   * attempts and their events are committed when this resolves.
   */
  accept(saleId: string, requests: AttemptRequest[]): Promise<AttemptDecision[]>;
  /** The sale of an accepted attempt. */
  findSaleOf(attemptId: string): Promise<FlashSale | undefined>;
  hasAttempted(saleId: string, userId: string): Promise<boolean>;
  /** The status of a user's attempt to buy a product; PENDING when there is none. */
  statusOf(skuId: string, userId: string): Promise<AttemptStatus>;
  /** The data with which the hot store is filled. */
  readForHotStore(skuId: string): Promise<HotSale | undefined>;
  /** Those of the attempts that are not decided yet. One whose hold has ended gets the id of a new hold. */
  findOpen(attemptIds: string[]): Promise<OpenAttempt[]>;
  /** The order of a sold reservation. */
  findOrderOf(holdId: string): Promise<string | undefined>;
  /** The order by which a user has bought a product. */
  findOrder(skuId: string, userId: string): Promise<string | undefined>;
  /** Records the ends of attempts. An attempt that has ended before keeps its first end. */
  decide(ends: AttemptEnd[]): Promise<void>;
  /** The results of those of the attempts that are decided. */
  findResults(attemptIds: string[]): Promise<AttemptResult[]>;
}

export interface HotSale {
  /** Attempts that can still be accepted. */
  stock: number;
  users: { userId: string; status: AttemptStatus }[];
}

export function createFlashSaleStore(pool: Pool): FlashSaleStore {
  return {
    put: (sales) => putFlashSales(pool, sales),

    async find(saleId) {
      const { rows } = await pool.query<Dated<FlashSale>>({
        name: 'flash-sales.find',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime"
               FROM flash_sales WHERE sale_id = $1`,
        values: [saleId],
      });
      return rows[0] && dated(rows[0]);
    },

    async findCurrent() {
      const { rows } = await pool.query<Dated<DescribedSale>>({
        name: 'flash-sales.find-current',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime",
                 p.name AS "productName", product_description AS "productDescription"
               FROM flash_sales JOIN products p USING (sku_id)
               ORDER BY start_time <= now() AND now() < end_time DESC, start_time DESC LIMIT 1`,
      });
      return rows[0] && dated(rows[0]);
    },

    async accept(saleId, requests) {
      const { rows } = await pool.query<{ decision: AttemptDecision }>({
        name: 'flash-sales.accept',
        text: 'SELECT decision FROM accept_attempts($1, $2, $3, $4, $5)',
        values: [
          saleId,
          requests.map(({ attemptId }) => attemptId),
          requests.map(({ userId }) => userId),
          requests.map(({ callId }) => callId ?? null),
          TOPICS.attempts,
        ],
      });
      return rows.map(({ decision }) => decision);
    },

    async findSaleOf(attemptId) {
      const { rows } = await pool.query<Dated<FlashSale>>({
        name: 'flash-sales.find-sale-of',
        text: `SELECT sale_id AS "saleId", sku_id AS "skuId", start_time AS "startTime", end_time AS "endTime"
               FROM flash_sales JOIN purchase_attempts USING (sale_id) WHERE attempt_id = $1`,
        values: [attemptId],
      });
      return rows[0] && dated(rows[0]);
    },

    async hasAttempted(saleId, userId) {
      const { rowCount } = await pool.query({
        name: 'flash-sales.has-attempted',
        text: 'SELECT FROM purchase_attempts WHERE sale_id = $1 AND user_id = $2',
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
        text: `SELECT room_for_attempts(s.sale_id) AS stock,
                 (SELECT coalesce(json_agg(json_build_object('userId', user_id, 'status', status)), '[]')
                  FROM purchase_attempts a WHERE a.sale_id = s.sale_id) AS users
               FROM flash_sales s WHERE s.sku_id = $1`,
        values: [skuId],
      });
      return rows[0];
    },

    async findOpen(attemptIds) {
      const { rows } = await pool.query<OpenAttempt>({
        name: 'flash-sales.find-open',
        text: `WITH renewed AS (
                 UPDATE purchase_attempts a SET hold_id = gen_random_uuid()
                 FROM reservations r
                 WHERE a.attempt_id = ANY ($1) AND a.status = 'PENDING' AND r.reservation_id = a.hold_id
                   AND r.status <> 'CONFIRMED' AND (r.status <> 'RESERVED' OR r.expires_at <= now())
                 RETURNING a.attempt_id, a.hold_id
               )
               SELECT a.attempt_id AS "attemptId", a.user_id AS "userId", s.sku_id AS "skuId",
                 coalesce(renewed.hold_id, a.hold_id) AS "holdId", a.call_id AS "callId"
               FROM purchase_attempts a JOIN flash_sales s USING (sale_id) LEFT JOIN renewed USING (attempt_id)
               WHERE a.attempt_id = ANY ($1) AND a.status = 'PENDING'`,
        values: [attemptIds],
      });
      return rows;
    },

    async findOrderOf(holdId) {
      const { rows } = await pool.query<{ order_id: string }>({
        name: 'flash-sales.find-order-of',
        text: `SELECT order_id FROM orders
               WHERE reservation_id = $1 AND status IN ('CONFIRMED', 'FULFILLED')`,
        values: [holdId],
      });
      return rows[0]?.order_id;
    },

    async findOrder(skuId, userId) {
      const { rows } = await pool.query<{ order_id: string }>({
        name: 'flash-sales.find-order',
        text: `SELECT o.order_id FROM reservations r JOIN orders o USING (reservation_id)
               WHERE r.user_id = $2 AND r.sku_id = $1 AND r.status = 'CONFIRMED'
                 AND o.status IN ('CONFIRMED', 'FULFILLED')`,
        values: [skuId, userId],
      });
      return rows[0]?.order_id;
    },

    async decide(ends) {
      await pool.query({
        name: 'flash-sales.decide',
        text: `UPDATE purchase_attempts a
               SET status = CASE WHEN e.order_id IS NULL THEN 'FAILED' ELSE 'SUCCESS' END::attempt_status,
                   order_id = e.order_id, decided_at = now()
               FROM unnest($1::uuid[], $2::uuid[]) AS e (attempt_id, order_id)
               WHERE a.attempt_id = e.attempt_id AND a.status = 'PENDING'`,
        values: [
          ends.map(({ attemptId }) => attemptId),
          ends.map(({ orderId }) => orderId ?? null),
        ],
      });
    },

    async findResults(attemptIds) {
      const { rows } = await pool.query<AttemptResult>({
        name: 'flash-sales.find-results',
        text: `SELECT user_id AS "userId", sku_id AS "skuId", status = 'SUCCESS' AS "isSuccess"
               FROM purchase_attempts JOIN flash_sales USING (sale_id)
               WHERE attempt_id = ANY ($1) AND status <> 'PENDING'`,
        values: [attemptIds],
      });
      return rows;
    },
  };
}

/** A row as the driver returns it. */
type Dated<Sale extends FlashSale> = Omit<Sale, 'startTime' | 'endTime'> & {
  startTime: Date;
  endTime: Date;
};

const dated = <Row extends { startTime: Date; endTime: Date }>(row: Row) => ({
  ...row,
  startTime: row.startTime.toISOString(),
  endTime: row.endTime.toISOString(),
});
