import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import type { GoneBecause } from '../../../src/protocol/quests.ts';
import { transaction } from '../../platform/postgres.ts';
import { type Gain, gainColumns } from '../gains.ts';
import type { Progress } from '../goal.ts';
import { publish } from '../publish.ts';
import { type ProgressRow, type QuestRow, tellOf } from './quest.ts';

/** A quest of a user. */
export interface Own {
  questId: string;
  userId: string;
}

/** The call that changes progress: ids under which its effect is found again. */
export interface By {
  effectId: string;
  callId: string | undefined;
}

/** The change that a submission makes. Undefined: none. */
export type Change = Progress | undefined;

export interface QuestStore {
  list(page: { limit: number; cursor: string }): Promise<QuestRow[]>;
  find(questId: string): Promise<QuestRow | undefined>;
  /** Those of the quests that the user has completed. */
  completedOf(userId: string, questIds: string[]): Promise<string[]>;
  findProgress(own: Own): Promise<ProgressRow | undefined>;
  /** Starts a quest, and tells of it. False if the user has started it before. */
  start(quest: QuestRow, userId: string, startId: string): Promise<boolean>;
  /**
   * Writes the progress that `decide` makes of the present one; what completes the quest is told of, and its voucher is owed
   * from then on. Calls of one user take turns. Undefined for a quest that the user has not started.
   */
  submit(
    quest: QuestRow,
    own: Own,
    by: By,
    decide: (before: ProgressRow) => Change,
  ): Promise<ProgressRow | undefined>;
  /** Counts gains for the quests under way that count such things. */
  gain(tx: PoolClient, gains: readonly Gain[]): Promise<void>;
  /** Takes vouchers that are owed and that nobody is giving, and keeps others from them for a while. */
  takeOwed(limit: number): Promise<Owed[]>;
  /** Those of the users' vouchers that are owed and that nobody is giving. */
  findOwed(owns: readonly Own[]): Promise<Owed[]>;
  /** Records that there is no voucher, and tells of it, unless it was settled meanwhile. */
  markGone(quest: QuestRow, own: Own, because: GoneBecause): Promise<void>;
}

/** A voucher that a quest owes. */
export interface Owed extends Own {
  orderId: string;
  campaignId: string;
  callId: string | null;
}

const QUEST = `quest_id, name, description, counts, needed, code_hashes, requires_quests, requires_achievements,
  points, achievement_id, campaign_id`;
const PROGRESS = `quest_id, user_id, count, found, started_at, start_id, completed_at, completion_id, call_id,
  voucher_outcome, voucher_order_id, gone_because`;
const OWED = `p.quest_id AS "questId", p.user_id AS "userId", p.voucher_order_id AS "orderId",
  q.campaign_id AS "campaignId", p.call_id AS "callId"`;

/** The time for which whoever began to give a voucher is left to it: longer than any healthy request takes. */
const GIVE_WITHIN = `interval '5 seconds'`;

