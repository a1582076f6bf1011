import { serverMetrics } from '../../metrics/catalogue.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import type { SkuStock } from '../events.ts';

/** Keeps the newest picture of the stock that any instance's metrics showed. */
export function createStockView(skus: { skuId: string; total: number }[]): {
  update(scrape: MetricsScrape): SkuStock[];
} {
  const view = new Map(
    skus.map(({ skuId, total }): [string, SkuStock] => [
      skuId,
      { skuId, total, available: total, held: 0, sold: 0 },
    ]),
  );
  return {
    update(scrape) {
      for (const { name, labels, value } of scrape.samples) {
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
