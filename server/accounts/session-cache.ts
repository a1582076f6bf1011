import type { Redis } from '../platform/redis.ts';

/**
 * Sessions in Redis (`session:{id}` → 1 for a live session, 0 for an ended one), so that an instance need not ask the
 * database about a session of another instance. An entry lasts as long as a token.
 *
 * An ended session must never become live again, even if Redis loses data. Two rules ensure this. "Live" never overwrites
 * "ended". And Redis is trusted only while it is known to contain every ended session: from the moment at which this
 * process has written all sessions that the database lists as ended, until one of its writes fails or the connection is
 * lost. A Redis that loses all data does no harm: the database is asked instead.
 */
export interface SessionCache {
  /** The states that Redis has of these sessions; empty while Redis is not trusted. */
  read(sessionIds: string[]): Promise<Map<string, boolean>>;
  putLive(sessionIds: string[]): void;
  putEnded(sessionIds: string[]): void;
  /** Writes all ended sessions to Redis, and trusts Redis after that. To be called when messages may have been missed. */
  catchUp(): void;
}

const RETRY_AFTER_MS = 500;

export function createSessionCache(deps: {
  redis: Redis;
  ttlMs: number;
  findEnded(): Promise<string[]>;
}): SessionCache {
  const { redis, ttlMs, findEnded } = deps;
  let isComplete = false;
  /**
   * Number of times at which Redis stopped to be trusted. A `catchUp` that began before the last of them has written too
   * early a list, so it must not restore the trust.
   */
  let distrusts = 0;
  let timer: NodeJS.Timeout | undefined;

  redis.client.on('close', distrust);
  redis.onUp(catchUp);

  return {
    async read(sessionIds) {
      if (!isComplete) return new Map();
      try {
        const values = await redis.client.mget(sessionIds.map(keyOf));
        return new Map(
          sessionIds.flatMap((id, index) => {
            const value = values[index];
            return value == null ? [] : [[id, value === LIVE]];
          }),
        );
      } catch {
        catchUp();
        return new Map();
      }
    },
    putLive(sessionIds) {
      // A failed write does no harm: a session without an entry is looked up in the database.
      if (isComplete) write(sessionIds, LIVE, 'NX').catch(() => {});
    },
    putEnded(sessionIds) {
      write(sessionIds, ENDED).catch(catchUp);
    },
    catchUp,
  };

  function distrust(): void {
    isComplete = false;
    distrusts += 1;
    clearTimeout(timer);
  }

  function catchUp(): void {
    distrust();
    const distrustsAtStart = distrusts;
    findEnded()
      .then((ended) => write(ended, ENDED))
      .then(
        () => {
          if (distrustsAtStart === distrusts) isComplete = true;
        },
        () => {
          // While Redis is down there is no timer, because `onUp` calls `catchUp` when it is back.
          if (distrustsAtStart === distrusts && redis.isUp())
            timer = setTimeout(catchUp, RETRY_AFTER_MS).unref();
        },
      );
  }

  async function write(sessionIds: string[], value: string, ...only: 'NX'[]): Promise<void> {
    const pipeline = redis.client.pipeline();
    for (const id of sessionIds) pipeline.call('SET', keyOf(id), value, 'PX', ttlMs, ...only);
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }
}

const LIVE = '1';
const ENDED = '0';

const keyOf = (sessionId: string) => `session:${sessionId}`;
