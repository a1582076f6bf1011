import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, reservationOf, reserve } from './lib/shop.ts';

/** Everybody wants the last one, at the same moment. One of them gets it. */
export const sale = planSale({ stock: 1, buyers: 2_000 });

const unitsBought = new Counter('units_bought');

export const options: Options = {
  scenarios: {
    everybody: {
      executor: 'shared-iterations',
      vus: Math.min(500, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '2m',
    },
  },
  thresholds: {
    units_bought: [`count==${sale.stock}`],
    answered: ['rate>0.95'],
  },
};

export default async function lastUnit(): Promise<void> {
  const buyer = thisBuyer();
  const reservationId = reservationOf(await reserve(buyer, skuOnSale()));
  if (reservationId === undefined) return;
  const bought = await checkOut(buyer, reservationId);
  if (bought.status === 201) unitsBought.add(1);
}
