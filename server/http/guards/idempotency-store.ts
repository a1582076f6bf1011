import type { Pool } from 'pg';
import { createGroupCommit } from '../../platform/group-commit.ts';
import { mayBeOneRequestsFault, uuidArray } from '../../platform/postgres.ts';

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
/** A larger batch gains nothing, and all calls in it wait longer. */
const BATCH_MAX = 256;

interface ClaimRequest extends KeyedRequest {
  effectId: string;
}

interface AnsweredRequest extends KeyedRequest {
  claims: number;
  answer: RecordedAnswer;
}

/**
 * Keys are claimed, and answers recorded, in groups: while one statement commits, the requests that come meanwhile form the
 * next batch.
 */
export function createIdempotencyStore(
  pool: Pool,
  options: { keyTtlMs: number; leaseMs: number },
): IdempotencyStore {
  const { keyTtlMs, leaseMs } = options;
  const grouped = {
    keyOf: () => '',
    conflictKey: nameOf,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault,
  };
  const claims = createGroupCommit<ClaimRequest, Claimed | undefined>({
    ...grouped,
    execute: (_, batch) => take(batch),
  });
  const answers = createGroupCommit<AnsweredRequest, boolean>({
    ...grouped,
    execute: (_, batch) => record(batch),
  });

  async function take(batch: ClaimRequest[]): Promise<(Claimed | undefined)[]> {
    const { rows } = await pool.query<Claimed & Named>({
      name: 'idempotency.claim',
      text: `WITH cleaned AS (
               DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM idempotency_keys
                 WHERE expires_at <= now() AND key <> ALL ($3)
                 ORDER BY expires_at LIMIT $8 FOR UPDATE SKIP LOCKED))
             )
             INSERT INTO idempotency_keys AS known
               (user_id, route, key, request_hash, effect_id, claimed_until, expires_at)
             SELECT user_id, route, key, request_hash, effect_id,
               now() + $6 * interval '1 millisecond', now() + $7 * interval '1 millisecond'
             FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::uuid[])
               AS q (user_id, route, key, request_hash, effect_id)
             ORDER BY user_id, route, key
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
             RETURNING user_id AS "userId", route, key, effect_id AS "effectId", claims`,
      values: [
        ...namesOf(batch),
        batch.map(({ requestHash }) => requestHash),
        uuidArray(batch.map(({ effectId }) => effectId)),
        leaseMs,
        keyTtlMs,
        CLEANED_PER_CLAIM * batch.length,
      ],
    });
    const taken = new Map(rows.map((row) => [nameOf(row), row]));
    return batch.map((request) => taken.get(nameOf(request)));
  }

  async function record(batch: AnsweredRequest[]): Promise<boolean[]> {
    const { rows } = await pool.query<{ place: number }>({
      name: 'idempotency.record',
      text: 'SELECT place FROM record_answers($1, $2, $3, $4, $5, $6)',
      values: [
        ...namesOf(batch),
        batch.map((request) => request.claims),
        batch.map(({ answer }) => answer.status),
        batch.map(({ answer }) => answer.body),
      ],
    });
    const places = new Set(rows.map(({ place }) => place));
    return batch.map((_, index) => places.has(index + 1));
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
      const taken = await claims.submit({ ...request, effectId });
      if (taken !== undefined) {
        return { outcome: 'claimed', effectId: taken.effectId, claims: taken.claims };
      }
      const known = await look(request);
      if (known?.isSame === false) return { outcome: 'reused' };
      if (known === undefined || known.status === null) return { outcome: 'in_flight' };
      return { outcome: 'answered', answer: { status: known.status, body: known.body } };
    },
    record: (request, claim, answer) => answers.submit({ ...request, claims: claim, answer }),
    async giveUp({ userId, route, key }, claim) {
      await pool.query({
        name: 'idempotency.give-up',
        text: `UPDATE idempotency_keys SET claimed_until = now()
               WHERE user_id = $1 AND route = $2 AND key = $3 AND claims = $4`,
        values: [userId, route, key, claim],
      });
    },
  };
}

interface Claimed {
  effectId: string;
  claims: number;
}

type Named = Pick<KeyedRequest, 'userId' | 'route' | 'key'>;

/** The name of a key, by which it is found. Routes and users have no line breaks. */
const nameOf = ({ userId, route, key }: Named): string => `${userId}\n${route}\n${key}`;

const namesOf = (batch: Named[]) => [
  uuidArray(batch.map(({ userId }) => userId)),
  batch.map(({ route }) => route),
  batch.map(({ key }) => key),
];
