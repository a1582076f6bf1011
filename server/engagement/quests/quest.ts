import type { Registration } from '../../../src/protocol/campaigns.ts';
import type { QuestEvent } from '../../../src/protocol/events.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type {
  GoneBecause,
  Quest,
  QuestProgress,
  QuestVoucher,
  VoucherOutcome,
} from '../../../src/protocol/quests.ts';
import type { GoalColumns, Progress } from '../goal.ts';

/** A row of `quests`. */
export interface QuestRow extends GoalColumns {
  quest_id: string;
  name: string;
  description: string;
  requires_quests: string[];
  requires_achievements: string[];
  points: number;
  achievement_id: string | null;
  campaign_id: string | null;
}

/** A row of `quest_progress`. */
export interface ProgressRow extends Progress {
  quest_id: string;
  user_id: string;
  started_at: Date;
  start_id: string;
  completed_at: Date | null;
  completion_id: string | null;
  call_id: string | null;
  voucher_outcome: VoucherOutcome | null;
  voucher_order_id: string | null;
  gone_because: GoneBecause | null;
}

const rewardOf = (row: QuestRow): Quest['reward'] => ({
  points: row.points,
  ...(row.achievement_id !== null && { achievementId: row.achievement_id }),
  ...(row.campaign_id !== null && { campaignId: row.campaign_id }),
});

export const describeQuest = (row: QuestRow): Quest => ({
  questId: row.quest_id,
  name: row.name,
  description: row.description,
  goal: { counts: row.counts, needed: row.needed },
  requires: { quests: row.requires_quests, achievements: row.requires_achievements },
  reward: rewardOf(row),
});

/** The event of a user who started or completed a quest. */
export const tellOf = (userId: string, row: QuestRow): QuestEvent => ({
  userId,
  questId: row.quest_id,
  name: row.name,
  reward: rewardOf(row),
});

/** The facts about a voucher that are not in the row: the voucher itself, and the number at which it was found gone. */
export interface VoucherFacts {
  registration?: Registration;
  sequence?: number;
}

export const describeProgress = (
  quest: QuestRow,
  row: ProgressRow,
  facts: VoucherFacts = {},
): QuestProgress => ({
  questId: row.quest_id,
  status: row.completed_at === null ? 'ACTIVE' : 'COMPLETED',
  count: row.count,
  needed: quest.needed,
  startedAt: row.started_at.toISOString(),
  completedAt: row.completed_at?.toISOString() ?? null,
  voucher: describeVoucher(quest, row, facts),
});

function describeVoucher(
  { campaign_id: campaignId }: QuestRow,
  { voucher_outcome: outcome, gone_because: goneBecause }: ProgressRow,
  facts: VoucherFacts,
): QuestVoucher | null {
  if (outcome === null || campaignId === null) return null;
  return { outcome, campaignId, ...(goneBecause !== null && { goneBecause }), ...facts };
}

export interface Refusal {
  code: ProblemCode;
  detail: string;
}

export const REFUSALS = {
  unknown: { code: 'NOT_FOUND', detail: 'There is no quest with this id.' },
  unknown_user: { code: 'NOT_FOUND', detail: 'There is no account of this user any more.' },
  locked: {
    code: 'QUEST_LOCKED',
    detail: 'Other quests or achievements, named in `requires`, come first.',
  },
  started: { code: 'QUEST_STARTED', detail: 'You have started this quest already.' },
  not_started: { code: 'QUEST_NOT_STARTED', detail: 'You have not started this quest.' },
  completed: { code: 'QUEST_COMPLETED', detail: 'You have completed this quest already.' },
  not_completed: { code: 'QUEST_NOT_COMPLETED', detail: 'You have not completed this quest.' },
  no_voucher: { code: 'NOT_FOUND', detail: 'This quest gives no voucher.' },
  wrong_code: { code: 'WRONG_CODE', detail: 'This code is none of those to be found.' },
  not_submittable: {
    code: 'NOT_SUBMITTABLE',
    detail: 'The server counts this by what happens; nothing has to be submitted.',
  },
} as const satisfies Record<string, Refusal>;
