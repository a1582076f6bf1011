import type { PoolClient } from 'pg';
import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import type { Consumer, DomainEvent } from '../event.ts';

/**
 * The most attempts of one origin within a window that an honest buyer needs: requests that reserved, of one SKU or of all lines
 * of a basket. A user may have one of each SKU, so several within seconds mean many SKUs, or reservations that are cancelled
 * and made again. One address may be that of a whole office.
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

/** The attempts that reserved, each with a space and its origin behind it. */
type Seen = Partial<Record<Origin, string[]>>;

/** The reservations of one window, with those of this worker's last batch, which need not be committed. */
interface Window {
  startMs: number;
  /** The attempts, as in `Seen`, by the value of their origin: a set only where there are several, as of hardly any origin. */
  attempts: Record<Origin, Map<string, string | Set<string>>>;
  /** The last batch that is counted, of this worker or another. */
  lastBatch: number;
  /** The last batch of this worker, until its row has been seen. */
  ownBatch: number | undefined;
}

const createWindow = (startMs: number): Window => ({
  startMs,
  attempts: { user: new Map(), device: new Map(), ip: new Map() },
  lastBatch: 0,
  ownBatch: undefined,
});

/**
 * Flags bursts of reservations of one user, device or address. The lines of a basket are one attempt. A flag refuses nobody; people examine it.
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
        const window = await readWindow(startMs, tx);
        // The window is kept when its batch is written: it must not have more reservations than the rows.
        windows.delete(startMs);
        const flags = count(window, seen);
        window.ownBatch = await store(window, seen, flags, tx);
        keep(window);
      }
    },
  };

  /** The window with all reservations that are committed, and no others. */
  async function readWindow(startMs: number, tx: PoolClient): Promise<Window> {
    const known = windows.get(startMs) ?? createWindow(startMs);
    if (await catchUp(known, tx)) return known;
    const fresh = createWindow(startMs);
    await catchUp(fresh, tx);
    return fresh;
  }

  function keep(window: Window): void {
    windows.set(window.startMs, window);
    if (windows.size > WINDOWS_MAX) windows.delete(Math.min(...windows.keys()));
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
      const attempted = `${attemptOf(payload as StockEvent)} ${value}`;
      const known = seen[origin];
      if (known === undefined) seen[origin] = [attempted];
      else known.push(attempted);
    }
  }
  return windows;
}

/**
 * The attempt that made a reservation: what the ids of the lines of a basket have in common (`partId`), and those of no others. The
 * part that was random is enough, because attempts are compared only within a window.
 */
const attemptOf = ({ reservationId }: StockEvent): string => reservationId.slice(19, -2);

/**
 * Counts the batches of a window that were committed since it was last looked at. Returns false when the window has a batch
 * that was not: it was rolled back.
 */
async function catchUp(window: Window, tx: PoolClient): Promise<boolean> {
  const { ownBatch } = window;
  const { rows } = await tx.query<{ batch_id: number; origins: Seen | null }>({
    name: 'fraud.catch-up',
    text: `SELECT batch_id, CASE WHEN batch_id IS DISTINCT FROM $3 THEN origins END AS origins
           FROM reservation_origins WHERE window_start = $1 AND batch_id > $2 ORDER BY batch_id`,
    values: [new Date(window.startMs), window.lastBatch, ownBatch ?? null],
  });
  if (ownBatch !== undefined && !rows.some(({ batch_id }) => batch_id === ownBatch)) return false;
  for (const { batch_id, origins } of rows) {
    if (origins !== null) count(window, origins);
    window.lastBatch = batch_id;
  }
  window.ownBatch = undefined;
  return true;
}

interface Flag {
  origin: Origin;
  value: string;
  attempts: number;
}

/** Counts attempts. Returns the origins among them that have more in the window than they may. */
function count({ attempts }: Window, seen: Seen): Flag[] {
  const flags = new Map<string, Flag>();
  for (const [origin, entries] of Object.entries(seen) as [Origin, string[]][]) {
    const ofOrigin = attempts[origin];
    for (const entry of entries) {
      const value = entry.slice(entry.indexOf(' ') + 1);
      const before = ofOrigin.get(value);
      if (before === undefined) ofOrigin.set(value, entry);
      if (before === undefined || before === entry) continue;
      const ofValue = typeof before === 'string' ? new Set([before]) : before;
      ofOrigin.set(value, ofValue.add(entry));
      if (ofValue.size > LIMITS[origin]) {
        flags.set(`${origin} ${value}`, { origin, value, attempts: ofValue.size });
      }
    }
  }
  return [...flags.values()];
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
      flags.map(({ attempts }) => attempts),
      FORGET_AFTER_MS,
    ],
  });
  return rows[0]!.batch_id;
}
