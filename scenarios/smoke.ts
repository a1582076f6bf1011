import { check } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import { cancel, checkOut, readAvailability, reservationOf, reserveOrOne } from './lib/shop.ts';

/** A run of a few seconds with every basic operation: read the stock, reserve, cancel, check out, read again. */
export const sale = planSale({
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
  const skuId = skuOnSale();
  const seen = await readAvailability(buyer, skuId);
  check(seen, { 'stock is shown': (answer) => answer.status === 200 });

  const reserved = await reserveOrOne(buyer, skuId, unitsWanted(sale.unitsPerBuyerMax));
  const reservationId = reservationOf(reserved);
  if (reservationId === undefined) return;

  if (decide(0) < 0.2) {
    const cancelled = await cancel(buyer, reservationId);
    check(cancelled, { cancelled: (answer) => answer.status === 200 });
  } else {
    const bought = await checkOut(buyer, reservationId);
    check(bought, { 'checked out': (answer) => answer.status === 201 });
  }
  await readAvailability(buyer, skuId);
}
