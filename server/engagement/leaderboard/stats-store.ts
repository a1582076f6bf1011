import type { Pool, PoolClient } from 'pg';
import type { Board, Score } from './board.ts';

/** The part that some events add to the stats of a user. */
export interface StatsGain extends Score {
  achievements: number;
  quests: number;
}

export interface StatsStore {
  find(userId: string): Promise<{ points: number; achievements: number; quests: number }>;
  /** Adds to the stats of users. Returns the points that these have then. */
  add(tx: PoolClient, gains: readonly StatsGain[]): Promise<Score[]>;
  /** Up to `limit` users with points, those after `userId`, in the order of their ids. */
  listScores(page: { limit: number; after: string }): Promise<Score[]>;
}

export function createStatsStore(pool: Pool): StatsStore {
  return {
    async find(userId) {
      const { rows } = await pool.query<{ points: number; achievements: number; quests: number }>({
        name: 'stats.find',
        text: 'SELECT points, achievements, quests FROM user_stats WHERE user_id = $1',
        values: [userId],
      });
      return rows[0] ?? { points: 0, achievements: 0, quests: 0 };
    },

    async add(tx, gains) {
      const { rows } = await tx.query<Score>({
        name: 'stats.add',
        // Rows are written in the same order by all workers, so that two of them cannot deadlock.
        text: `INSERT INTO user_stats AS s (user_id, points, achievements, quests)
               SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::int[], $4::int[]) ORDER BY 1
               ON CONFLICT (user_id) DO UPDATE
               SET points = s.points + excluded.points,
                   achievements = s.achievements + excluded.achievements,
                   quests = s.quests + excluded.quests
               RETURNING user_id AS "userId", points`,
        values: [
          gains.map(({ userId }) => userId),
          gains.map(({ points }) => points),
          gains.map(({ achievements }) => achievements),
          gains.map(({ quests }) => quests),
        ],
      });
      return rows;
    },

    async listScores({ limit, after }) {
      const { rows } = await pool.query<Score>({
        name: 'stats.list-scores',
        text: `SELECT user_id AS "userId", points FROM user_stats
               WHERE user_id > $1 AND points > 0 ORDER BY user_id LIMIT $2`,
        values: [after, limit],
      });
      return rows;
    },
  };
}

/** The board as the database has it. */
export const createSqlBoard = (pool: Pool): Board => ({
  async changed() {},

  async read({ limit, after }) {
    // Not prepared: the first page and a later one are best read in different ways.
    const { rows: scores } = await pool.query<Score>(
      `SELECT user_id AS "userId", points FROM user_stats
       WHERE points > 0 ${after === undefined ? '' : 'AND (points < $2 OR (points = $2 AND user_id > $3))'}
       ORDER BY points DESC, user_id LIMIT $1`,
      after === undefined ? [limit] : [limit, after.points, after.userId],
    );
    const [first] = scores;
    if (first === undefined) return { scores, before: 0, above: 0 };
    const { rows } = await pool.query<{ before: number; above: number }>({
      name: 'stats.place',
      text: `SELECT count(*) AS before, count(*) FILTER (WHERE points > $1) AS above FROM user_stats
             WHERE points > $1 OR (points = $1 AND user_id < $2)`,
      values: [first.points, first.userId],
    });
    return { scores, before: rows[0]?.before ?? 0, above: rows[0]?.above ?? 0 };
  },

  async countAbove(points) {
    const { rows } = await pool.query<{ above: number }>({
      name: 'stats.count-above',
      text: 'SELECT count(*) AS above FROM user_stats WHERE points > $1',
      values: [points],
    });
    return rows[0]?.above ?? 0;
  },
});
