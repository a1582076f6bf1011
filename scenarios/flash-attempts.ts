import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { attempt, readDecision } from './lib/shop.ts';

/**
 * A crowd tries to buy in two flash sales, some buyers twice at once. A buyer whose attempt is accepted polls until the
 * attempt is decided, and then asks again and again: the decision must stand.
 */
export const sale = planSale({
  sells: 'flash-sale',
  skus: [{ stock: 200 }, { stock: 100 }],
  buyers: 6_000,
  challenges: ['repeated-read', 'several-skus'],
});

const ASKS_MAX = 100;
const ASK_AGAIN_SECONDS = 0.2;
/** Number of times that a buyer asks for a decision they know. */
const ASKS_AFTERWARDS = 3;

const unitsBought = new Counter('units_bought');

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(300, sale.buyers),
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

export default async function flashAttempts(): Promise<void> {
  const buyer = thisBuyer();
  const saleId = skuOnSale();
  const clicks = decide(0) < 0.1 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: clicks }, () => attempt(buyer, saleId)));
  const accepted = answers.filter(({ status }) => status === 200).length;
  check(accepted, { 'no more than one attempt': (times) => times <= 1 });
  if (accepted === 0) return;

  let decision = 'PENDING';
  for (let asks = 0; asks < ASKS_MAX && decision === 'PENDING'; asks += 1) {
    await sleep(ASK_AGAIN_SECONDS * (0.5 + decide(1)));
    decision = (await readDecision(buyer, saleId)) ?? decision;
  }
  if (decision === 'SUCCESS') unitsBought.add(1);
  check(decision, { decided: (said) => said === 'SUCCESS' || said === 'FAILED' });
  if (decision === 'PENDING') return;

  for (let asks = 0; asks < ASKS_AFTERWARDS; asks += 1) {
    const again = (await readDecision(buyer, saleId)) ?? decision;
    check(again, { 'the decision stands': (said) => said === decision });
    await sleep(decide(2 + asks) * 0.3);
  }
}
