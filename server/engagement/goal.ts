import { createHash } from 'node:crypto';
import type { GoalKind, NewGoal } from '../../src/protocol/goals.ts';

/** The goal of an achievement or a quest, as it is stored. Codes are stored as hashes: who reads the database learns none. */
export interface GoalColumns {
  counts: GoalKind;
  needed: number;
  code_hashes: string[];
}

/** Progress towards a goal. `found` has the hashes of the codes that count. */
export interface Progress {
  count: number;
  found: string[];
}

export type CodeOutcome =
  | { outcome: 'counted'; progress: Progress }
  /** The code was counted before. */
  | { outcome: 'known' }
  | { outcome: 'wrong_code' }
  /** The server counts this goal by its own events, and believes nobody else. */
  | { outcome: 'not_submittable' };

const hashCode = (code: string): string => createHash('sha256').update(code).digest('hex');

/** The columns of a goal, with each code once. */
export const goalColumns = ({ counts, needed, codes }: NewGoal): GoalColumns => ({
  counts,
  needed,
  code_hashes: [...new Set(codes)].map(hashCode),
});

/** Decides a submitted code: each code of a goal counts once. */
export function submitCode(goal: GoalColumns, before: Progress, code: string): CodeOutcome {
  if (goal.counts !== 'codes') return { outcome: 'not_submittable' };
  const hash = hashCode(code);
  if (!goal.code_hashes.includes(hash)) return { outcome: 'wrong_code' };
  if (before.found.includes(hash)) return { outcome: 'known' };
  const found = [...before.found, hash];
  return { outcome: 'counted', progress: { count: Math.min(found.length, goal.needed), found } };
}
