import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import {
  type Buyer,
  decide,
  planSale,
  type Sku,
  skuOnSale,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import { type Answer, checkOut, isOk, takeUnits } from './lib/shop.ts';

/**
 * Impatient buyers, or a network that repeats requests: each request is sent three times at once, and once more after
 * the answers, all with one Idempotency-Key. The server may act only once, and all answers must agree.
 */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt'], 'key'],
  skus: [{ stock: 150 }, { stock: 50 }],
  unitsPerBuyerMax: 2,
  buyers: 3_000,
  challenges: ['repeated-call', 'several-units', 'several-skus'],
});

const AT_ONCE = 3;
const TRIES_MAX = 20;
const RETRY_AFTER_SECONDS = 0.05;

const unitsBought = new Counter('units_bought');

export const options: Options = {
  scenarios: {
    storm: {
      executor: 'shared-iterations',
      vus: Math.min(150, sale.buyers),
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

export default async function retryStorm(): Promise<void> {
  const buyer = thisBuyer();
  const sku = skuOnSale();

  // A buyer who cannot have two units wants one: that is another wish, with a key of its own.
  let units = unitsWanted(sale.unitsPerBuyerMax);
  let answer = await insistOnUnits(buyer, sku, units);
  if (answer === undefined && units > 1) {
    units = 1;
    answer = await insistOnUnits(buyer, sku, units);
  }
  if (answer === undefined) return;

  const taken = answer;
  await sleep(decide(0) * 0.1);
  const bought =
    taken.of === 'reserve'
      ? await insist(() => checkOut(buyer, taken, `pay-${taken.hold || buyer.userId}`))
      : taken;
  if (bought !== undefined) unitsBought.add(units);
}

async function insistOnUnits(buyer: Buyer, sku: Sku, units: number): Promise<Answer | undefined> {
  const key = `reserve-${sku.skuId}-${units}-${buyer.userId}`;
  return await insist(() => takeUnits(buyer, sku, units, key));
}

/**
 * Sends a request several times at once, then again until an answer is final. Returns the answer that granted
 * something, if one did.
 */
async function insist(ask: () => Promise<Answer>): Promise<Answer | undefined> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const last = await ask();
    answers.push(last);
    // A refusal with this status says that the first request is still under way: try again.
    if (last.status !== 409 || isOk(last)) break;
    await sleep(RETRY_AFTER_SECONDS);
  }
  const granted = answers.filter(isOk);
  const ids = new Set(granted.map(({ order, hold }) => order || hold));
  check(ids, { 'every yes is the same': ({ size }) => size <= 1 });
  return granted[0];
}
