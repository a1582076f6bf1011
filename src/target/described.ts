import type { ShopDescription } from './file/describe-shop.ts';
import type { Target, TargetReference } from './target.ts';

/** The people and the things of a sale, as its file has them. */
export interface SaleContents {
  skus: readonly ({ skuId: string } & object)[];
  buyers: readonly ({ userId: string } & object)[];
}

type Row = Record<string, unknown>;

/** The target of a described shop, whose buyers and SKUs go by the names of this sale. */
export function targetOf(
  shop: ShopDescription,
  { skus, buyers }: SaleContents,
  reference: TargetReference,
): Target {
  const buyersBy = new Map(
    credentialFields(shop).map((field) => [field, ownersBy(field, 'userId', buyers)]),
  );
  const skusBy = new Map(otherIds(skus).map((field) => [field, ownersBy(field, 'skuId', skus)]));
  const skuIds = new Set(skus.map(({ skuId }) => skuId));
  return {
    name: shop.name,
    reference,
    operations: shop.rules,
    answers: shop.answers,
    refusals: shop.refusals,
    ...(shop.refusalLagMs === undefined ? {} : { refusalLagMs: shop.refusalLagMs }),
    ...(shop.readLagMs === undefined ? {} : { readLagMs: shop.readLagMs }),
    ...(shop.holdsPerBuyerMax === undefined ? {} : { holdsPerBuyerMax: shop.holdsPerBuyerMax }),
    ...(skus.length === 1 ? { onlySku: skus[0]?.skuId } : {}),
    buyerWith: (field, credential) => buyersBy.get(field)?.get(credential),
    skuNamed(name, field) {
      if (field !== undefined) return skusBy.get(field)?.get(name) ?? name;
      if (skuIds.has(name)) return name;
      for (const ids of skusBy.values()) {
        const id = ids.get(name);
        if (id !== undefined) return id;
      }
      return name;
    },
  };
}

const credentialFields = ({ rules }: ShopDescription): string[] => [
  ...new Set(
    rules.flatMap(({ sent, credentials }) =>
      sent.buyer === undefined ? credentials.map(({ field }) => field) : [],
    ),
  ),
];

/** The fields by which an answer may call a SKU: all but its numbers. */
const otherIds = (skus: SaleContents['skus']): string[] =>
  [...new Set(skus.flatMap(Object.keys))].filter(
    (field) => !['skuId', 'total', 'unitPrice'].includes(field),
  );

/** The id of each owner by the value of a field. A value that two owners share tells nothing about either. */
function ownersBy(field: string, id: string, owners: readonly object[]): Map<string, string> {
  const found = new Map<string, string>();
  const shared = new Set<string>();
  for (const owner of owners as readonly Row[]) {
    const value = owner[field];
    if (value === undefined || value === null) continue;
    const text = String(value);
    if (found.has(text)) shared.add(text);
    else found.set(text, String(owner[id]));
  }
  for (const text of shared) found.delete(text);
  return found;
}
