import * as z from 'zod';
import { SeedProducts } from '../../protocol/admin.ts';
import { SeedCampaigns } from '../../protocol/campaigns.ts';
import { SeedFlashSales } from '../../protocol/flash-sales.ts';
import type { SalePlan } from './sale-plan.ts';

/** Everything that is put on sale, in the words of the admin API; a seed file holds the same. */
export const Offers = z.strictObject({
  products: SeedProducts.shape.products.optional(),
  campaigns: SeedCampaigns.shape.campaigns.optional(),
  flashSales: SeedFlashSales.shape.sales.optional(),
});
export type Offers = z.input<typeof Offers>;

/** A sale has begun an hour ago, because the server's clock may be behind ours. */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 24 * 3_600_000;

/** The offers of a sale of one SKU. A campaign is the SKU with its id, and a flash sale has the id of its SKU. */
export function offerOf(
  sells: SalePlan['sells'],
  { skuId, stock, nowMs }: { skuId: string; stock: number; nowMs: number },
): Offers {
  const startsAt = new Date(nowMs - BEFORE_MS).toISOString();
  const endsAt = new Date(nowMs + AFTER_MS).toISOString();
  const name = `Flash sale ${skuId}`;
  if (sells === 'campaign') {
    return { campaigns: [{ campaignId: skuId, name, capacity: stock, startsAt, endsAt }] };
  }
  const prices = { basePrice: '99.00', flashSalePrice: '49.00' };
  const products = [{ skuId, name, ...prices, totalInventory: stock }];
  if (sells === 'reservations') return { products };
  return { products, flashSales: [{ saleId: skuId, skuId, startTime: startsAt, endTime: endsAt }] };
}
