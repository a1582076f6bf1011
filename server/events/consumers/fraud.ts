import type { PoolClient } from 'pg';
import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer, DomainEvent } from '../event.ts';

/**
 * The most reservations of one origin within a window that an honest buyer needs. A user may have one of each SKU, so
 * several within seconds mean many SKUs, or reservations that are cancelled and made again. One address may be that of a
 * whole office.
 */
const LIMITS = { user: 5, device: 5, ip: 50 };
type Origin = keyof typeof LIMITS;

const WINDOW_MS = 10_000;
/** A window is forgotten this long after it: much later than it ends, because events may come late. */
const FORGET_AFTER_MS = 3_600_000;
/** Windows that are kept in memory. Events are mostly of the last one. */
const WINDOWS_MAX = 4;

const ORIGINS: Record<Origin, (event: StockEvent) => string | undefined> = {
  user: ({ userId }) => userId,
  device: ({ deviceId }) => deviceId,
  ip: ({ ip }) => ip,
};

/** The origins of reservations, each as often as it reserved. */
type Seen = Partial<Record<Origin, string[]>>;

/** The reservations of one window, as far as they are committed. */
interface Window {
  startMs: number;
  /** Reservations by origin and its value. */
  counts: Map<string, number>;
  /** The last batch that is counted, of this worker or another. */
  lastBatch: number;
  /** The last batch of this worker: it need not be read again when it was committed. */
  own: { batch: number; seen: Seen } | undefined;
}

/**
 * Flags bursts of reservations of one user, device or address. A flag refuses nobody; people examine it.
 *
 * Nearly all origins reserve once, so a row for each would be nearly all of the work. A batch of events is one row instead,
 * with the origins of all its reservations, and the counts are in memory. Before a batch is counted, the rows that the memory
 * lacks are read: those of other workers, and after a start all of the window. One worker counts at a time.
 */
export function createFraudDetection(): Consumer {
  const windows = new Map<number, Window>();

  return {
    group: 'fraud',
    topics: [TOPICS.reservations],
    async handle(events, tx) {
      const seenByWindow = collect(events);
      if (seenByWindow.size === 0) return;
      // Ends with the transaction. Without it, two workers might each see half of a burst.
      await tx.query("SELECT pg_advisory_xact_lock(hashtext('fraud'))");
      for (const [startMs, seen] of seenByWindow) {
        const window = windowOf(startMs);
        await catchUp(window, tx);
        const flags = findBursts(window, seen);
        const batch = await store(window, seen, flags, tx);
        window.own = { batch, seen };
      }
    },
  };

  function windowOf(startMs: number): Window {
    const known = windows.get(startMs);
    if (known !== undefined) return known;
    const window = { startMs, counts: new Map(), lastBatch: 0, own: undefined };
    windows.set(startMs, window);
    if (windows.size > WINDOWS_MAX) windows.delete(Math.min(...windows.keys()));
    return window;
  }
}

/** The origins of the reservations among the events, by the start of their window. */
function collect(events: DomainEvent[]): Map<number, Seen> {
  const windows = new Map<number, Seen>();
  for (const { type, payload, occurredAt } of events) {
    if (type !== 'CREATED') continue;
    const startMs = Math.floor(occurredAt.getTime() / WINDOW_MS) * WINDOW_MS;
    const seen = windows.get(startMs) ?? {};
    windows.set(startMs, seen);
    for (const origin of Object.keys(ORIGINS) as Origin[]) {
      const value = ORIGINS[origin](payload as StockEvent);
      if (value === undefined) continue;
      const values = seen[origin];
      if (values === undefined) seen[origin] = [value];
      else values.push(value);
    }
  }
  return windows;
}

/** Counts the batches of a window that were committed since it was last looked at. */
async function catchUp(window: Window, tx: PoolClient): Promise<void> {
  const { rows } = await tx.query<{ batch_id: number; origins: Seen | null }>({
    name: 'fraud.catch-up',
    text: `SELECT batch_id, CASE WHEN batch_id <> $3 THEN origins END AS origins
           FROM reservation_origins WHERE window_start = $1 AND batch_id > $2 ORDER BY batch_id`,
    values: [new Date(window.startMs), window.lastBatch, window.own?.batch ?? 0],
  });
  for (const { batch_id, origins } of rows) {
    for (const [origin, values] of Object.entries(origins ?? window.own?.seen ?? {})) {
      for (const value of values) {
        const name = `${origin} ${value}`;
        window.counts.set(name, (window.counts.get(name) ?? 0) + 1);
      }
    }
    window.lastBatch = batch_id;
  }
  window.own = undefined;
}

interface Flag {
  origin: Origin;
  value: string;
  reservations: number;
}

/** The origins of a new batch that have more reservations in the window than they may, with those of the batch. */
function findBursts({ counts }: Window, seen: Seen): Flag[] {
  const flags: Flag[] = [];
  for (const [origin, values] of Object.entries(seen) as [Origin, string[]][]) {
    const added = new Map<string, number>();
    for (const value of values) added.set(value, (added.get(value) ?? 0) + 1);
    for (const [value, count] of added) {
      const reservations = count + (counts.get(`${origin} ${value}`) ?? 0);
      if (reservations > LIMITS[origin]) flags.push({ origin, value, reservations });
    }
  }
  return flags;
}

/** Writes a batch and its flags. Returns the id of the batch. */
async function store(window: Window, seen: Seen, flags: Flag[], tx: PoolClient): Promise<number> {
  const start = new Date(window.startMs);
  const { rows } = await tx.query<{ batch_id: number }>({
    name: 'fraud.store',
    text: `WITH flagged AS (
             INSERT INTO fraud_flags AS f (window_start, origin, value, reservations)
             SELECT $1, * FROM unnest($3::text[], $4::text[], $5::int[])
             ON CONFLICT (window_start, origin, value) DO UPDATE SET reservations = excluded.reservations
           ),
           forgotten AS (
             DELETE FROM reservation_origins WHERE window_start < now() - $6 * interval '1 millisecond'
           )
           INSERT INTO reservation_origins (window_start, origins) VALUES ($1, $2) RETURNING batch_id`,
    values: [
      start,
      JSON.stringify(seen),
      flags.map(({ origin }) => origin),
      flags.map(({ value }) => value),
      flags.map(({ reservations }) => reservations),
      FORGET_AFTER_MS,
    ],
  });
  return rows[0]!.batch_id;
}
