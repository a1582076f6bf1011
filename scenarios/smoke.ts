import { check } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import { can, checkOut, isOk, readAvailability, release, takeUnitsOrOne } from './lib/shop.ts';

/** A run of a few seconds with every basic operation: read the stock, reserve, give back, check out, read again. */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt']],
  skus: [{ stock: 12 }, { stock: 8 }],
  unitsPerBuyerMax: 2,
  buyers: 400,
});

export const options: Options = {
  scenarios: {
    visitors: {
      executor: 'shared-iterations',
      vus: Math.min(40, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '1m',
    },
  },
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function smoke(): Promise<void> {
  const buyer = thisBuyer();
  const sku = skuOnSale();
  const seen = await readAvailability(buyer, sku);
  check(seen, { 'stock is shown': (answer) => answer === undefined || isOk(answer) });

  const taken = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(taken)) return;
  if (taken.of === 'reserve' && can('release') && decide(0) < 0.2) {
    const released = await release(buyer, taken);
    check(released, { 'given back': isOk });
  } else {
    const bought = await checkOut(buyer, taken);
    check(bought, { 'checked out': isOk });
  }
  await readAvailability(buyer, sku);
}
