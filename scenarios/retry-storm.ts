import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { type Buyer, decide, planSale, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import { type Answer, checkOut, orderOf, reservationOf, reserve } from './lib/shop.ts';

/**
 * Impatient buyers, or a network that repeats requests: each request is sent three times at once, and once more after
 * the answers, all with one Idempotency-Key. The server may act only once, and all answers must agree.
 */
export const sale = planSale({
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
  const skuId = skuOnSale();

  // A buyer who cannot have two units wants one: that is another wish, with a key of its own.
  let units = unitsWanted(sale.unitsPerBuyerMax);
  let reservationId = await insistOnUnits(buyer, skuId, units);
  if (reservationId === undefined && units > 1) {
    units = 1;
    reservationId = await insistOnUnits(buyer, skuId, units);
  }
  if (reservationId === undefined) return;
  await sleep(decide(0) * 0.1);

  const reserved = reservationId;
  const orderId = await insist(() => checkOut(buyer, reserved, `pay-${reserved}`), orderOf);
  if (orderId !== undefined) unitsBought.add(units);
}

async function insistOnUnits(
  buyer: Buyer,
  skuId: string,
  units: number,
): Promise<string | undefined> {
  const key = `reserve-${skuId}-${units}-${buyer.userId}`;
  return await insist(() => reserve(buyer, skuId, units, key), reservationOf);
}

/**
 * Sends a request several times at once, then again until an answer is final. Returns the id of what was granted, if
 * anything was.
 */
async function insist(
  ask: () => Promise<Answer>,
  grantedBy: (answer: Answer) => string | undefined,
): Promise<string | undefined> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const last = await ask();
    answers.push(last);
    // 409 means that the first request is still under way: try again.
    if (last.status !== 409 || grantedBy(last) !== undefined) break;
    await sleep(RETRY_AFTER_SECONDS);
  }
  const granted = new Set(answers.map(grantedBy).filter((id) => id !== undefined));
  check(granted, { 'every yes is the same': (ids) => ids.size <= 1 });
  return [...granted][0];
}
