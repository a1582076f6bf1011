import type { Pool } from 'pg';
import { coalesce } from '../../platform/coalesce.ts';
import { stockTopicsOf } from './stock-events.ts';

/** SKUs with the number of their last movement. */
export type Heads = Map<string, number>;

/** Finds the SKUs whose stock has changed. */
export interface ChangedSkus {
  /**
   * The SKUs that have changed since the last look. The first look, and the first one after a failure, finds those that some
   * reader has not read to the end. Finds nothing when it comes too soon after the last look, which took long; and nothing
   * yet while a crowd of movements grows, for `GATHER_MS` at most.
   */
  look(): Promise<Heads>;
  /**
   * Looks in any case, after this call: what was committed before the call is found, unless another call has been told of it.
   */
  lookNow(): Promise<Heads>;
}

/** After a look, this many times its duration passes before the next, so that looking takes a percent of a core. */
const PAUSES = 100;
const PAUSE_MS_MAX = 1000;
/**
 * A look that finds so many movements may be in the middle of a crowd, and the next ones are waited for. Whatever is handled
 * costs some transactions for each group, and those of a thousand movements hardly more than those of ten.
 */
const CROWD = 200;
/** The longest time for which a crowd that grows is gathered. */
const GATHER_MS = 250;
/** The shortest of so many looks counts, because the others were kept waiting by somebody else. */
const MEASURED = 5;

interface Look {
  /** The snapshot of the look, and the oldest transaction that was under way in it. */
  snapshot: string;
  oldest: string;
  heads: [skuId: string, sequence: number][] | null;
}

/**
 * A look reads the rows of `inventory` that were written by transactions which the look before did not see. PostgreSQL tells
 * that by the number of a row's transaction, so no clock is believed, and the sellers write nothing for it. While nobody
 * writes anything, all snapshots are the same, and a look reads no rows at all.
 */
export function createChangedSkus(deps: {
  pool: Pool;
  readers: { group: string; topics: string[] }[];
  nowMs(): number;
}): ChangedSkus {
  const { pool, readers, nowMs } = deps;
  let last: Look | undefined;
  let dueAtMs = Number.NEGATIVE_INFINITY;
  const tookMs: number[] = [];
  /**
   * The heads that were found since everything was looked at. A transaction that takes long, in whatever database of this
   * PostgreSQL, makes looks find the changes since its begin again and again.
   */
  const told: Heads = new Map();
  /** The heads of which nobody has been told yet, and since when there are any. */
  let gathered: Heads = new Map();
  let gatheredSinceMs = 0;

  /** Looks once, for all that ask meanwhile. Resolves to the number of movements that were found. */
  const gather = coalesce(async () => {
    const startedAtMs = nowMs();
    const before = last;
    // A look that fails is followed by one that looks at everything.
    last = undefined;
    if (before === undefined) told.clear();
    const look = before === undefined ? await lookForBehind() : await lookForChanged(before);
    last = look;
    tookMs.push(nowMs() - startedAtMs);
    if (tookMs.length > MEASURED) tookMs.shift();
    dueAtMs = startedAtMs + Math.min(Math.min(...tookMs) * PAUSES, PAUSE_MS_MAX);
    if (gathered.size === 0) gatheredSinceMs = startedAtMs;
    let movements = 0;
    for (const [skuId, sequence] of look.heads ?? []) {
      const before = told.get(skuId) ?? 0;
      if (sequence === before) continue;
      movements += sequence - before;
      told.set(skuId, sequence);
      gathered.set(skuId, sequence);
    }
    return movements;
  });

  function tell(): Heads {
    const heads = gathered;
    gathered = new Map();
    return heads;
  }

  return {
    async lookNow() {
      await gather('');
      return tell();
    },
    async look() {
      const grows = nowMs() < dueAtMs ? gathered.size > 0 : (await gather('')) >= CROWD;
      return grows && nowMs() - gatheredSinceMs < GATHER_MS ? new Map() : tell();
    },
  };

  async function lookForChanged(before: Look): Promise<Look> {
    const { rows } = await pool.query<Look>({
      name: 'stock-log.changed',
      text: `SELECT pg_current_snapshot()::text AS snapshot, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest,
               CASE WHEN pg_current_snapshot()::text <> $1 THEN (
                 SELECT json_agg(json_build_array(sku_id, sequence)) FROM inventory
                 WHERE sequence > 0 AND age(xmin) <= age($2::xid8::xid)
               ) END AS heads`,
      values: [before.snapshot, before.oldest],
    });
    return rows[0] as Look;
  }

  async function lookForBehind(): Promise<Look> {
    const pairs = readers.flatMap((reader) =>
      stockTopicsOf(reader).map((topic) => ({ group: reader.group, topic })),
    );
    const { rows } = await pool.query<Look>(
      `SELECT pg_current_snapshot()::text AS snapshot, pg_snapshot_xmin(pg_current_snapshot())::text AS oldest,
         (SELECT json_agg(json_build_array(i.sku_id, i.sequence)) FROM inventory i
          WHERE EXISTS (
            SELECT FROM unnest($1::text[], $2::text[]) AS r (consumer_group, topic)
            LEFT JOIN stock_cursors c ON c.sku_id = i.sku_id AND c.consumer_group = r.consumer_group AND c.topic = r.topic
            WHERE coalesce(c.sequence, 0) < i.sequence
          )) AS heads`,
      [pairs.map(({ group }) => group), pairs.map(({ topic }) => topic)],
    );
    return rows[0] as Look;
  }
}
