import { setTimeout as delay } from 'node:timers/promises';

/** The state of the consumers, as a server's metrics tell it. */
export interface EventCounts {
  /** Events that consumer groups have still to handle, of the group that is furthest behind. */
  lag: number;
  /** Events handled, each once per group. */
  handled: Record<string, number>;
}

const POLL_MS = 100;
/** A server that has delivered everything tidies up for a moment. */
const QUIET_SHARE = 0.3;
const TIDY_MS_MAX = 3_000;
const GIVE_UP_AFTER_MS = 600_000;

/**
 * Waits until the consumers of a server have handled all events and what that leaves to do is done. It asks only when the
 * server seems idle, because an answer costs the server more than nothing.
 *
 * @param usedSeconds CPU seconds that server and database have used so far
 */
export async function untilDelivered(origin: string, usedSeconds: () => number): Promise<void> {
  let deliveredAtMs: number | undefined;
  const deadlineMs = performance.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    if (performance.now() > deadlineMs) throw new Error(`${origin} does not deliver its events`);
    const busy = await shareBusy(usedSeconds);
    if (deliveredAtMs === undefined) {
      if (busy < 0.6 && (await readEventCounts(origin)).lag === 0)
        deliveredAtMs = performance.now();
    } else if (busy < QUIET_SHARE || performance.now() - deliveredAtMs > TIDY_MS_MAX) {
      return;
    }
  }
}

async function shareBusy(usedSeconds: () => number): Promise<number> {
  const [atMs, used] = [performance.now(), usedSeconds()];
  await delay(POLL_MS);
  return ((usedSeconds() - used) * 1_000) / (performance.now() - atMs);
}

const SAMPLE =
  /^(flashsale_consumer_lag_events|flashsale_events_handled_total)\{.*group="([^"]+)".*\} (\S+)$/gm;

export async function readEventCounts(origin: string): Promise<EventCounts> {
  const page = await (await fetch(`${origin}/metrics`)).text();
  const counts: EventCounts = { lag: 0, handled: {} };
  let groups = 0;
  for (const [, name, group = '', value] of page.matchAll(SAMPLE)) {
    if (name === 'flashsale_events_handled_total') counts.handled[group] = Number(value);
    else {
      groups += 1;
      counts.lag = Math.max(counts.lag, Number(value));
    }
  }
  // Groups that have not subscribed yet have nothing delivered.
  return groups === 0 ? { ...counts, lag: Number.POSITIVE_INFINITY } : counts;
}
