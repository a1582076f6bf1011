import * as z from 'zod';
import { PlainText } from './admin.ts';
import { Goal, NewGoal } from './goals.ts';
import { SkuId } from './products.ts';

export const AchievementId = SkuId;

export const POINTS_MAX = 1_000_000;

/** Body of `PUT /api/v1/admin/achievements`, which creates these. One that exists stays as it is. */
export const SeedAchievements = z.strictObject({
  achievements: z
    .array(
      z.strictObject({
        achievementId: AchievementId,
        name: PlainText.min(1).max(200),
        description: PlainText.max(2000).default(''),
        goal: NewGoal,
        points: z.int().min(0).max(POINTS_MAX).default(0),
      }),
    )
    .min(1)
    .max(1000)
    .describe('Each achievement is listed once.'),
});
export type SeedAchievements = z.output<typeof SeedAchievements>;

export const SeededAchievements = z.object({
  created: z.array(AchievementId),
  existing: z.array(AchievementId),
});
export type SeededAchievements = z.infer<typeof SeededAchievements>;

/** An achievement, and how far the caller is with it. */
export const Achievement = z
  .object({
    achievementId: AchievementId,
    name: z.string(),
    description: z.string(),
    goal: Goal,
    points: z.int(),
    count: z.int(),
    unlockedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Achievement' });
export type Achievement = z.infer<typeof Achievement>;

/** A page of achievements, ordered by their ids; `nextCursor` is absent on the last one. */
export const AchievementPage = z.object({
  achievements: z.array(Achievement),
  nextCursor: z.string().optional(),
});
export type AchievementPage = z.infer<typeof AchievementPage>;
