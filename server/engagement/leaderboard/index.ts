import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { Consumer } from '../../events/event.ts';
import type { Redis } from '../../platform/redis.ts';
import { createRedisBoard } from './redis-board.ts';
import { createLeaderboardRoutes } from './routes.ts';
import { createSqlBoard, createStatsStore } from './stats-store.ts';
import { createUserStats } from './user-stats.ts';

/** The feature that counts what users have reached, and orders them by their points. */
export function createLeaderboard(deps: {
  pool: Pool;
  redis?: Redis;
  authenticate: RequestHandler;
}): { routes: Router; userStats: Consumer } {
  const { pool, redis, authenticate } = deps;
  const store = createStatsStore(pool);
  const database = createSqlBoard(pool);
  const board = redis === undefined ? database : createRedisBoard({ redis, store, database });
  return {
    routes: createLeaderboardRoutes({ board, store, authenticate }),
    userStats: createUserStats(store, board),
  };
}
