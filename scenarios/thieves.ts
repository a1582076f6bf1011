import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import {
  type Buyer,
  decide,
  planSale,
  skuOnSale,
  strangerTo,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import {
  type Answer,
  cancel,
  cancelOrder,
  checkOut,
  isNotTheirs,
  orderOf,
  readAvailability,
  reservationOf,
  reserveOrOne,
  unitsOf,
} from './lib/shop.ts';

/**
 * Thieves have accounts of their own, and the ids of what others reserved and ordered. They check out and cancel
 * strangers' reservations and cancel strangers' orders: before the owners act, at the same moment, and after. For a
 * thief none of it exists, and every owner buys what they reserved.
 */
export const sale = planSale({
  skus: [{ stock: 120 }, { stock: 60 }, { stock: 20 }],
  unitsPerBuyerMax: 3,
  buyers: 3_000,
  challenges: ['stranger', 'several-units', 'several-skus'],
});

const unitsBought = new Counter('units_bought');

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(200, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    units_bought: [`count==${sale.stock}`],
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function thieves(): Promise<void> {
  const buyer = thisBuyer();
  const skuId = skuOnSale();
  const reserved = await reserveOrOne(buyer, skuId, unitsWanted(sale.unitsPerBuyerMax));
  const reservationId = reservationOf(reserved);
  if (reservationId === undefined) return;
  const thief = strangerTo(buyer);
  await sleep(decide(0) * 0.2);

  // Half of the thieves come first; the others come together with the owner.
  if (decide(1) < 0.5) expectNothing(await steal(thief, reservationId));
  const [bought, ...stolen] = await Promise.all([
    checkOut(buyer, reservationId),
    checkOut(thief, reservationId),
    cancel(thief, reservationId),
  ]);
  expectNothing(stolen);
  const orderId = orderOf(bought);
  check(orderId, { 'the owner buys': (id) => id !== undefined });
  if (orderId === undefined) return;
  unitsBought.add(unitsOf(bought));

  expectNothing([await cancelOrder(thief, orderId), ...(await steal(thief, reservationId))]);
  await readAvailability(thief, skuId);
}

const steal = (thief: Buyer, reservationId: string): Promise<Answer[]> =>
  Promise.all([checkOut(thief, reservationId), cancel(thief, reservationId)]);

function expectNothing(answers: Answer[]): void {
  check(answers, { 'a thief gets nothing': (all) => all.every(isNotTheirs) });
}
