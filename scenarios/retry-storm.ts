import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { type Answer, checkOut, orderOf, reservationOf, reserve } from './lib/shop.ts';

/**
 * Nervous buyers, or a nervous network: every wish is sent three times at once, and again when it was answered, with one
 * Idempotency-Key. It is granted once, and everybody who asks again hears the same.
 */
export const sale = planSale({ stock: 200, buyers: 3_000, challenges: ['repeated-call'] });

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

  const reserving = `reserve-${skuId}-${buyer.userId}`;
  const reservationId = await insist(() => reserve(buyer, skuId, reserving), reservationOf);
  if (reservationId === undefined) return;
  await sleep(decide(0) * 0.1);

  const paying = `pay-${reservationId}`;
  const orderId = await insist(() => checkOut(buyer, reservationId, paying), orderOf);
  if (orderId !== undefined) unitsBought.add(1);
}

/** Asks several times at once and then once more, until somebody says yes or no; answers with what was granted. */
async function insist(
  ask: () => Promise<Answer>,
  grantedBy: (answer: Answer) => string | undefined,
): Promise<string | undefined> {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, ask));
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const last = await ask();
    answers.push(last);
    // Those who ask while the first call is under way are told to come again.
    if (last.status !== 409 || grantedBy(last) !== undefined) break;
    await sleep(RETRY_AFTER_SECONDS);
  }
  const granted = new Set(answers.map(grantedBy).filter((id) => id !== undefined));
  check(granted, { 'every yes is the same': (ids) => ids.size <= 1 });
  return [...granted][0];
}
