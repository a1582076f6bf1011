import { check } from 'k6';
import exec from 'k6/execution';
import { Rate } from 'k6/metrics';
import type { Options } from 'k6/options';
import { buyerAt, planSale, skuOnSale } from './lib/sale.ts';
import { checkOut, isOk, takeUnits } from './lib/shop.ts';

/** Bots send many reservations for a few accounts at the same time. Each account may still get only one unit. */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt']],
  stock: 100,
  buyers: 500,
  challenges: ['shared-account'],
});

const CLICKS_PER_ACCOUNT = 20;

/** Share of clicks that got a unit: at most one click per account. */
const got = new Rate('got');

export const options: Options = {
  scenarios: {
    bots: {
      executor: 'shared-iterations',
      vus: Math.min(200, sale.buyers),
      iterations: sale.buyers * CLICKS_PER_ACCOUNT,
      maxDuration: '5m',
    },
  },
  thresholds: {
    answered: ['rate>0.95'],
    got: [`rate<=${1 / CLICKS_PER_ACCOUNT}`],
  },
};

export default async function bots(): Promise<void> {
  // Consecutive iterations belong to one account, so that several VUs act for it at the same time.
  const buyer = buyerAt(Math.floor(exec.scenario.iterationInTest / CLICKS_PER_ACCOUNT));
  const taken = await takeUnits(buyer, skuOnSale());
  got.add(isOk(taken));
  if (!isOk(taken)) return;
  const bought = await checkOut(buyer, taken);
  check(bought, { 'checked out': isOk });
}
