import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import { transaction } from '../../platform/postgres.ts';
import { type Gain, gainColumns } from '../gains.ts';
import type { CodeOutcome, Progress } from '../goal.ts';
import { publish } from '../publish.ts';
import { type AchievementRow, type Reached, tellOf } from './achievement.ts';

export type ReachedRow = Reached & { achievement_id: string };

export interface AchievementStore {
  /** All achievements there are, by their ids. */
  list(): Promise<AchievementRow[]>;
  /** How far a user is with each achievement that they have begun. */
  reachedBy(userId: string): Promise<ReachedRow[]>;
  /** Those of the achievements that the user has unlocked. */
  unlockedOf(userId: string, achievementIds: string[]): Promise<string[]>;
  /**
   * Writes the progress that `decide` makes of the user's present one, with its event. Calls of one user take turns.
   * Undefined for an achievement that does not exist.
   */
  submit(
    own: { achievementId: string; userId: string },
    decide: (achievement: AchievementRow, before: Progress) => CodeOutcome,
  ): Promise<{ decided: CodeOutcome; row: AchievementRow; reached: Reached } | undefined>;
  /** Counts gains for every achievement that counts such things, and tells of what was reached. */
  gain(tx: PoolClient, gains: readonly Gain[]): Promise<void>;
  /** Unlocks achievements for users who have not unlocked them. Of one that does not exist nothing happens. */
  unlock(tx: PoolClient, unlocks: { userId: string; achievementId: string }[]): Promise<void>;
}

const COLUMNS = 'achievement_id, name, description, counts, needed, code_hashes, points';

/** A row of progress that has just changed, with its achievement. */
type Changed = AchievementRow & Reached & { user_id: string };

