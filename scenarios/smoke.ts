import { check } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { cancel, checkOut, readAvailability, reservationOf, reserve } from './lib/shop.ts';

/** A run of a few seconds with every basic operation: read the stock, reserve, cancel, check out. */
export const sale = planSale({ stock: 20, buyers: 400 });

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
  const seen = await readAvailability(buyer, skuOnSale());
  check(seen, { 'stock is shown': (answer) => answer.status === 200 });

  const reservationId = reservationOf(await reserve(buyer, skuOnSale()));
  if (reservationId === undefined) return;

  if (decide(0) < 0.2) {
    const cancelled = await cancel(buyer, reservationId);
    check(cancelled, { cancelled: (answer) => answer.status === 200 });
    return;
  }
  const bought = await checkOut(buyer, reservationId);
  check(bought, { 'checked out': (answer) => answer.status === 201 });
}
