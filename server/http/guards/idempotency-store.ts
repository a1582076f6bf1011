import type { Pool } from 'pg';

/** A request with an Idempotency-Key. */
export interface KeyedRequest {
  userId: string;
  /** Method and path template. */
  route: string;
  key: string;
  requestHash: Buffer;
}

export interface RecordedAnswer {
  status: number;
  body: string;
}

/**
 * `claims` counts the claims of this key, the new one included. A claim with a lower number that is still being worked on
 * has lost the key.
 */
export type ClaimOutcome =
  | { outcome: 'claimed'; effectId: string; claims: number }
  | { outcome: 'answered'; answer: RecordedAnswer }
  | { outcome: 'in_flight' | 'reused' };

export interface IdempotencyStore {
  /** Claims a key that is new, has expired, or was left without an answer. `effectId` is used for a new key. */
  claim(request: KeyedRequest, effectId: string): Promise<ClaimOutcome>;
  /** Stores the answer. Resolves to false when another request has claimed the key meanwhile. */
  record(request: KeyedRequest, claims: number, answer: RecordedAnswer): Promise<boolean>;
  /** Ends the lease, so that the same request can be tried again at once. */
  giveUp(request: KeyedRequest, claims: number): Promise<void>;
}

/** Expired rows deleted with each new claim. More than one, so that the number of expired rows goes down. */
const CLEANED_PER_CLAIM = 2;

export function createIdempotencyStore(
  pool: Pool,
  options: { keyTtlMs: number; leaseMs: number },
): IdempotencyStore {
  const { keyTtlMs, leaseMs } = options;

  async function take({ userId, route, key, requestHash }: KeyedRequest, effectId: string) {
    const { rows } = await pool.query<{ effectId: string; claims: number }>({
      name: 'idempotency.claim',
      text: `WITH cleaned AS (
               DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM idempotency_keys
                 WHERE expires_at <= now() AND (user_id, route, key) <> ($1, $2, $3)
                 ORDER BY expires_at LIMIT ${CLEANED_PER_CLAIM} FOR UPDATE SKIP LOCKED))
             )
             INSERT INTO idempotency_keys AS known
               (user_id, route, key, request_hash, effect_id, claimed_until, expires_at)
             VALUES ($1, $2, $3, $4, $5, now() + $6 * interval '1 millisecond',
                     now() + $7 * interval '1 millisecond')
             ON CONFLICT (user_id, route, key) DO UPDATE SET
               request_hash = excluded.request_hash,
               effect_id = CASE WHEN known.expires_at <= now() THEN excluded.effect_id ELSE known.effect_id END,
               claims = known.claims + 1,
               claimed_until = excluded.claimed_until,
               status = NULL,
               body = NULL,
               expires_at = excluded.expires_at
             WHERE known.expires_at <= now()
                OR (known.status IS NULL AND known.claimed_until <= now()
                    AND known.request_hash = excluded.request_hash)
             RETURNING effect_id AS "effectId", claims`,
      values: [userId, route, key, requestHash, effectId, leaseMs, keyTtlMs],
    });
    return rows[0];
  }

  async function look({ userId, route, key, requestHash }: KeyedRequest) {
    const { rows } = await pool.query<{
      isSame: boolean;
      status: number | null;
      body: string;
    }>({
      name: 'idempotency.look',
      text: `SELECT request_hash = $4 AS "isSame", status, body FROM idempotency_keys
             WHERE user_id = $1 AND route = $2 AND key = $3`,
      values: [userId, route, key, requestHash],
    });
    return rows[0];
  }

  return {
    async claim(request, effectId) {
      const taken = await take(request, effectId);
      if (taken !== undefined) return { outcome: 'claimed', ...taken };
      const known = await look(request);
      if (known?.isSame === false) return { outcome: 'reused' };
      if (known === undefined || known.status === null) return { outcome: 'in_flight' };
      return { outcome: 'answered', answer: { status: known.status, body: known.body } };
    },
    async record({ userId, route, key }, claims, { status, body }) {
      const { rowCount } = await pool.query({
        name: 'idempotency.record',
        text: `UPDATE idempotency_keys SET status = $5, body = $6
               WHERE user_id = $1 AND route = $2 AND key = $3 AND claims = $4`,
        values: [userId, route, key, claims, status, body],
      });
      return rowCount === 1;
    },
    async giveUp({ userId, route, key }, claims) {
      await pool.query({
        name: 'idempotency.give-up',
        text: `UPDATE idempotency_keys SET claimed_until = now()
               WHERE user_id = $1 AND route = $2 AND key = $3 AND claims = $4`,
        values: [userId, route, key, claims],
      });
    },
  };
}
