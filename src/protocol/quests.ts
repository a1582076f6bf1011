import * as z from 'zod';
import { AchievementId, POINTS_MAX } from './achievements.ts';
import { PlainText } from './admin.ts';
import { CampaignId, Registration } from './campaigns.ts';
import { Goal, NewGoal } from './goals.ts';
import { SkuId } from './products.ts';

export const QuestId = SkuId;

/** The worth of a completed quest: points, an achievement, and a voucher of a campaign that gives its vouchers to nobody else. */
export const QuestReward = z.object({
  points: z.int().min(0).max(POINTS_MAX),
  achievementId: AchievementId.optional(),
  campaignId: CampaignId.optional(),
});
export type QuestReward = z.infer<typeof QuestReward>;

const REQUIRED_MAX = 10;

/** Body of `PUT /api/v1/admin/quests`, which creates these. One that exists stays as it is. */
export const SeedQuests = z.strictObject({
  quests: z
    .array(
      z.strictObject({
        questId: QuestId,
        name: PlainText.min(1).max(200),
        description: PlainText.max(2000).default(''),
        goal: NewGoal,
        /** Quests that a user must have completed before, and achievements that they must have. */
        requires: z
          .strictObject({
            quests: z.array(QuestId).max(REQUIRED_MAX).default([]),
            achievements: z.array(AchievementId).max(REQUIRED_MAX).default([]),
          })
          .prefault({}),
        reward: z
          .strictObject({
            points: z.int().min(0).max(POINTS_MAX).default(0),
            achievementId: AchievementId.optional(),
            campaignId: CampaignId.optional().describe(
              'A campaign of rewards, which no other quest gives.',
            ),
          })
          .prefault({}),
      }),
    )
    .min(1)
    .max(1000)
    .describe('Each quest is listed once.'),
});
export type SeedQuests = z.output<typeof SeedQuests>;

export const SeededQuests = z.object({ created: z.array(QuestId), existing: z.array(QuestId) });
export type SeededQuests = z.infer<typeof SeededQuests>;

export const Quest = z
  .object({
    questId: QuestId,
    name: z.string(),
    description: z.string(),
    goal: Goal,
    requires: z.object({ quests: z.array(QuestId), achievements: z.array(AchievementId) }),
    reward: QuestReward,
  })
  .meta({ id: 'Quest' });
export type Quest = z.infer<typeof Quest>;

/** A page of quests, ordered by their ids; `nextCursor` is absent on the last one. */
export const QuestPage = z.object({ quests: z.array(Quest), nextCursor: z.string().optional() });
export type QuestPage = z.infer<typeof QuestPage>;

/**
 * The state of a voucher that a quest promised: `OWED` from the completion on, until it was issued (`GIVEN`) or could not be,
 * because none was left or the campaign was over (`GONE`). Both are final.
 */
export const VoucherOutcome = z.enum(['OWED', 'GIVEN', 'GONE']);
export type VoucherOutcome = z.infer<typeof VoucherOutcome>;

/** The reason why there is no voucher, as a problem code: all were given to others, or the campaign is over. */
export const GoneBecause = z.enum(['CAMPAIGN_FULL', 'CAMPAIGN_ENDED']);
export type GoneBecause = z.infer<typeof GoneBecause>;

/** The voucher of a completed quest. */
export const QuestVoucher = z.object({
  outcome: VoucherOutcome,
  campaignId: CampaignId,
  /** The voucher, once it was given. */
  registration: Registration.optional(),
  /** Present when it is gone. */
  goneBecause: GoneBecause.optional(),
  /** The campaign's stock sequence number when this call decided that it is gone. */
  sequence: z.int().optional(),
});
export type QuestVoucher = z.infer<typeof QuestVoucher>;

/** The caller's progress in a quest. */
export const QuestProgress = z
  .object({
    questId: QuestId,
    status: z.enum(['ACTIVE', 'COMPLETED']),
    count: z.int(),
    needed: z.int(),
    startedAt: z.iso.datetime(),
    completedAt: z.iso.datetime().nullable(),
    /** Null for a quest that is not completed, or gives no voucher. Points and achievements follow from the completion. */
    voucher: QuestVoucher.nullable(),
  })
  .meta({ id: 'QuestProgress' });
export type QuestProgress = z.infer<typeof QuestProgress>;