export function createAchievementStore(pool: Pool): AchievementStore {
  return {
    async list() {
      const { rows } = await pool.query<AchievementRow>({
        name: 'achievements.list',
        text: `SELECT ${COLUMNS} FROM achievements ORDER BY achievement_id`,
      });
      return rows;
    },

    async reachedBy(userId) {
      const { rows } = await pool.query<ReachedRow>({
        name: 'achievements.reached-by',
        text: 'SELECT achievement_id, count, unlocked_at FROM achievement_progress WHERE user_id = $1',
        values: [userId],
      });
      return rows;
    },

    async unlockedOf(userId, achievementIds) {
      const { rows } = await pool.query<{ achievement_id: string }>({
        name: 'achievements.unlocked-of',
        text: `SELECT achievement_id FROM achievement_progress
               WHERE user_id = $1 AND achievement_id = ANY ($2) AND unlocked_at IS NOT NULL`,
        values: [userId, achievementIds],
      });
      return rows.map((row) => row.achievement_id);
    },

    submit: ({ achievementId, userId }, decide) =>
      transaction(pool, async (tx) => {
        const { rows: found } = await tx.query<AchievementRow>({
          name: 'achievements.find',
          text: `SELECT ${COLUMNS} FROM achievements WHERE achievement_id = $1`,
          values: [achievementId],
        });
        const [row] = found;
        if (row === undefined) return undefined;
        const before = await lockProgress(tx, userId, achievementId);
        const decided = decide(row, before);
        if (decided.outcome !== 'counted' || before.unlocked_at !== null) {
          return { decided, row, reached: before };
        }
        const { count, found: codes } = decided.progress;
        const { rows } = await tx.query<Reached>({
          name: 'achievements.write-progress',
          text: `UPDATE achievement_progress
                 SET count = $3::int, found = $4, unlocked_at = CASE WHEN $3::int >= $5 THEN clock_timestamp() END
                 WHERE user_id = $1 AND achievement_id = $2
                 RETURNING count, unlocked_at`,
          values: [userId, achievementId, count, codes, row.needed],
        });
        const reached = rows[0] as Reached;
        await tell(tx, [{ ...row, ...reached, user_id: userId }]);
        return { decided, row, reached };
      }),

    async gain(tx, gains) {
      const { rows } = await tx.query<Changed>({
        name: 'achievements.gain',
        text: `WITH changed AS (
                 INSERT INTO achievement_progress AS p (user_id, achievement_id, count, unlocked_at)
                 SELECT g.user_id, a.achievement_id, least(g.units, a.needed),
                   CASE WHEN g.units >= a.needed THEN clock_timestamp() END
                 FROM unnest($1::uuid[], $2::text[], $3::int[]) AS g (user_id, counts, units)
                 JOIN achievements a USING (counts)
                 ORDER BY 1, 2
                 ON CONFLICT (user_id, achievement_id) DO UPDATE
                 SET count = least(p.count + excluded.count, ${NEEDED}),
                     unlocked_at = CASE WHEN p.count + excluded.count >= ${NEEDED} THEN clock_timestamp() END
                 WHERE p.unlocked_at IS NULL
                 RETURNING user_id, achievement_id, count, unlocked_at
               )
               SELECT user_id, count, unlocked_at, ${COLUMNS}
               FROM changed JOIN achievements USING (achievement_id) ORDER BY user_id, achievement_id`,
        values: gainColumns(gains),
      });
      await tell(tx, rows);
    },

    async unlock(tx, unlocks) {
      const sorted = unlocks.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
      const { rows } = await tx.query<Changed>({
        name: 'achievements.unlock',
        text: `WITH changed AS (
                 INSERT INTO achievement_progress AS p (user_id, achievement_id, count, unlocked_at)
                 SELECT DISTINCT u.user_id, a.achievement_id, a.needed, clock_timestamp()
                 FROM unnest($1::uuid[], $2::text[]) AS u (user_id, achievement_id)
                 JOIN achievements a USING (achievement_id)
                 ORDER BY 1, 2
                 ON CONFLICT (user_id, achievement_id) DO UPDATE
                 SET count = excluded.count, unlocked_at = excluded.unlocked_at
                 WHERE p.unlocked_at IS NULL
                 RETURNING user_id, achievement_id, count, unlocked_at
               )
               SELECT user_id, count, unlocked_at, ${COLUMNS}
               FROM changed JOIN achievements USING (achievement_id) ORDER BY user_id, achievement_id`,
        values: [sorted.map(({ userId }) => userId), sorted.map((each) => each.achievementId)],
      });
      await tell(tx, rows);
    },
  };
}

/** The units that the achievement of a row of progress `p` needs. */
const NEEDED = '(SELECT a.needed FROM achievements a WHERE a.achievement_id = p.achievement_id)';

/** Makes the user's row of progress if there is none, and locks it. */
async function lockProgress(
  tx: PoolClient,
  userId: string,
  achievementId: string,
): Promise<Progress & Reached> {
  await tx.query({
    name: 'achievements.begin',
    text: `INSERT INTO achievement_progress (user_id, achievement_id, count) VALUES ($1, $2, 0)
           ON CONFLICT DO NOTHING`,
    values: [userId, achievementId],
  });
  const { rows } = await tx.query<Progress & Reached>({
    name: 'achievements.lock-progress',
    text: `SELECT count, found, unlocked_at FROM achievement_progress
           WHERE user_id = $1 AND achievement_id = $2 FOR UPDATE`,
    values: [userId, achievementId],
  });
  return rows[0] as Progress & Reached;
}

/** Publishes the events of changed progress. */
async function tell(tx: PoolClient, changed: Changed[]): Promise<void> {
  const told = (rows: Changed[]) => rows.map((row) => tellOf(row.user_id, row, row.count));
  const isUnlocked = ({ unlocked_at }: Changed) => unlocked_at !== null;
  const open = changed.filter((row) => !isUnlocked(row));
  await publish(tx, TOPICS.achievements, 'ACHIEVEMENT_PROGRESSED', told(open));
  await publish(tx, TOPICS.achievements, 'ACHIEVEMENT_UNLOCKED', told(changed.filter(isUnlocked)));
}
