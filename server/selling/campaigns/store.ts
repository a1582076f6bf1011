import type { Pool } from 'pg';
import type { Campaign, RegistrationRow, VoucherRow } from './campaign.ts';

export interface CampaignStore {
  findCampaign(campaignId: string): Promise<Campaign | undefined>;
  /** The id of the user's hold that was not bought yet. */
  findHold(campaignId: string, userId: string): Promise<string | undefined>;
  findVoucherOf(orderId: string): Promise<VoucherRow | undefined>;
  /** The registration that was made with this order. */
  findRegistration(orderId: string): Promise<RegistrationRow | undefined>;
  /** A voucher of this user; undefined for a voucher of another user. */
  findVoucher(code: string, userId: string): Promise<VoucherRow | undefined>;
  /** Marks the user's voucher as used; undefined for a voucher that is used already or has expired. */
  use(
    code: string,
    userId: string,
    use: { useId: string; callId: string | undefined },
  ): Promise<VoucherRow | undefined>;
  /** The voucher, if it was used under this id. */
  findUsed(code: string, useId: string): Promise<VoucherRow | undefined>;
  /** The user's vouchers, newest first, those after `cursor` (an order id). */
  list(userId: string, page: { limit: number; cursor: string | undefined }): Promise<VoucherRow[]>;
}

const VOUCHER = `SELECT v.code, v.campaign_id, v.order_id, v.issued_at, v.used_at,
  c.voucher_valid_until AS valid_until FROM vouchers v JOIN campaigns c USING (campaign_id)`;

/** Order ids are UUIDv7, so the newest voucher has the greatest. */
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export function createCampaignStore(pool: Pool): CampaignStore {
  return {
    async findCampaign(campaignId) {
      const { rows } = await pool.query<{ startsAt: Date; endsAt: Date; isReward: boolean }>({
        name: 'campaigns.find',
        text: `SELECT starts_at AS "startsAt", ends_at AS "endsAt", is_reward AS "isReward" FROM campaigns
               WHERE campaign_id = $1`,
        values: [campaignId],
      });
      const [row] = rows;
      return (
        row && {
          campaignId,
          startsAt: row.startsAt.toISOString(),
          endsAt: row.endsAt.toISOString(),
          isReward: row.isReward,
        }
      );
    },
    async findHold(campaignId, userId) {
      const { rows } = await pool.query<{ reservation_id: string }>({
        name: 'campaigns.find-hold',
        text: `SELECT reservation_id FROM reservations
               WHERE user_id = $2 AND sku_id = $1 AND status = 'RESERVED'`,
        values: [campaignId, userId],
      });
      return rows[0]?.reservation_id;
    },
    async findVoucherOf(orderId) {
      const { rows } = await pool.query<VoucherRow>({
        name: 'campaigns.find-voucher-of',
        text: `${VOUCHER} WHERE v.order_id = $1`,
        values: [orderId],
      });
      return rows[0];
    },
    async findVoucher(code, userId) {
      const { rows } = await pool.query<VoucherRow>({
        name: 'campaigns.find-voucher',
        text: `${VOUCHER} WHERE v.code = $1 AND v.user_id = $2`,
        values: [code, userId],
      });
      return rows[0];
    },
    async use(code, userId, { useId, callId }) {
      const { rows } = await pool.query<VoucherRow>({
        name: 'campaigns.use',
        text: `UPDATE vouchers v SET used_at = now(), used_by_call_id = $3, use_id = $4
               FROM campaigns c
               WHERE v.code = $1 AND v.user_id = $2 AND v.used_at IS NULL AND c.campaign_id = v.campaign_id
                 AND (c.voucher_valid_until IS NULL OR c.voucher_valid_until > now())
               RETURNING v.code, v.campaign_id, v.order_id, v.issued_at, v.used_at,
                 c.voucher_valid_until AS valid_until`,
        values: [code, userId, callId ?? null, useId],
      });
      return rows[0];
    },
    async findUsed(code, useId) {
      const { rows } = await pool.query<VoucherRow>({
        name: 'campaigns.find-used',
        text: `${VOUCHER} WHERE v.code = $1 AND v.use_id = $2`,
        values: [code, useId],
      });
      return rows[0];
    },
    async findRegistration(orderId) {
      const { rows } = await pool.query<RegistrationRow>({
        name: 'campaigns.find-registration',
        text: `SELECT v.code, v.campaign_id, v.order_id, v.issued_at, v.used_at,
                 c.voucher_valid_until AS valid_until, o.reservation_id, m.sequence
               FROM vouchers v
               JOIN campaigns c USING (campaign_id)
               JOIN orders o USING (order_id)
               JOIN stock_movements m
                 ON m.sku_id = o.sku_id AND m.reservation_id = o.reservation_id AND m.kind = 'SOLD'
               WHERE v.order_id = $1`,
        values: [orderId],
      });
      return rows[0];
    },
    async list(userId, { limit, cursor }) {
      const { rows } = await pool.query<VoucherRow>({
        name: 'campaigns.list-vouchers',
        text: `${VOUCHER} WHERE v.user_id = $1 AND v.order_id < $2 ORDER BY v.order_id DESC LIMIT $3`,
        values: [userId, cursor ?? LAST_UUID, limit],
      });
      return rows;
    },
  };
}
