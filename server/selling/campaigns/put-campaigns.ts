import type { Pool, PoolClient } from 'pg';
import type { SeedCampaigns, SeededCampaigns } from '../../../src/protocol/campaigns.ts';
import { transaction } from '../../platform/postgres.ts';

type Wanted = SeedCampaigns['campaigns'];

/**
 * Creates campaigns, each with its SKU and its capacity, all or none. A campaign that exists stays unchanged. An id that a
 * SKU of another kind has, or a campaign that gives its vouchers in another way, is refused, and nothing is created.
 */
export async function putCampaigns(
  pool: Pool,
  campaigns: Wanted,
): Promise<SeededCampaigns | { takenId: string }> {
  // Rows are written in the order of their ids, so that two calls at the same time cannot deadlock.
  const sorted = campaigns.toSorted((a, b) => (a.campaignId < b.campaignId ? -1 : 1));
  try {
    return await transaction(pool, async (client) => {
      const created = await insert(client, sorted);
      const ids = sorted.map(({ campaignId }) => campaignId);
      const existing = ids.filter((id) => !created.has(id));
      await assertCampaigns(client, sorted);
      return { created: ids.filter((id) => created.has(id)), existing };
    });
  } catch (error) {
    if (error instanceof TakenId) return { takenId: error.message };
    throw error;
  }
}

/** Rolls the transaction back, because this id is that of something else. */
class TakenId extends Error {}

/** Inserts the campaigns whose ids nothing has. Returns their ids. */
async function insert(client: PoolClient, campaigns: Wanted): Promise<Set<string>> {
  const { rows } = await client.query<{ sku_id: string }>(
    `WITH campaign AS (
       SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[],
                            $6::timestamptz[], $7::boolean[])
         AS c (campaign_id, name, capacity, starts_at, ends_at, valid_until, is_reward)
     ), created AS (
       INSERT INTO products (sku_id, name, base_price, flash_sale_price, total_inventory, category)
       SELECT campaign_id, name, 0, 0, capacity, 'campaign' FROM campaign
       ON CONFLICT (sku_id) DO NOTHING
       RETURNING sku_id, total_inventory
     ), stocked AS (
       INSERT INTO inventory (sku_id, total_count, available_count)
       SELECT sku_id, total_inventory, total_inventory FROM created
     ), opened AS (
       INSERT INTO campaigns (campaign_id, name, starts_at, ends_at, voucher_valid_until, is_reward)
       SELECT campaign_id, name, starts_at, ends_at, valid_until, is_reward
       FROM campaign JOIN created ON sku_id = campaign_id
     )
     SELECT sku_id FROM created`,
    [
      campaigns.map(({ campaignId }) => campaignId),
      campaigns.map(({ name }) => name),
      campaigns.map(({ capacity }) => capacity),
      campaigns.map(({ startsAt }) => startsAt),
      campaigns.map(({ endsAt }) => endsAt),
      campaigns.map(({ voucherValidUntil }) => voucherValidUntil ?? null),
      campaigns.map(({ isReward }) => isReward ?? false),
    ],
  );
  return new Set(rows.map((row) => row.sku_id));
}

/** Makes sure that each id is that of a campaign, which gives its vouchers in the wanted way. */
async function assertCampaigns(client: PoolClient, campaigns: Wanted): Promise<void> {
  const { rows } = await client.query<{ sku_id: string }>(
    `SELECT sku_id FROM unnest($1::text[], $2::boolean[]) AS wanted (sku_id, is_reward)
       JOIN inventory USING (sku_id) LEFT JOIN campaigns c ON c.campaign_id = sku_id
     WHERE sold_by <> 'campaign' OR c.is_reward <> wanted.is_reward ORDER BY sku_id`,
    [
      campaigns.map(({ campaignId }) => campaignId),
      campaigns.map(({ isReward }) => isReward ?? false),
    ],
  );
  if (rows[0] !== undefined) throw new TakenId(rows[0].sku_id);
}
