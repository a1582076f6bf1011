import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import type { Track } from '../../src/protocol/analytics.ts';
import { BucketSize } from '../../src/protocol/bucket-size.ts';
import { openTestDatabase, type TestDatabase } from '../../test/database.ts';
import { createTrackStore, type TrackStore } from './store.ts';
import { rowOf, type TrackCall } from './track.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-03-10T12:00:00Z');
const limits = { lateMsMax: 2 * DAY_MS, retentionMs: 10 * DAY_MS };

let database: TestDatabase;
let store: TrackStore;
beforeAll(async () => {
  database = await openTestDatabase(8);
  store = createTrackStore(database.pool, limits, database.pool);
  await database.pool.query(
    `WITH product AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       SELECT sku, 'Thing', 9, 9, 1, 'test' FROM unnest(ARRAY['SHOE', 'HAT']) sku RETURNING sku_id)
     INSERT INTO inventory (inventory_id, sku_id, total_count, available_count)
     SELECT gen_random_uuid(), sku_id, 1, 1 FROM product`,
  );
});
afterAll(() => database.close());

const partitions = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'tracks'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name);
};

const callOf = (userId: string, tracks: Track[]): TrackCall => ({
  ...{ userId, callId: undefined },
  tracks: tracks.map(rowOf),
});

