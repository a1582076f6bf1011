import { submitCode } from '../goal.ts';
import {
  type ProgressRow,
  type QuestRow,
  REFUSALS,
  type Refusal,
  type VoucherFacts,
} from './quest.ts';
import type { By, Own, QuestStore } from './store.ts';
import type { QuestVouchers, RewardCampaigns } from './vouchers.ts';

/** The state of a user's quest, and of its voucher. */
export interface Played {
  quest: QuestRow;
  row: ProgressRow;
  facts: VoucherFacts;
}

/** The things that a user does with a quest. */
export interface Play {
  start(own: Own, startId: string): Promise<Played | Refusal>;
  /** `isRepeated`: an earlier call with this `effectId` may have done it already. */
  submit(own: Own, code: string, by: By & { isRepeated: boolean }): Promise<Played | Refusal>;
  /** Tells of the voucher of a completed quest, and gives it if it is still owed. */
  claim(own: Own): Promise<Played | Refusal>;
  read(own: Own): Promise<Played | Refusal>;
}

const GONE_IN_METRICS = { CAMPAIGN_FULL: 'full', CAMPAIGN_ENDED: 'ended' } as const;

const NONE: string[] = [];

/** The progress as it was when the quest was started: a repeated start is answered as the first one. */
const asStarted = (row: ProgressRow): ProgressRow => ({
  ...row,
  count: 0,
  completed_at: null,
  voucher_outcome: null,
  gone_because: null,
});

export function createPlay(deps: {
  store: QuestStore;
  findQuest(questId: string): Promise<QuestRow | undefined>;
  vouchers: QuestVouchers;
  findRegistration: RewardCampaigns['findRegistration'];
  isUser(userId: string): Promise<boolean>;
  unlockedOf(userId: string, achievementIds: string[]): Promise<string[]>;
  onFailure(error: unknown): void;
  /** Called with the outcome of each voucher that a completion decided. */
  onDecided(outcome: string): void;
}): Play {
  const { store, findQuest, vouchers, findRegistration, isUser, unlockedOf } = deps;
  const { onFailure, onDecided } = deps;

  return {
    async start(own, startId) {
      const quest = await findQuest(own.questId);
      if (quest === undefined) return REFUSALS.unknown;
      if (!(await isUser(own.userId))) return REFUSALS.unknown_user;
      if (!(await hasAllOf(quest, own.userId))) return REFUSALS.locked;
      const isNew = await store.start(quest, own.userId, startId);
      const row = (await store.findProgress(own)) as ProgressRow;
      if (!isNew && row.start_id !== startId) return REFUSALS.started;
      return { quest, row: asStarted(row), facts: {} };
    },

    async submit(own, code, by) {
      const quest = await findQuest(own.questId);
      if (quest === undefined) return REFUSALS.unknown;
      let refusal: Refusal | undefined;
      const row = await store.submit(quest, own, by, (before) => {
        if (before.completed_at !== null) {
          const isOwn = by.isRepeated && before.completion_id === by.effectId;
          if (!isOwn) refusal = REFUSALS.completed;
          return undefined;
        }
        const decided = submitCode(quest, before, code);
        if (decided.outcome === 'counted') return decided.progress;
        if (decided.outcome !== 'known') refusal = REFUSALS[decided.outcome];
        return undefined;
      });
      if (row === undefined) return REFUSALS.not_started;
      if (refusal !== undefined) return refusal;
      const played = await settled(quest, own, row);
      if (row.completion_id === by.effectId && !by.isRepeated) {
        const { voucher_outcome: outcome, gone_because: because } = played.row;
        const decided = outcome === 'GIVEN' ? 'registered' : because && GONE_IN_METRICS[because];
        if (decided) onDecided(decided);
      }
      return played;
    },

    async claim(own) {
      const played = await find(own);
      if ('code' in played) return played;
      const { quest, row } = played;
      if (row.completed_at === null) return REFUSALS.not_completed;
      if (row.voucher_outcome === null) return REFUSALS.no_voucher;
      return await settled(quest, own, row);
    },

    async read(own) {
      const played = await find(own);
      if ('code' in played) return played;
      return { ...played, facts: await factsOf(played.row) };
    },
  };

  async function find(own: Own): Promise<Played | Refusal> {
    const [quest, row] = await Promise.all([findQuest(own.questId), store.findProgress(own)]);
    if (quest === undefined) return REFUSALS.unknown;
    return row === undefined ? REFUSALS.not_started : { quest, row, facts: {} };
  }

  async function hasAllOf(quest: QuestRow, userId: string): Promise<boolean> {
    const { requires_quests: quests, requires_achievements: achievements } = quest;
    const [completed, unlocked] = await Promise.all([
      quests.length === 0 ? NONE : store.completedOf(userId, quests),
      achievements.length === 0 ? NONE : unlockedOf(userId, achievements),
    ]);
    return (
      quests.every((id) => completed.includes(id)) &&
      achievements.every((id) => unlocked.includes(id))
    );
  }

  /** The voucher of a row, given if it is owed. */
  async function settled(quest: QuestRow, own: Own, row: ProgressRow): Promise<Played> {
    const { voucher_outcome: outcome, voucher_order_id: orderId } = row;
    const campaignId = quest.campaign_id;
    if (outcome !== 'OWED' || orderId === null || campaignId === null) {
      return { quest, row, facts: await factsOf(row) };
    }
    const owed = { ...own, orderId, campaignId, callId: row.call_id };
    try {
      const facts = await vouchers.settle(owed);
      const after = (await store.findProgress(own)) ?? row;
      // Somebody else may have settled it in the meantime.
      const isTold = facts.registration === undefined && after.voucher_outcome === 'GIVEN';
      return { quest, row: after, facts: isTold ? await factsOf(after) : facts };
    } catch (error) {
      // The quest is completed whatever happened here, and its voucher is given later. "Nothing was done" would be wrong.
      onFailure(error);
      return { quest, row, facts: {} };
    }
  }

  async function factsOf(row: ProgressRow): Promise<VoucherFacts> {
    if (row.voucher_outcome !== 'GIVEN' || row.voucher_order_id === null) return {};
    const registration = await findRegistration(row.voucher_order_id);
    return registration === undefined ? {} : { registration };
  }
}
