import { serverMetrics } from '../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import type { SkuStock } from '../events.ts';

/**
 * The stock as the servers' metrics show it. Each scrape updates the SKUs it mentions, whichever instance it is of; the
 * answers are copies.
 */
export function createStockView(skus: { skuId: string; total: number }[]): {
  update(scrape: Pick<MetricsScrape, 'samples'>): SkuStock[];
} {
  const view = new Map(
    skus.map(({ skuId, total }): [string, SkuStock] => [
      skuId,
      { skuId, total, available: total, held: 0, sold: 0 },
    ]),
  );
  return {
    update({ samples }) {
      for (const { name, labels, value } of samples) {
        if (name !== serverMetrics.stockUnits.name) continue;
        const stock = view.get(labels.sku ?? '');
        if (stock === undefined) continue;
        if (labels.state === 'available') stock.available = value;
        if (labels.state === 'reserved') stock.held = value;
        if (labels.state === 'sold') stock.sold = value;
      }
      return [...view.values()].map((stock) => ({ ...stock }));
    },
  };
}