describe('S2.7 what clients tell, and its counts', () => {
  const USERS = [newId(), newId()];
  const sizes = BucketSize.options;

  beforeEach(async () => {
    await database.pool.query('TRUNCATE tracks, track_ids, bucket_counts');
    await store.makePartitions(NOW);
  });

  /** The counts of all buckets as text, by the query that answers metrics. */
  async function counted(size: BucketSize, groupBy: 'type' | 'sku'): Promise<string[]> {
    const range = { fromMs: NOW - 4 * DAY_MS, toMs: NOW + 4 * DAY_MS };
    const lines = await Promise.all(
      (['records', 'events', 'units'] as const).map(async (value) => {
        const rows = await store.counts({ size, ...range, value, groupBy, seriesMax: 100 });
        return rows.map(
          (row) => `${value} ${row.at.toISOString()} ${row.type ?? row.sku_id} ${row.value}`,
        );
      }),
    );
    return lines.flat().toSorted();
  }

  /** The same by a recount of the stored tracks. */
  async function recounted(size: BucketSize, groupBy: 'type' | 'sku'): Promise<string[]> {
    const { rows } = await database.pool.query(
      `SELECT date_trunc($1, occurred_at, 'UTC') AS at, ${groupBy === 'type' ? 'type' : "coalesce(sku_id, '')"} AS name,
         count(*) AS records, sum(weight) AS events, sum(weight * units) AS units
       FROM tracks GROUP BY 1, 2`,
      [size],
    );
    return rows
      .flatMap(({ at, name, ...values }) =>
        Object.entries(values).map(
          ([value, number]) => `${value} ${at.toISOString()} ${name} ${number}`,
        ),
      )
      .toSorted();
  }

  const trackOf = fc.record({
    eventId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    at: fc
      .integer({ min: -2 * DAY_MS, max: 300_000 })
      .map((ms) => new Date(NOW + ms).toISOString()),
    weight: fc.integer({ min: 1, max: 10_000 }),
    type: fc.constantFrom('basket.filled' as const, 'checkout.begun' as const),
    skuId: fc.constantFrom('SHOE', 'HAT', 'NO-SUCH-HAT'),
    quantity: fc.integer({ min: 1, max: 1_000 }),
  });
  const batchOf = fc.array(
    fc.record({
      userId: fc.constantFrom(...USERS),
      tracks: fc.uniqueArray(trackOf, { selector: ({ eventId }) => eventId, minLength: 1 }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('agree in every bucket, whatever comes twice, at once, or about nothing that exists', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batchOf, { minLength: 1, maxLength: 4 }), async (batches) => {
        await database.pool.query('TRUNCATE tracks, track_ids, bucket_counts');
        const outcomes = await Promise.all(
          batches.map((calls) =>
            store.store(calls.map(({ userId, tracks }) => callOf(userId, tracks))),
          ),
        );
        for (const [place, calls] of batches.entries()) {
          for (const [number, { tracks }] of calls.entries()) {
            const isKnown = tracks.every(({ skuId }) => skuId !== 'NO-SUCH-HAT');
            const outcome = isKnown ? 'stored' : 'unknown_sku';
            expect(outcomes[place]?.[number]?.outcome).toBe(outcome);
          }
        }
        const ids = batches
          .flat()
          .filter(({ tracks }) => tracks.every(({ skuId }) => skuId !== 'NO-SUCH-HAT'))
          .flatMap(({ userId, tracks }) => tracks.map(({ eventId }) => `${userId} ${eventId}`));
        const stored = outcomes
          .flat()
          .reduce((sum, each) => sum + ('fresh' in each ? each.fresh : 0), 0);
        expect(stored).toBe(new Set(ids).size);
        for (const size of sizes) {
          for (const groupBy of ['type', 'sku'] as const) {
            expect(await counted(size, groupBy)).toEqual(await recounted(size, groupBy));
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are answered for the series with the greatest totals, and the others are left in the database', async () => {
    const tracks = ['SHOE', 'HAT', 'SHOE'].map((skuId, place) => ({
      ...{ eventId: `e-${place}`, type: 'checkout.begun' as const, skuId, quantity: 1, weight: 1 },
      at: new Date(NOW - place * 60_000).toISOString(),
    }));
    await store.store([callOf(newId(), tracks)]);
    const range = { fromMs: NOW - DAY_MS, toMs: NOW + DAY_MS };
    const query = { size: 'minute', ...range, value: 'events', groupBy: 'sku' } as const;
    const rows = await store.counts({ ...query, seriesMax: 1 });
    expect(rows.map(({ sku_id, value, series }) => [sku_id, value, series])).toEqual([
      ['SHOE', 1, 2],
      ['SHOE', 1, 2],
    ]);
  });

  it('are there for the days before and ahead, and are forgotten by day', async () => {
    expect(await partitions()).toEqual(
      ['07', '08', '09', '10', '11', '12', '13'].map((day) => `tracks_202603${day}`),
    );
    const seen = (eventId: string, at: string) =>
      store.store([
        callOf(USERS[0] as string, [
          { eventId, at, weight: 1, type: 'product.viewed', skuId: 'SHOE' },
        ]),
      ]);
    await seen('a', '2026-03-08T23:59:59.999Z');
    await seen('b', '2026-03-09T00:00:00Z');

    // Ten days are kept: on the 19th, those from the 9th on.
    await store.forget(Date.parse('2026-03-19T12:00:00Z'), 100);
    expect((await partitions())[0]).toBe('tracks_20260309');
    const { rows } = await database.pool.query(
      "SELECT size || ' ' || to_char(at AT TIME ZONE 'UTC', 'DD') AS line FROM bucket_counts ORDER BY 1",
    );
    expect(rows.map(({ line }) => line)).toEqual(['day 08', 'day 09', 'hour 09', 'minute 09']);
    expect(await store.recount('2026-03-08', 10)).toBeUndefined();
    expect(await store.recount('2026-03-09', 10)).toEqual({ corrected: 0, shown: [] });
  });

  it('forget ids that can come no more', async () => {
    await store.store([
      callOf(USERS[0] as string, [
        {
          eventId: 'a',
          weight: 1,
          type: 'page.viewed',
          page: 'home',
          at: new Date(NOW).toISOString(),
        },
      ]),
    ]);
    await database.pool.query(`UPDATE track_ids SET received_at = $1`, [new Date(NOW)]);
    expect(await store.forget(NOW + 3 * DAY_MS, 100)).toBe(0);
    expect(await store.forget(NOW + 3 * DAY_MS + 1, 100)).toBe(1);
  });
});
