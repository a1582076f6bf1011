import * as z from 'zod';

/**
 * The things of which an achievement or a quest wants some. All but `codes` are counted by the server from its own events; a
 * code is something that a user finds somewhere else and submits, and the server knows which codes there are.
 */
export const GoalKind = z.enum([
  'orders',
  'tickets',
  'check-ins',
  'quests',
  'achievements',
  'referrals',
  'codes',
]);
export type GoalKind = z.infer<typeof GoalKind>;

export const GOAL_NEEDED_MAX = 1000;
const CODES_MAX = 20;

/** A code that users look for. */
export const GoalCode = z.string().regex(/^[\w.:-]{1,64}$/, 'letters, digits and . _ : - only');

/** A goal as it is set. */
export const NewGoal = z
  .strictObject({
    counts: GoalKind,
    needed: z.int().min(1).max(GOAL_NEEDED_MAX),
    codes: z
      .array(GoalCode)
      .max(CODES_MAX)
      .default([])
      .describe('Only where codes are counted: at least as many as are needed, each once.'),
  })
  .refine(
    ({ counts, needed, codes }) =>
      counts === 'codes' ? new Set(codes).size >= needed : codes.length === 0,
    { path: ['codes'], message: 'as many different codes as are needed, if codes are counted' },
  );
export type NewGoal = z.infer<typeof NewGoal>;

/** A goal as users see it. */
export const Goal = z.object({ counts: GoalKind, needed: z.int() });
export type Goal = z.infer<typeof Goal>;

/** Body of a submission of progress. */
export const CodeSubmission = z.strictObject({ code: GoalCode });
export type CodeSubmission = z.infer<typeof CodeSubmission>;
