import type { Pool, PoolClient } from 'pg';
import type { SeededQuests, SeedQuests } from '../../../src/protocol/quests.ts';
import { transaction } from '../../platform/postgres.ts';
import { goalColumns } from '../goal.ts';

type Wanted = SeedQuests['quests'];

/**
 * Creates the quests that do not exist yet, all or none. One that exists stays as it is. A campaign that is no campaign of
 * rewards, or that another quest gives, is refused, and nothing is created.
 */
export async function putQuests(
  pool: Pool,
  quests: Wanted,
): Promise<SeededQuests | { refusedCampaign: string }> {
  // Rows are written in the order of their ids, so that two calls at the same time cannot deadlock.
  const sorted = quests.toSorted((a, b) => (a.questId < b.questId ? -1 : 1));
  try {
    return await transaction(pool, async (tx) => {
      const created = new Set(await insert(tx, sorted));
      const wanted = sorted.filter(({ questId }) => created.has(questId));
      await assertRewards(tx, wanted);
      const ids = sorted.map(({ questId }) => questId);
      return {
        created: ids.filter((id) => created.has(id)),
        existing: ids.filter((id) => !created.has(id)),
      };
    });
  } catch (error) {
    if (error instanceof RefusedCampaign) return { refusedCampaign: error.message };
    throw error;
  }
}

/** Rolls the transaction back, because a quest cannot give the vouchers of this campaign. */
class RefusedCampaign extends Error {}

/** Inserts the quests whose ids are free, without their campaigns. Returns their ids. */
async function insert(tx: PoolClient, quests: Wanted): Promise<string[]> {
  const { rows } = await tx.query<{ quest_id: string }>(
    `INSERT INTO quests (quest_id, name, description, counts, needed, code_hashes, requires_quests,
                         requires_achievements, points, achievement_id)
     SELECT q.quest_id, q.name, q.description, q.counts, q.needed, q.code_hashes, q.requires_quests,
       q.requires_achievements, q.points, q.achievement_id
     FROM jsonb_to_recordset($1) AS q (
       quest_id text, name text, description text, counts text, needed int, code_hashes text[],
       requires_quests text[], requires_achievements text[], points int, achievement_id text
     )
     ORDER BY quest_id
     ON CONFLICT DO NOTHING
     RETURNING quest_id`,
    [
      JSON.stringify(
        quests.map(({ questId, name, description, goal, requires, reward }) => ({
          quest_id: questId,
          ...{ name, description, ...goalColumns(goal) },
          requires_quests: requires.quests,
          requires_achievements: requires.achievements,
          points: reward.points,
          achievement_id: reward.achievementId ?? null,
        })),
      ),
    ],
  );
  return rows.map((row) => row.quest_id);
}

/** Gives the quests their campaigns, which are locked meanwhile: each belongs to one quest. */
async function assertRewards(tx: PoolClient, quests: Wanted): Promise<void> {
  const rewards = quests.flatMap(({ questId, reward: { campaignId } }) =>
    campaignId === undefined ? [] : [{ questId, campaignId }],
  );
  const ids = rewards.map(({ campaignId }) => campaignId);
  await tx.query(
    'SELECT FROM campaigns WHERE campaign_id = ANY ($1) ORDER BY campaign_id FOR UPDATE',
    [ids],
  );
  // A statement of its own: it sees the quests that were committed before the locks were had.
  const { rows: free } = await tx.query<{ campaign_id: string }>(
    `SELECT c.campaign_id FROM campaigns c
     WHERE c.campaign_id = ANY ($1) AND c.is_reward
       AND NOT EXISTS (SELECT FROM quests q WHERE q.campaign_id = c.campaign_id)`,
    [ids],
  );
  const isFree = new Set(free.map((row) => row.campaign_id));
  for (const { questId, campaignId } of rewards) {
    // Taken out, so that a second quest of this call does not get it as well.
    if (!isFree.delete(campaignId)) throw new RefusedCampaign(campaignId);
    await tx.query('UPDATE quests SET campaign_id = $2 WHERE quest_id = $1', [questId, campaignId]);
  }
}
