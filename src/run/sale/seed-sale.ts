import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { SeedProducts } from '../../protocol/admin.ts';
import { SeedCampaigns } from '../../protocol/campaigns.ts';
import { SeedFlashSales } from '../../protocol/flash-sales.ts';
import type { AdminApi, SeededBuyer } from './admin-api.ts';
import type { SalePlan } from './sale-plan.ts';

/** What scenarios open to learn what is on sale and who buys it. */
export interface SeededSale {
  skus: { skuId: string; total: number }[];
  buyers: SeededBuyer[];
  /** Decides what buyers do, so that two runs with one seed decide alike. */
  seed: number;
}

/** What is put on sale, in the words of the admin API; also what a seed file holds. */
export const Offers = z.strictObject({
  products: SeedProducts.shape.products.optional(),
  campaigns: SeedCampaigns.shape.campaigns.optional(),
  flashSales: SeedFlashSales.shape.sales.optional(),
});
export type Offers = z.input<typeof Offers>;

/** Buyers are shared by all sales of a server: what they may buy once is a SKU, and each sale has its own. */
const BUYER_PREFIX = 'flashsale-buyer-';

/** A sale is on from now; its server's clock may be behind ours. */
const BEFORE_MS = 3_600_000;
const AFTER_MS = 24 * 3_600_000;

/** The one thing that a scenario sells. A campaign is the SKU of its name, and a flash sale is called like what it sells. */
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

/**
 * Puts offers and their buyers on a server and writes the sale file for the scenario.
 *
 * @throws UserError when the server refuses, or the file cannot be written
 */
export async function seedSale(
  admin: AdminApi,
  sale: { offers: Offers; buyers: number; seed: number; path: string },
): Promise<SeededSale> {
  const { offers, seed, path } = sale;
  const [skus, buyers] = await Promise.all([
    putOffers(admin, offers),
    admin.putBuyers(BUYER_PREFIX, sale.buyers),
  ]);
  const seeded: SeededSale = { skus, buyers, seed };
  await writeFile(path, JSON.stringify(seeded), { mode: 0o600 }).catch((cause) => {
    throw UserError.environment(`the sale file ${path} could not be written`, {
      why: rootMessage(cause),
      next: 'free some space, or choose another folder',
      cause,
    });
  });
  return seeded;
}

async function putOffers(
  admin: AdminApi,
  { products = [], campaigns = [], flashSales = [] }: Offers,
): Promise<SeededSale['skus']> {
  const existing = new Set<string>();
  const put = async (answer: Promise<{ existing: string[] }>): Promise<void> => {
    for (const skuId of (await answer).existing) existing.add(skuId);
  };
  if (products.length > 0) await put(admin.putProducts(products));
  if (campaigns.length > 0) await put(admin.putCampaigns(campaigns));
  // Their units are those of the products, which have to be there first.
  if (flashSales.length > 0) await admin.putFlashSales(flashSales);
  const wanted = [
    ...products.map(({ skuId, totalInventory }) => ({ skuId, total: totalInventory })),
    ...campaigns.map(({ campaignId, capacity }) => ({ skuId: campaignId, total: capacity })),
  ];
  // What was there before keeps its stock, whatever was asked for now.
  return Promise.all(
    wanted.map(async ({ skuId, total }) => ({
      skuId,
      total: existing.has(skuId) ? await admin.readTotal(skuId) : total,
    })),
  );
}
