import { newId } from '../../../src/kernel/ids.ts';
import { loadScript, type Redis } from '../../platform/redis.ts';
import type { Board, Score } from './board.ts';
import type { StatsStore } from './stats-store.ts';

const KEY = 'leaderboard';
/** Marks come after all users, whose ids begin with letters or digits and whose scores are finite. */
const MARK = '~';
/** The set is filled anew after this time, in case that a change was lost with the process that should have told of it. */
const FILLED_FOR_MS = 600_000;
const PAGE = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * The board as a sorted set in Redis, filled from the database. Whatever is lost in Redis, no wrong order is shown: the set
 * has a mark that goes with its data, and without it the database is asked, and fills it again. Points only grow, so of two
 * writes in the wrong order the later one loses (`ZADD LT`).
 */
export function createRedisBoard(deps: {
  redis: Redis;
  store: Pick<StatsStore, 'listScores'>;
  /** Answers while the set is not filled. */
  database: Board;
}): Board {
  const { redis, store, database } = deps;
  const { client } = redis;
  const folder = ['server', 'engagement', 'leaderboard'];
  const readScript = loadScript<[number, number, string[]] | null>(redis, ...folder, 'read.lua');
  const countScript = loadScript<number | null>(redis, ...folder, 'count-above.lua');
  const finishScript = loadScript<number>(redis, ...folder, 'finish.lua');
  let isFilling = false;
  /** True when Redis may lack a change that this process has not managed to write. */
  let isBehind = false;

  return {
    async changed(scores) {
      try {
        await write(scores);
      } catch {
        isBehind = true;
      }
    },

    read: ({ limit, after }) =>
      ask(
        async () => {
          const cursor = after === undefined ? [] : [-after.points, after.userId];
          const found = await readScript([KEY], [limit, ...cursor]);
          if (found === null) return undefined;
          const [before, above, page] = found;
          return { scores: scoresIn(page), before, above };
        },
        () => database.read({ limit, after }),
      ),

    countAbove: (points) =>
      ask(
        async () => (await countScript([KEY], [-points])) ?? undefined,
        () => database.countAbove(points),
      ),
  };

  /** Asks Redis, or the database where Redis is away or has nothing. */
  async function ask<Answer>(
    inRedis: () => Promise<Answer | undefined>,
    inDatabase: () => Promise<Answer>,
  ): Promise<Answer> {
    const answer = redis.isUp() && !isBehind ? await inRedis().catch(() => undefined) : undefined;
    if (answer !== undefined) return answer;
    if (redis.isUp() && !isFilling) {
      isFilling = true;
      fill()
        .catch(() => {})
        .finally(() => {
          isFilling = false;
        });
    }
    return inDatabase();
  }

  /** Fills the set. Changes that are told meanwhile are written as well, so none is missed. */
  async function fill(): Promise<void> {
    const mark = `${MARK}filling ${newId()}`;
    if (isBehind) await client.del(KEY);
    isBehind = false;
    await client.zadd(KEY, '+inf', mark);
    let after = FIRST_ID;
    for (;;) {
      const scores = await store.listScores({ limit: PAGE, after });
      await write(scores);
      const last = scores.at(-1);
      if (last === undefined) break;
      after = last.userId;
    }
    await finishScript([KEY], [mark, FILLED_FOR_MS]);
  }

  async function write(scores: readonly Score[]): Promise<void> {
    const members = scores.flatMap(({ userId, points }) => [-points, userId]);
    if (members.length > 0) await client.zadd(KEY, 'LT', ...members);
  }
}

/** The users of a page with their points. */
function scoresIn(page: string[]): Score[] {
  const scores: Score[] = [];
  for (let place = 0; place < page.length; place += 2) {
    const userId = page[place] as string;
    if (!userId.startsWith(MARK)) scores.push({ userId, points: -Number(page[place + 1]) });
  }
  return scores;
}
