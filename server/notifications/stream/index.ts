import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import { newId } from '../../../src/kernel/ids.ts';
import type { Logger } from '../../platform/logging.ts';
import { type Repeated, repeat } from '../../platform/repeat.ts';
import type { NotificationStore } from '../store.ts';
import { createStreamDoor, type Identify, type StreamDoorDeps } from './door.ts';
import { createStreamFeed } from './feed.ts';
import { createStreamHub, type StreamEnd } from './hub.ts';
import { createStreamTickets } from './tickets.ts';

/** The limits of one instance, but for the number of all streams, which is a setting. */
const LIMITS = { streamsPerUserMax: 10, waitingBytesMax: 65_536, closingMs: 1_000 };
const BEAT_MS = 30_000;

export interface StreamDeps {
  pool: Pool;
  store: NotificationStore;
  databaseSessionUrl: string;
  instance: string;
  streamsMax: number;
  origins: string[];
  identify: Identify;
  isLive(sessionId: string): Promise<boolean>;
  waitOf: StreamDoorDeps['waitOf'];
  onSessionsEnded(listener: (sessionIds: string[] | undefined) => void): void;
  onStreamEnd(end: StreamEnd): void;
  beatMs?: number;
  clock: Clock;
  log: Logger;
}

/** The WebSockets over which users hear at once what they are told. */
export function createStreams(deps: StreamDeps) {
  const { pool, isLive, clock, log, beatMs = BEAT_MS } = deps;
  const hub = createStreamHub({
    limits: { ...LIMITS, streamsMax: deps.streamsMax },
    nowMs: () => clock.nowMs(),
    onEnd: deps.onStreamEnd,
  });
  const feed = createStreamFeed({ ...deps, hub });
  const tickets = createStreamTickets(pool);
  const door = createStreamDoor({ ...deps, hub, feed, tickets, newId });

  /** Ends the streams of sessions that ended unheard, or ran out. */
  async function endDeadSessions(): Promise<void> {
    const sessionIds = hub.sessionIds();
    const live = await Promise.all(sessionIds.map(isLive));
    const dead = new Set(sessionIds.filter((_, place) => !live[place]));
    hub.endSessions((sessionId) => dead.has(sessionId));
  }

  deps.onSessionsEnded((sessionIds) => {
    if (hub.size() === 0) return;
    if (sessionIds !== undefined) {
      const ended = new Set(sessionIds);
      hub.endSessions((sessionId) => ended.has(sessionId));
      return;
    }
    endDeadSessions().catch((error) =>
      log.warn({ err: error }, 'sessions of streams are checked again later'),
    );
  });

  let isFirst = true;
  const beat: Repeated = repeat({
    intervalMs: beatMs,
    async pass() {
      // The first pass comes with the start, when nobody can be there.
      if (!isFirst && hub.size() > 0) {
        hub.beat();
        feed.readOn();
        await endDeadSessions();
      }
      isFirst = false;
    },
    onFailure: (error) => log.warn({ err: error }, 'sessions of streams are checked again later'),
  });

  return {
    door,
    tickets,
    size: hub.size,
    identify: deps.identify,
    start: beat.start,
    async stop() {
      await Promise.all([beat.stop(), feed.stop()]);
    },
  };
}
