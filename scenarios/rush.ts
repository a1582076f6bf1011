import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, isSoldOut, reservationOf, reserve } from './lib/shop.ts';

/** A crowd reserves all units and checks out. There are forty buyers for each unit. */
export const sale = planSale({ stock: 500, buyers: 20_000 });

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(500, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    answered: ['rate>0.95'],
    http_req_duration: ['p(95)<5000'],
  },
};

export default async function rush(): Promise<void> {
  const buyer = thisBuyer();
  const reserved = await reserve(buyer, skuOnSale());
  check(reserved, {
    'reserved or sold out': (answer) => answer.status === 201 || isSoldOut(answer),
  });
  const reservationId = reservationOf(reserved);
  if (reservationId === undefined) return;

  await sleep(decide(0) * 0.5);
  const bought = await checkOut(buyer, reservationId);
  check(bought, { 'checked out': (answer) => answer.status === 201 });
}
