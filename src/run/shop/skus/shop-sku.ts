import type { SkuOnSale } from '../../../history/operation.ts';
import type { Fields } from '../../../target/file/schema.ts';

/** A SKU on sale in a described shop, with other fields that requests and queries need. */
export type ShopSku = SkuOnSale & { [field: string]: Fields[string] | undefined };

/**
 * The fields of a SKU as placeholders name them: `{sku}`, `{stock}`, `{price}` if it is known, and others by name and as
 * `{sku.NAME}`.
 */
export function fieldsOfSku({ skuId, total, unitPrice, ...others }: ShopSku): Fields {
  const fields: Fields = { sku: skuId, stock: total };
  if (unitPrice !== undefined) fields.price = unitPrice;
  for (const [name, value = null] of Object.entries(others)) {
    fields[name] ??= value;
    fields[`sku.${name}`] = value;
  }
  return fields;
}

/** The facts of a SKU that the history keeps. A SKU that nobody made for the run may have older rows in the books. */
export const factsOfSku = (
  { skuId, total, unitPrice }: ShopSku,
  { isNew }: { isNew: boolean },
): SkuOnSale => ({
  ...{ skuId, total },
  ...(unitPrice !== undefined && { unitPrice }),
  ...(!isNew && { wasOnSale: true }),
});
