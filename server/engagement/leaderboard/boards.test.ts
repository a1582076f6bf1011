import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/database.ts';
import { describeWithRedis, startOwnRedis } from '../../../test/redis.ts';
import { until } from '../../../test/until.ts';
import { migrate } from '../../platform/migrate.ts';
import { createPool } from '../../platform/postgres.ts';
import { type Redis as Connection, connectRedis } from '../../platform/redis.ts';
import { type Board, rank } from './board.ts';
import { createRedisBoard } from './redis-board.ts';
import { createSqlBoard, createStatsStore, type StatsStore } from './stats-store.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: ReturnType<typeof createPool>;
let store: StatsStore;
let sql: Board;
beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url);
  pool = createPool({ connectionString: database.url, max: 2 });
  store = createStatsStore(pool);
  sql = createSqlBoard(pool);
  await give([90, 1], [70, 2], [70, 3], [50, 4], [0, 5]);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const user = (number: number) => `018f0000-0000-7000-8000-00000000000${number}`;

/** Gives points to users, as the consumer does. */
async function give(...points: [points: number, user: number][]): Promise<void> {
  const client = await pool.connect();
  await store.add(
    client,
    points.map(([each, number]) => ({
      ...{ userId: user(number), points: each, achievements: 0, quests: 1 },
    })),
  );
  client.release();
}

const shown = async (board: Board, limit: number, after?: [points: number, user: number]) =>
  rank(
    await board.read({ limit, after: after && { points: after[0], userId: user(after[1]) } }),
  ).map((standing) => [standing.rank, Number(standing.userId.at(-1)), standing.points]);

async function expectTheOrder(board: Board): Promise<void> {
  expect(await shown(board, 10)).toEqual([
    [1, 1, 90],
    [2, 2, 70],
    [2, 3, 70],
    [4, 4, 50],
  ]);
  expect(await shown(board, 2)).toEqual([
    [1, 1, 90],
    [2, 2, 70],
  ]);
  expect(await shown(board, 2, [70, 2])).toEqual([
    [2, 3, 70],
    [4, 4, 50],
  ]);
  expect(await shown(board, 2, [50, 4])).toEqual([]);
  // The user of the cursor has more points by now, or none.
  expect(await shown(board, 2, [60, 1])).toEqual([[4, 4, 50]]);
  expect(await board.countAbove(70)).toBe(1);
}

describe('S2.3 the leaderboard in the database', () => {
  it('has most points first, equals by id with one rank, in pages that follow each other', () =>
    expectTheOrder(sql));
});

/** A board in Redis whose database does not answer, so that what it shows can only be from Redis. */
function boardIn(redis: Connection): { board: Board; filled(): Promise<void> } {
  const board = createRedisBoard({
    redis,
    store,
    database: { ...sql, countAbove: async () => -1 },
  });
  return { board, filled: () => until(async () => (await board.countAbove(70)) !== -1) };
}

describeWithRedis('S2.3 the leaderboard in Redis', () => {
  it('is the same as in the database, is filled from it, and again after Redis forgot it', async () => {
    const server = await startOwnRedis();
    const redis = await connectRedis({ url: server.url });
    const { board, filled } = boardIn(redis);
    expect(await board.countAbove(70)).toBe(-1);
    await filled();
    await expectTheOrder(board);
    await redis.client.flushall();
    // A change alone is no board.
    await board.changed([{ userId: user(4), points: 50 }]);
    expect(await board.countAbove(70)).toBe(-1);
    await filled();
    await expectTheOrder(board);
    await redis.close();
    await server.stop();
  });

  it('shows what changed, and no change that came too late', async () => {
    const server = await startOwnRedis();
    const redis = await connectRedis({ url: server.url });
    const { board, filled } = boardIn(redis);
    await filled();
    await board.changed([{ userId: user(4), points: 80 }]);
    await board.changed([{ userId: user(4), points: 60 }]);
    expect(await shown(board, 2)).toEqual([
      [1, 1, 90],
      [2, 4, 80],
    ]);
    await redis.close();
    await server.stop();
  });

  it('is not believed after a change that could not be written', async () => {
    const server = await startOwnRedis({ durable: true });
    const redis = await connectRedis({ url: server.url });
    const { board, filled } = boardIn(redis);
    await filled();
    await server.kill();
    await until(async () => !redis.isUp());
    await board.changed([{ userId: user(3), points: 75 }]);
    await server.restart();
    await until(async () => redis.isUp());
    expect(await board.countAbove(70)).toBe(-1);
    await filled();
    await expectTheOrder(board);
    await redis.close();
    await server.stop();
  });
});
