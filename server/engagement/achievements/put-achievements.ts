import type { Pool } from 'pg';
import type { SeedAchievements, SeededAchievements } from '../../../src/protocol/achievements.ts';
import { goalColumns } from '../goal.ts';

/** Creates the achievements that do not exist yet. One that exists stays as it is, because users have progress in it. */
export async function putAchievements(
  pool: Pool,
  achievements: SeedAchievements['achievements'],
): Promise<SeededAchievements> {
  const { rows } = await pool.query<{ achievement_id: string }>(
    `INSERT INTO achievements (achievement_id, name, description, counts, needed, code_hashes, points)
     SELECT a.achievement_id, a.name, a.description, a.counts, a.needed, a.code_hashes, a.points
     FROM jsonb_to_recordset($1) AS a (
       achievement_id text, name text, description text, counts text, needed int, code_hashes text[], points int
     )
     ORDER BY achievement_id
     ON CONFLICT DO NOTHING
     RETURNING achievement_id`,
    [
      JSON.stringify(
        achievements.map(({ achievementId, name, description, goal, points }) => ({
          achievement_id: achievementId,
          ...{ name, description, points },
          ...goalColumns(goal),
        })),
      ),
    ],
  );
  const created = new Set(rows.map((row) => row.achievement_id));
  const ids = achievements.map(({ achievementId }) => achievementId).toSorted();
  return {
    created: ids.filter((id) => created.has(id)),
    existing: ids.filter((id) => !created.has(id)),
  };
}
