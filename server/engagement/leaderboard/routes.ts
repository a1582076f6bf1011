import type { Request, RequestHandler, Response, Router } from 'express';
import {
  type Leaderboard,
  LeaderboardQuery,
  type UserStats,
} from '../../../src/protocol/leaderboard.ts';
import { cutPage, readPage } from '../../http/request/paging.ts';
import { methodNotAllowed } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { type Board, rank, type Score } from './board.ts';
import type { StatsStore } from './stats-store.ts';

export function createLeaderboardRoutes(deps: {
  board: Board;
  store: StatsStore;
  authenticate: RequestHandler;
}): Router {
  const { board, store, authenticate } = deps;
  const router = createRouter();

  router.route('/leaderboard').get(authenticate, list).all(methodNotAllowed);
  router.route('/stats').get(authenticate, readStats).all(methodNotAllowed);

  return router;

  async function list(req: Request, res: Response): Promise<void> {
    const { limit, cursor } = readPage(req, LeaderboardQuery);
    const stretch = await board.read({ limit: limit + 1, after: afterOf(cursor) });
    const { page, nextCursor } = cutPage(
      rank(stretch),
      limit,
      ({ points, userId }) => `${points}_${userId}`,
    );
    respond(res, 200, { standings: page, nextCursor } satisfies Leaderboard);
  }

  async function readStats(req: Request, res: Response): Promise<void> {
    const stats = await store.find(req.caller.userId);
    const above = stats.points === 0 ? undefined : await board.countAbove(stats.points);
    const place = above === undefined ? null : above + 1;
    respond(res, 200, { ...stats, rank: place } satisfies UserStats);
  }
}

function afterOf(cursor: string | undefined): Score | undefined {
  if (cursor === undefined) return undefined;
  const [points, userId] = cursor.split('_') as [string, string];
  return { points: Number(points), userId };
}
