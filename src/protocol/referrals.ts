import * as z from 'zod';
import { GOAL_NEEDED_MAX } from './goals.ts';

/** The letters of a referral code: none of them is taken for another when it is read aloud or typed. */
export const REFERRAL_LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
export const REFERRAL_CODE_LENGTH = 12;

/** A code with which a user brings others. */
export const ReferralCode = z
  .string()
  .regex(/^[2-9A-HJ-NP-Z]{12}$/, 'must be a code as GET /referrals tells it');

/** The most users who count as brought by one user: no goal needs more. */
export const REFERRALS_MAX = GOAL_NEEDED_MAX;

/** Answer to `GET /referrals`. */
export const Referrals = z.object({
  code: ReferralCode.describe('Stays the same. Whoever registers with it counts for the caller.'),
  referred: z
    .int()
    .describe(`Users who registered with the code. At most ${REFERRALS_MAX} are counted.`),
});
export type Referrals = z.infer<typeof Referrals>;
