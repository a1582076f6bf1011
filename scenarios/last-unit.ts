import exec from 'k6/execution';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { rendezvous } from './lib/flashsale.ts';
import { planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, isOk, readAvailability, takeUnits } from './lib/shop.ts';

/**
 * Every buyer wants the last unit, at the same moment. Exactly one of them may get it. Those who wait look at the stock
 * before, and once more when they did not get it.
 */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt']],
  stock: 1,
  buyers: 2_000,
});

const unitsBought = new Counter('units_bought');

/**
 * Number of buyers that wait until all of them are there and then want it at once. The others follow as these finish.
 */
const waiting = Math.min(500, sale.buyers);

export const options: Options = {
  scenarios: {
    everybody: {
      executor: 'shared-iterations',
      vus: waiting,
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
  const isWaiting = exec.scenario.iterationInTest < waiting;
  if (isWaiting) {
    await readAvailability(buyer, skuOnSale());
    await rendezvous('door', waiting);
  }
  const taken = await takeUnits(buyer, skuOnSale());
  if (!isOk(taken)) {
    if (isWaiting) await readAvailability(buyer, skuOnSale());
    return;
  }
  const bought = await checkOut(buyer, taken);
  if (isOk(bought)) unitsBought.add(1);
}
