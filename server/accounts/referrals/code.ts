import { randomInt } from 'node:crypto';
import { REFERRAL_CODE_LENGTH, REFERRAL_LETTERS } from '../../../src/protocol/referrals.ts';

/** Makes a referral code of 60 random bits: nobody finds one by trying, and no two users get the same. */
export const newReferralCode = (): string =>
  Array.from(
    { length: REFERRAL_CODE_LENGTH },
    () => REFERRAL_LETTERS[randomInt(REFERRAL_LETTERS.length)],
  ).join('');
