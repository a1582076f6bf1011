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
  can,
  cancelOrder,
  checkOut,
  isOk,
  isRefused,
  readAvailability,
  release,
  takeUnitsOrOne,
} from './lib/shop.ts';

/**
 * Thieves have accounts of their own, and the ids of what others reserved and ordered. They check out and cancel
 * strangers' reservations and cancel strangers' orders: before the owners act, at the same moment, and after. For a
 * thief none of it exists, and every owner buys what they reserved.
 */
export const sale = planSale({
  needs: ['reserve', 'confirm'],
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
  const sku = skuOnSale();
  const reserved = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(reserved)) return;
  const thief = strangerTo(buyer);
  await sleep(decide(0) * 0.2);

  // Half of the thieves come first; the others come together with the owner.
  if (decide(1) < 0.5) expectNothing(await steal(thief, reserved));
  const [bought, stolen] = await Promise.all([checkOut(buyer, reserved), steal(thief, reserved)]);
  expectNothing(stolen);
  check(bought, { 'the owner buys': isOk });
  if (!isOk(bought)) return;
  unitsBought.add(bought.quantity);

  if (can('cancel')) expectNothing([await cancelOrder(thief, bought)]);
  expectNothing(await steal(thief, reserved));
  await readAvailability(thief, sku);
}

const steal = (thief: Buyer, reserved: Answer): Promise<Answer[]> =>
  Promise.all([checkOut(thief, reserved), ...(can('release') ? [release(thief, reserved)] : [])]);

function expectNothing(answers: Answer[]): void {
  check(answers, { 'a thief gets nothing': (all) => all.every(isRefused) });
}
