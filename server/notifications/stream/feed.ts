import type { Clock } from '../../../src/kernel/clock.ts';
import type { StreamMessage } from '../../../src/protocol/notifications.ts';
import { createListener } from '../../platform/listener.ts';
import type { Logger } from '../../platform/logging.ts';
import { type NotificationStore, TOLD_CHANNEL } from '../store.ts';
import type { StreamHub } from './hub.ts';

/** Rows that are read in one statement. */
const BATCH = 500;

/** Brings what users are told, by whatever instance, to their streams here. */
export interface StreamFeed {
  /**
   * Calls `admit` at a moment at which nothing is being read: everything told after this cursor comes over the streams that
   * are in the hub when it returns.
   */
  join(admit: (cursor: string) => void): Promise<void>;
  /** Reads what was told since the last time. */
  readOn(): void;
  stop(): Promise<void>;
}

/**
 * Reads on from the last position whenever PostgreSQL says that something was told. While nobody is connected nothing is
 * read: the first reader begins at the end. A message that was missed does no harm, because the next one, the next beat, or
 * the listener that is back has everything read that is behind the position.
 */
export function createStreamFeed(deps: {
  store: Pick<NotificationStore, 'listOf' | 'lastPosition'>;
  hub: Pick<StreamHub, 'send' | 'userIds' | 'size'>;
  databaseSessionUrl: string;
  instance: string;
  clock: Clock;
  log: Logger;
}): StreamFeed {
  const { store, hub, clock, log } = deps;
  /** Everything up to here was sent. Undefined while nobody is connected. */
  let reached: number | undefined;
  let joining = 0;
  const waiting: ((cursor: string) => void)[] = [];
  let reading: Promise<void> | undefined;
  let isAskedAgain = false;
  let started: Promise<void> | undefined;

  const listener = createListener({
    connectionString: deps.databaseSessionUrl,
    applicationName: `flashsale ${deps.instance} notifications`,
    channel: TOLD_CHANNEL,
    clock,
    onMessage: readOn,
    onUp: readOn,
    onDown: (error) => log.warn({ err: error }, 'streams wait until notifications are heard of'),
  });

  function readOn(): void {
    if (hub.size() === 0 && joining === 0) reached = undefined;
    if (reached === undefined) return;
    isAskedAgain = true;
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
  }

  async function readAll(): Promise<void> {
    while (isAskedAgain && reached !== undefined) {
      isAskedAgain = false;
      // Between two statements: a statement under way was not asked for the notifications of a new reader.
      for (const admit of waiting.splice(0)) admit(String(reached));
      try {
        await readBatch(reached);
      } catch (error) {
        log.warn({ err: error }, 'streams wait until notifications can be read');
        return;
      }
    }
  }

  async function readBatch(after: number): Promise<void> {
    // The users first: whoever is admitted later begins behind what is read here.
    const userIds = hub.userIds();
    const upTo = await store.lastPosition();
    if (upTo <= after) return;
    const rows = await store.listOf(userIds, { after, upTo, limit: BATCH });
    for (const { position, userId, notification } of rows) {
      const cursor = String(position);
      const message: StreamMessage = { type: 'notification', cursor, notification };
      hub.send(userId, JSON.stringify(message));
      reached = position;
    }
    if (rows.length === BATCH) isAskedAgain = true;
    // All up to there were looked at, of however many other users they were.
    else reached = upTo;
  }

  return {
    async join(admit) {
      joining += 1;
      try {
        // A server without streams has no connection for them.
        started ??= listener.start();
        await started;
        if (hub.size() === 0 && joining === 1) reached = undefined;
        if (reached === undefined) {
          const last = await store.lastPosition();
          reached ??= last;
        }
        await new Promise<void>((resolve) => {
          waiting.push((cursor) => {
            admit(cursor);
            resolve();
          });
          readOn();
        });
      } finally {
        joining -= 1;
      }
    },
    readOn,
    async stop() {
      if (started !== undefined) await listener.stop();
      await reading;
    },
  };
}
