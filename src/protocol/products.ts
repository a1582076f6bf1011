import * as z from 'zod';

export const SkuId = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\w.:-]+$/, 'letters, digits and . _ : - only');

/** An amount of money: a decimal string with two places, as the database stores it, never a float. */
export const Money = z.string().regex(/^\d{1,10}\.\d{2}$/, 'a decimal with two places, like 19.99');

/** The price of several units together: it may have more digits than that of one. */
export const TotalMoney = z
  .string()
  .regex(/^\d{1,12}\.\d{2}$/, 'a decimal with two places, like 199.90');

export const Product = z.object({
  skuId: SkuId,
  name: z.string(),
  basePrice: Money,
  flashSalePrice: Money,
  totalInventory: z.int(),
  isActive: z.boolean(),
  category: z.string(),
  createdAt: z.iso.datetime(),
});
export type Product = z.infer<typeof Product>;

/** A page of the catalogue, ordered by SKU; `nextCursor` is absent on the last one. */
export const ProductPage = z.object({
  products: z.array(Product),
  nextCursor: z.string().optional(),
});
export type ProductPage = z.infer<typeof ProductPage>;

/** A SKU's stock as one consistent read: `total = available + reserved + sold`. */
export const Availability = z.object({
  skuId: SkuId,
  total: z.int(),
  available: z.int(),
  reserved: z.int(),
  sold: z.int(),
  /** Number of the last stock movement included. */
  sequence: z.int(),
});
export type Availability = z.infer<typeof Availability>;
