import type { Achievement } from '../../../src/protocol/achievements.ts';
import type { AchievementEvent } from '../../../src/protocol/events.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { CodeOutcome, GoalColumns } from '../goal.ts';

/** A row of `achievements`. */
export interface AchievementRow extends GoalColumns {
  achievement_id: string;
  name: string;
  description: string;
  points: number;
}

/** How far a user is with an achievement. */
export interface Reached {
  count: number;
  unlocked_at: Date | null;
}

/** An achievement without its codes, which nobody is told. */
export type Definition = Omit<Achievement, 'count' | 'unlockedAt'>;

export const describeDefinition = (row: AchievementRow): Definition => ({
  achievementId: row.achievement_id,
  name: row.name,
  description: row.description,
  goal: { counts: row.counts, needed: row.needed },
  points: row.points,
});

export const describeAchievement = (
  definition: Definition,
  reached: { count: number; unlockedAt: string | null } | undefined,
): Achievement => ({
  ...definition,
  count: reached?.count ?? 0,
  unlockedAt: reached?.unlockedAt ?? null,
});

/** The event of a user who came nearer to an achievement, or unlocked it. */
export const tellOf = (userId: string, row: AchievementRow, count: number): AchievementEvent => ({
  userId,
  achievementId: row.achievement_id,
  name: row.name,
  count,
  needed: row.needed,
  points: row.points,
});

export interface Refusal {
  code: ProblemCode;
  detail: string;
}

export const REFUSALS: Record<
  Exclude<CodeOutcome['outcome'], 'counted' | 'known'> | 'unknown',
  Refusal
> = {
  unknown: { code: 'NOT_FOUND', detail: 'There is no achievement with this id.' },
  wrong_code: { code: 'WRONG_CODE', detail: 'This code is none of those to be found.' },
  not_submittable: {
    code: 'NOT_SUBMITTABLE',
    detail: 'The server counts this by what happens; nothing has to be submitted.',
  },
};
