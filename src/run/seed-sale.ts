import { writeFile } from 'node:fs/promises';
import { rootMessage, UserError } from '../kernel/errors.ts';
import type { AdminApi, SeededBuyer } from './admin-api.ts';

/** What scenarios open to learn what is on sale and who buys it. */
export interface SeededSale {
  skus: { skuId: string; total: number }[];
  buyers: SeededBuyer[];
  /** Decides what buyers do, so that two runs with one seed decide alike. */
  seed: number;
}

/** Buyers are shared by all sales of a server: what they may buy once is a SKU, and each sale has its own. */
const BUYER_PREFIX = 'flashsale-buyer-';

/**
 * Puts one SKU and its buyers on a server and writes the sale file for the scenario.
 *
 * @throws UserError when the server refuses, or the file cannot be written
 */
export async function seedSale(
  admin: AdminApi,
  sale: { skuId: string; stock: number; buyers: number; seed: number; path: string },
): Promise<SeededSale> {
  const { skuId, stock, seed, path } = sale;
  const [{ existing }, buyers] = await Promise.all([
    admin.putProducts([
      {
        skuId,
        name: `Flash sale ${skuId}`,
        basePrice: '99.00',
        flashSalePrice: '49.00',
        totalInventory: stock,
      },
    ]),
    admin.putBuyers(BUYER_PREFIX, sale.buyers),
  ]);
  // A product that was there before keeps its stock, whatever was asked for now.
  const total = existing.includes(skuId) ? await admin.readTotal(skuId) : stock;
  const seeded: SeededSale = { skus: [{ skuId, total }], buyers, seed };
  await writeFile(path, JSON.stringify(seeded), { mode: 0o600 }).catch((cause) => {
    throw UserError.environment(`the sale file ${path} could not be written`, {
      why: rootMessage(cause),
      next: 'free some space, or choose another folder',
      cause,
    });
  });
  return seeded;
}
