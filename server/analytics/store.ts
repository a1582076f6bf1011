import type { Pool } from 'pg';
import { type Difference, TRACK_TYPES } from '../../src/protocol/analytics.ts';
import { transaction } from '../platform/postgres.ts';
import type { Reader } from '../platform/replicas.ts';
import type { CountRow, CountsQuery } from './metrics-query.ts';
import type { StoredCall, TrackCall } from './track.ts';

export interface TrackStore {
  /** Stores the tracks of some calls, and counts them. The outcomes are in the order of the calls. */
  store(calls: TrackCall[]): Promise<StoredCall[]>;
  /** Makes the partitions of every day that a track may be of now, and of some days to come. */
  makePartitions(nowMs: number): Promise<void>;
  /** Ends the time of old tracks, and forgets the ids that can come no more. Returns how many ids were forgotten. */
  forget(nowMs: number, limit: number): Promise<number>;
  counts(query: CountsQuery): Promise<CountRow[]>;
  /** Counts the tracks of a day anew; undefined for a day that is not kept. */
  recount(day: string, shownMax: number): Promise<RecountedDay | undefined>;
}

/** The number of counts that were wrong, and the first of them. */
interface RecountedDay {
  corrected: number;
  shown: Difference[];
}

const DAY_MS = 86_400_000;
/** Days for which partitions are made ahead. */
const DAYS_AHEAD = 3;
/** A recount of a busy day takes longer than any other statement. */
const RECOUNT_MS_MAX = 300_000;

const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

export function createTrackStore(
  pool: Pool,
  { lateMsMax, retentionMs }: { lateMsMax: number; retentionMs: number },
  reader: Reader,
): TrackStore {
  return {
    async store(calls) {
      const sent = calls.flatMap(({ userId, callId, tracks }, call) =>
        tracks.map((track) => ({ call, userId, callId, ...track })),
      );
      const { rows } = await pool.query<{
        call: number;
        stored: number;
        unknown_sku: string | null;
      }>({
        name: 'analytics.store-tracks',
        text: 'SELECT * FROM store_tracks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
        values: [
          sent.map(({ call }) => call),
          sent.map(({ userId }) => userId),
          sent.map(({ trackId }) => trackId),
          sent.map(({ at }) => at ?? null),
          sent.map(({ type }) => type),
          sent.map(({ skuId }) => skuId ?? null),
          sent.map(({ units }) => units),
          sent.map(({ weight }) => weight),
          sent.map(({ details }) => details),
          sent.map(({ callId }) => callId ?? null),
        ],
      });
      const outcomes: StoredCall[] = calls.map(() => ({ outcome: 'stored', fresh: 0 }));
      for (const { call, stored, unknown_sku: skuId } of rows) {
        outcomes[call] =
          skuId === null ? { outcome: 'stored', fresh: stored } : { outcome: 'unknown_sku', skuId };
      }
      return outcomes;
    },

    async makePartitions(nowMs) {
      await pool.query('SELECT make_track_days($1, $2)', [
        dayOf(nowMs - lateMsMax - DAY_MS),
        dayOf(nowMs + DAYS_AHEAD * DAY_MS),
      ]);
    },

    async forget(nowMs, limit) {
      await pool.query('SELECT drop_track_days($1)', [dayOf(nowMs - retentionMs)]);
      const { rowCount } = await pool.query({
        name: 'analytics.forget-ids',
        text: `DELETE FROM track_ids WHERE (user_id, track_id) IN (
                 SELECT user_id, track_id FROM track_ids WHERE received_at < $1 LIMIT $2)`,
        values: [new Date(nowMs - lateMsMax - DAY_MS), limit],
      });
      return rowCount ?? 0;
    },

    async counts(query) {
      const { size, fromMs, toMs, value, groupBy, seriesMax, type, skuId, organizerId } = query;
      // Not prepared: which index is best depends on the conditions and on their values. The database leaves out what is too
      // much, because a crowd of SKUs has more counts than a process has memory.
      const { rows } = await reader.query<CountRow>(
        `WITH counted AS (
           SELECT ${groupBy === 'type' ? 'type' : "'' AS type"}, ${groupBy === 'sku' ? 'sku_id' : "'' AS sku_id"},
             at, sum(${value})::bigint AS value
           FROM bucket_counts
           WHERE size = $1 AND at >= $2 AND at < $3
             AND ($4::text IS NULL OR type = $4) AND ($5::text IS NULL OR sku_id = $5)
             AND ($6::uuid IS NULL OR sku_id IN (
               SELECT ticket_type_id FROM ticket_types JOIN shows USING (show_id) WHERE organizer_id = $6))
           GROUP BY 1, 2, 3
         ), greatest_series AS (
           SELECT type, sku_id, count(*) OVER () AS series
           FROM counted GROUP BY type, sku_id ORDER BY sum(value) DESC, type, sku_id LIMIT $7
         )
         SELECT ${groupBy === 'type' ? 'type' : 'NULL AS type'}, ${groupBy === 'sku' ? 'sku_id' : 'NULL AS sku_id'},
           at, value, series
         FROM counted JOIN greatest_series USING (type, sku_id) ORDER BY at`,
        [size, new Date(fromMs), new Date(toMs), type, skuId, organizerId, seriesMax],
      );
      return rows;
    },

    recount: (day, shownMax) =>
      transaction(pool, async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${RECOUNT_MS_MAX}`);
        const { rows } = await tx.query<RecountedDay>(
          'SELECT corrected, shown FROM recount_track_day($1, $2, $3)',
          [day, TRACK_TYPES, shownMax],
        );
        return rows[0];
      }),
  };
}
