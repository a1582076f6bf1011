import type { MetricSample } from '../../metrics/prometheus-text.ts';
import type { World } from '../world.ts';
import type { Stock } from './stock.ts';

/** The gauges of the stock, as an instance reads them from the ledger. */
export function readStockGauges({ skus, options }: World, stock: Stock): MetricSample[] {
  return skus.flatMap((sku) => {
    const { available, reserved, sold } = stock.shelf(sku);
    const units = { available, reserved, sold };
    return [
      ...Object.entries(units).map(([state, value]) => ({
        name: 'flashsale_stock_units',
        labels: { sku, state },
        value,
      })),
      {
        name: 'flashsale_oversold_units',
        labels: { sku },
        value: Math.max(0, reserved + sold - options.total),
      },
    ];
  });
}
