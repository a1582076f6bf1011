import type { PageQuery } from '../../../src/protocol/paging.ts';
import type { Availability, Product, ProductPage } from '../../../src/protocol/products.ts';
import { cutPage } from '../../http/request/paging.ts';
import type { Caches } from '../../platform/cache.ts';
import { coalesce } from '../../platform/coalesce.ts';
import { describeAvailability, describeProduct } from './product.ts';
import type { ProductStore } from './store.ts';

export interface Catalogue {
  /** Active products in the order of their SKUs, up to a second old. */
  list(page: PageQuery): Promise<ProductPage>;
  find(skuId: string): Promise<Product | undefined>;
  findStock(skuId: string): Promise<Availability | undefined>;
  /** Makes every instance read the product anew. To be called after a change was committed. */
  forget(skuId: string): Promise<void>;
}

const PRODUCT_TTL_MS = 600_000;
const PAGES_MAX = 100;

/**
 * The catalogue for many readers at once. Products hardly ever change and are cached. Stock changes with every
 * reservation: a cached number would be wrong most of the time in a sale, and would contradict the sequence numbers that
 * its reader has seen. So stock is always read from the database, but once for all requests of the same moment.
 */
export function createCatalogue({
  store,
  caches,
}: {
  store: ProductStore;
  caches: Caches;
}): Catalogue {
  const products = caches.create<Product>({
    name: 'product',
    ttlMs: PRODUCT_TTL_MS,
    async load(skuId) {
      const row = await store.find(skuId);
      return row && describeProduct(row);
    },
  });
  const pages = caches.create<ProductPage>({
    name: 'products',
    max: PAGES_MAX,
    async load(key) {
      const { limit, cursor } = JSON.parse(key) as PageQuery;
      const rows = await store.listActive({ limit: limit + 1, cursor });
      const { page, nextCursor } = cutPage(rows, limit, (row) => row.sku_id);
      return { products: page.map(describeProduct), nextCursor };
    },
  });
  const readStock = coalesce(store.findStock);

  return {
    list: async (page) => (await pages.get(JSON.stringify(page))) as ProductPage,
    find: products.get,
    async findStock(skuId) {
      const row = await readStock(skuId);
      return row && describeAvailability(row);
    },
    forget: products.invalidate,
  };
}
