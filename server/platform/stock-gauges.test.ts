import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { createStockGauges } from './stock-gauges.ts';

/** The gauges of a shop that has one SKU, three units of which are oversold, and a clock that is moved by hand. */
function createShop({ countMs }: { countMs: number }) {
  const shop = { atMs: 0, available: 9, counts: 0, page };
  const query = async (asked: string | { text: string }) => {
    const text = typeof asked === 'string' ? asked : asked.text;
    if (text.includes('sum(quantity)')) {
      shop.counts += 1;
      shop.atMs += countMs;
      return { rows: [{ sku: 'SHOE', units: 3 }] };
    }
    if (text.includes('available_count')) {
      return { rows: [{ sku: 'SHOE', available: shop.available, reserved: 0, sold: 1 }] };
    }
    return { rows: [] };
  };
  const metrics = createMetrics();
  const clock = { monotonicNs: () => shop.atMs * 1e6 };
  const refresh = createStockGauges({ ...{ metrics, clock }, pool: { query } as unknown as Pool });
  async function page(): Promise<string> {
    await refresh();
    return metrics.registry.metrics();
  }
  return shop;
}

it('S1.15 oversell is counted for a tenth of the time where it takes long, and stock is read each time', async () => {
  const shop = createShop({ countMs: 2_000 });
  expect(await shop.page()).toContain('flashsale_oversold_units{sku="SHOE"} 3');
  shop.atMs = 19_999;
  shop.available = 8;
  const later = await shop.page();
  expect(later).toContain('flashsale_stock_units{sku="SHOE",state="available"} 8');
  expect(later).toContain('flashsale_oversold_units{sku="SHOE"} 3');
  expect(shop.counts).toBe(1);
  shop.atMs = 21_000;
  await shop.page();
  expect(shop.counts).toBe(2);
});

it('S1.15 oversell is counted at each reading where that is quick', async () => {
  const shop = createShop({ countMs: 100 });
  for (const atMs of [0, 1_200, 2_400]) {
    shop.atMs = atMs;
    await shop.page();
  }
  expect(shop.counts).toBe(3);
});
