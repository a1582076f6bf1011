import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Clock } from '../../src/kernel/clock.ts';

/** Receives the messages of one channel of PostgreSQL's LISTEN/NOTIFY, on a connection of its own. */
export interface Listener {
  /** True while every message sent so far has arrived or is about to; false as soon as that is in doubt. */
  isUp(): boolean;
  /** Resolves after the first attempt to connect, whether it succeeded or not; the attempts go on. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const BEAT_MS = 1000;
/**
 * A connection that died silently is trusted for this long after the last query it answered. It is long enough for a busy
 * event loop, and the longest time for which a message can be missed unnoticed.
 */
const LEASE_MS = 3000;
const RECONNECT_AFTER_MS = 250;

/**
 * Creates a listener. Messages that are sent while the connection is lost never arrive. So `onUp` means that messages
 * arrive from now on, and that state built from earlier ones must be read again; `onDown` means that some may be missing.
 */
export function createListener(options: {
  connectionString: string;
  applicationName: string;
  channel: string;
  clock: Clock;
  onMessage(payload: string): void;
  onUp(): void;
  onDown(error: unknown): void;
}): Listener {
  const { channel, clock, onMessage, onUp, onDown } = options;
  const stopping = new AbortController();
  let trustedUntilNs = 0;
  let running: Promise<void> = Promise.resolve();

  /** Listens on one connection until it is lost; rejects with the reason. */
  async function listen(whenUp: () => void): Promise<never> {
    const lost = new AbortController();
    const client = new pg.Client({
      connectionString: options.connectionString,
      application_name: options.applicationName,
      connectionTimeoutMillis: LEASE_MS,
      query_timeout: LEASE_MS,
    });
    client.on('error', (error) => lost.abort(error));
    client.on('end', () => lost.abort(new Error('the connection was closed')));
    client.on('notification', ({ payload }) => onMessage(payload ?? ''));
    const signal = AbortSignal.any([lost.signal, stopping.signal]);
    let isUp = false;
    try {
      await client.connect();
      for (;;) {
        const askedNs = clock.monotonicNs();
        // Messages arrive before the answer to a query that was sent after them.
        await client.query(isUp ? 'SELECT 1' : `LISTEN ${pg.escapeIdentifier(channel)}`);
        trustedUntilNs = askedNs + LEASE_MS * 1e6;
        if (!isUp) {
          isUp = true;
          onUp();
          whenUp();
        }
        await delay(BEAT_MS, undefined, { signal });
      }
    } catch (error) {
      trustedUntilNs = 0;
      if (isUp) onDown(signal.reason ?? error);
      throw error;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async function keepListening(triedOnce: () => void): Promise<void> {
    while (!stopping.signal.aborted) {
      await listen(triedOnce).catch(() => {});
      triedOnce();
      await delay(RECONNECT_AFTER_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  return {
    isUp: () => clock.monotonicNs() < trustedUntilNs,
    start: () =>
      new Promise((resolve) => {
        running = keepListening(resolve);
      }),
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