export function createQuestStore(pool: Pool, newId: () => string): QuestStore {
  return {
    async list({ limit, cursor }) {
      const { rows } = await pool.query<QuestRow>({
        name: 'quests.list',
        text: `SELECT ${QUEST} FROM quests WHERE quest_id > $1 ORDER BY quest_id LIMIT $2`,
        values: [cursor, limit],
      });
      return rows;
    },

    async find(questId) {
      const { rows } = await pool.query<QuestRow>({
        name: 'quests.find',
        text: `SELECT ${QUEST} FROM quests WHERE quest_id = $1`,
        values: [questId],
      });
      return rows[0];
    },

    async completedOf(userId, questIds) {
      const { rows } = await pool.query<{ quest_id: string }>({
        name: 'quests.completed-of',
        text: `SELECT quest_id FROM quest_progress
               WHERE user_id = $1 AND quest_id = ANY ($2) AND completed_at IS NOT NULL`,
        values: [userId, questIds],
      });
      return rows.map((row) => row.quest_id);
    },

    async findProgress({ questId, userId }) {
      const { rows } = await pool.query<ProgressRow>({
        name: 'quests.find-progress',
        text: `SELECT ${PROGRESS} FROM quest_progress WHERE user_id = $1 AND quest_id = $2`,
        values: [userId, questId],
      });
      return rows[0];
    },

    start: (quest, userId, startId) =>
      transaction(pool, async (tx) => {
        const { rowCount } = await tx.query({
          name: 'quests.start',
          text: `INSERT INTO quest_progress (quest_id, user_id, start_id) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING`,
          values: [quest.quest_id, userId, startId],
        });
        if (rowCount === 1) {
          await publish(tx, TOPICS.quests, 'QUEST_STARTED', [tellOf(userId, quest)]);
        }
        return rowCount === 1;
      }),

    submit: (quest, { questId, userId }, by, decide) =>
      transaction(pool, async (tx) => {
        const { rows } = await tx.query<ProgressRow>({
          name: 'quests.lock-progress',
          text: `SELECT ${PROGRESS} FROM quest_progress WHERE user_id = $1 AND quest_id = $2 FOR UPDATE`,
          values: [userId, questId],
        });
        const [before] = rows;
        const change = before && decide(before);
        if (change === undefined) return before;
        const isCompleted = change.count >= quest.needed;
        const written = await tx.query<ProgressRow>({
          name: 'quests.write-progress',
          text: `UPDATE quest_progress
                 SET count = $3, found = $4,
                   completed_at = CASE WHEN $5 THEN clock_timestamp() END,
                   completion_id = CASE WHEN $5 THEN $6::uuid END,
                   call_id = CASE WHEN $5 THEN $7 END,
                   voucher_outcome = CASE WHEN $5 AND $8 THEN 'OWED' END,
                   voucher_order_id = CASE WHEN $5 AND $8 THEN $9::uuid END,
                   give_after = CASE WHEN $5 AND $8 THEN clock_timestamp() + ${GIVE_WITHIN} END
                 WHERE user_id = $1 AND quest_id = $2
                 RETURNING ${PROGRESS}`,
          values: [
            ...[userId, questId, change.count, change.found, isCompleted, by.effectId],
            ...[by.callId ?? null, quest.campaign_id !== null, newId()],
          ],
        });
        if (isCompleted) {
          await publish(tx, TOPICS.quests, 'QUEST_COMPLETED', [tellOf(userId, quest)]);
        }
        return written.rows[0];
      }),

    async gain(tx, gains) {
      const { rows } = await tx.query<QuestRow & { user_id: string }>({
        name: 'quests.gain',
        // The progress is locked in a fixed order, so that two workers cannot deadlock.
        text: `WITH gained AS (
                 SELECT p.user_id, p.quest_id, p.count + g.units AS count, q.needed, q.campaign_id
                 FROM unnest($1::uuid[], $2::text[], $3::int[]) AS g (user_id, counts, units)
                 JOIN quests q USING (counts)
                 JOIN quest_progress p ON p.user_id = g.user_id AND p.quest_id = q.quest_id
                 WHERE p.completed_at IS NULL
                 ORDER BY p.user_id, p.quest_id
                 FOR UPDATE OF p
               ), changed AS (
                 UPDATE quest_progress p
                 SET count = least(g.count, g.needed),
                   completed_at = CASE WHEN g.count >= g.needed THEN clock_timestamp() END,
                   voucher_outcome = CASE WHEN g.count >= g.needed AND g.campaign_id IS NOT NULL THEN 'OWED' END,
                   voucher_order_id =
                     CASE WHEN g.count >= g.needed AND g.campaign_id IS NOT NULL THEN new_order_id() END,
                   give_after = CASE WHEN g.count >= g.needed AND g.campaign_id IS NOT NULL THEN clock_timestamp() END
                 FROM gained g
                 WHERE p.user_id = g.user_id AND p.quest_id = g.quest_id
                 RETURNING p.user_id, p.quest_id, p.completed_at
               )
               SELECT user_id, ${QUEST} FROM changed JOIN quests USING (quest_id)
               WHERE completed_at IS NOT NULL ORDER BY user_id, quest_id`,
        values: gainColumns(gains),
      });
      const told = rows.map((row) => tellOf(row.user_id, row));
      await publish(tx, TOPICS.quests, 'QUEST_COMPLETED', told);
    },

    async takeOwed(limit) {
      const { rows } = await pool.query<Owed>({
        name: 'quests.take-owed',
        text: `WITH due AS (
                 SELECT user_id, quest_id FROM quest_progress
                 WHERE voucher_outcome = 'OWED' AND give_after <= now()
                 ORDER BY give_after LIMIT $1 FOR UPDATE SKIP LOCKED
               )
               UPDATE quest_progress p SET give_after = now() + ${GIVE_WITHIN}
               FROM due JOIN quests q USING (quest_id)
               WHERE p.user_id = due.user_id AND p.quest_id = due.quest_id
               RETURNING ${OWED}`,
        values: [limit],
      });
      return rows;
    },

    async findOwed(owns) {
      const { rows } = await pool.query<Owed>({
        name: 'quests.find-owed',
        text: `SELECT ${OWED}
               FROM unnest($1::uuid[], $2::text[]) AS o (user_id, quest_id)
               JOIN quest_progress p USING (user_id, quest_id) JOIN quests q USING (quest_id)
               WHERE p.voucher_outcome = 'OWED' AND p.give_after <= now()`,
        values: [owns.map(({ userId }) => userId), owns.map(({ questId }) => questId)],
      });
      return rows;
    },

    markGone: (quest, { questId, userId }, because) =>
      transaction(pool, async (tx) => {
        const { rowCount } = await tx.query({
          name: 'quests.mark-gone',
          text: `UPDATE quest_progress SET voucher_outcome = 'GONE', gone_because = $3, give_after = NULL
                 WHERE user_id = $1 AND quest_id = $2 AND voucher_outcome = 'OWED'`,
          values: [userId, questId, because],
        });
        if (rowCount !== 1) return;
        const told = { ...tellOf(userId, quest), outcome: 'GONE' as const };
        await publish(tx, TOPICS.quests, 'QUEST_REWARDED', [told]);
      }),
  };
}
