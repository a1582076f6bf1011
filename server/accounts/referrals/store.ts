import type { Pool, PoolClient } from 'pg';
import { TOPICS } from '../../../src/protocol/events.ts';
import { REFERRALS_MAX, type Referrals } from '../../../src/protocol/referrals.ts';

export interface ReferralStore {
  /** The code of a user, which is made at the first call, and the number of those who registered with it. */
  of(userId: string): Promise<Referrals>;
  isCode(code: string): Promise<boolean>;
  /**
   * Counts a user who has just registered for the one who has the code, and tells the queue. Nothing happens when that one
   * has brought as many as are counted.
   */
  count(tx: PoolClient, referral: { code: string; referredId: string }): Promise<void>;
}

export function createReferralStore(pool: Pool, newCode: () => string): ReferralStore {
  async function find(userId: string): Promise<Referrals | undefined> {
    const { rows } = await pool.query<Referrals>({
      name: 'referrals.find',
      text: 'SELECT code, referred FROM referral_codes WHERE user_id = $1',
      values: [userId],
    });
    return rows[0];
  }

  return {
    async of(userId) {
      const found = await find(userId);
      if (found !== undefined) return found;
      // Of two calls at the same moment one makes the code, and both tell it.
      await pool.query(
        'INSERT INTO referral_codes (user_id, code) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING',
        [userId, newCode()],
      );
      return (await find(userId)) as Referrals;
    },

    async isCode(code) {
      const { rowCount } = await pool.query({
        name: 'referrals.is-code',
        text: 'SELECT FROM referral_codes WHERE code = $1',
        values: [code],
      });
      return rowCount === 1;
    },

    async count(tx, { code, referredId }) {
      await tx.query({
        name: 'referrals.count',
        text: `WITH referrer AS (
                 UPDATE referral_codes SET referred = referred + 1
                 WHERE code = $1 AND user_id <> $2::uuid AND referred < $3
                 RETURNING user_id
               ), kept AS (
                 INSERT INTO referrals (referred_id, referrer_id) SELECT $2::uuid, user_id FROM referrer
               )
               SELECT publish_events(
                 ARRAY[$4::text], ARRAY['USER_REFERRED'], ARRAY[user_id::text],
                 ARRAY[jsonb_build_object('userId', user_id, 'referredId', $2::uuid)], clock_timestamp()
               ) FROM referrer`,
        values: [code, referredId, REFERRALS_MAX, TOPICS.accounts],
      });
    },
  };
}
