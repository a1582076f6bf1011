import * as z from 'zod';
import { CURSOR_MEANING, PageQuery } from './paging.ts';

/** The points of a user and the place that they give. Users with as many points share a rank, and the next rank is left out. */
export const Standing = z.object({ rank: z.int(), userId: z.uuid(), points: z.int() });
export type Standing = z.infer<typeof Standing>;

/** The cursor names the last user of a page, with the points that they had. */
export const LeaderboardQuery = PageQuery.extend({
  cursor: z
    .string()
    .regex(
      /^\d{1,15}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      'must be a nextCursor of an earlier page',
    )
    .optional()
    .describe(CURSOR_MEANING),
});
export type LeaderboardQuery = z.infer<typeof LeaderboardQuery>;

/**
 * A page of the leaderboard: most points first, among as many points by user id. Only users with points are on it.
 * `nextCursor` is absent on the last page.
 */
export const Leaderboard = z
  .object({ standings: z.array(Standing), nextCursor: z.string().optional() })
  .meta({ id: 'Leaderboard' });
export type Leaderboard = z.infer<typeof Leaderboard>;

/** The caller's points and what they have reached. */
export const UserStats = z
  .object({
    points: z.int(),
    achievements: z.int(),
    quests: z.int(),
    /** The caller's rank on the leaderboard; null without points. */
    rank: z.int().nullable(),
  })
  .meta({ id: 'UserStats' });
export type UserStats = z.infer<typeof UserStats>;
