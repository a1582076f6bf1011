import type { Redis } from '../platform/redis.ts';

/**
 * Sessions in Redis (`session:{id}` → 1 while it goes on, 0 when it has ended), so that an instance which has not seen a
 * session need not ask the database. Each entry lasts as long as a token.
 *
 * An ended session must not come back, whatever happens to Redis. Going on never overwrites ended; and Redis is
 * believed only while it is known to contain everything that ended: from the moment this process has written down
 * what the database lists as ended, until a write of its own fails or the connection is lost. A Redis that forgets
 * everything does no harm: the database is asked.
 */
export interface SessionCache {
  /** What Redis knows for certain; nothing at all while it is not to be believed. */
  read(sessionIds: string[]): Promise<Map<string, boolean>>;
  putLive(sessionIds: string[]): void;
  putEnded(sessionIds: string[]): void;
  /** Writes down what has ended, and believes Redis again after that. To be called when messages may have been missed. */
  catchUp(): void;
}

const TRY_AGAIN_AFTER_MS = 500;

export function createSessionCache(deps: {
  redis: Redis;
  ttlMs: number;
  findEnded(): Promise<string[]>;
}): SessionCache {
  const { redis, ttlMs, findEnded } = deps;
  let isComplete = false;
  /** Counts the times when Redis stopped being complete; who began to complete it before the last one was too early. */
  let doubts = 0;
  let timer: NodeJS.Timeout | undefined;

  redis.client.on('close', doubt);
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
      // One that is not written is asked of the database.
      if (isComplete) write(sessionIds, LIVE, 'NX').catch(() => {});
    },
    putEnded(sessionIds) {
      write(sessionIds, ENDED).catch(catchUp);
    },
    catchUp,
  };

  function doubt(): void {
    isComplete = false;
    doubts += 1;
    clearTimeout(timer);
  }

  function catchUp(): void {
    doubt();
    const mine = doubts;
    findEnded()
      .then((ended) => write(ended, ENDED))
      .then(
        () => {
          if (mine === doubts) isComplete = true;
        },
        () => {
          // A Redis that is away says itself when it is back.
          if (mine === doubts && redis.isUp())
            timer = setTimeout(catchUp, TRY_AGAIN_AFTER_MS).unref();
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
