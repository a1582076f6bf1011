import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { attempt, can, decided, isRefused, isYes, readDecision, takeUnits } from './lib/shop.ts';

/**
 * A crowd tries to buy in two flash sales, some buyers twice at once. A buyer whose attempt is accepted polls until the
 * attempt is decided, and then asks again and again: the decision must stand. Where units are sold by attempts alone, some
 * try to reserve one as well.
 */
export const sale = planSale({
  needs: ['attempt', 'later'],
  sells: 'flash-sale',
  skus: [{ stock: 200 }, { stock: 100 }],
  buyers: 6_000,
  challenges: ['repeated-read', 'several-skus', 'other-door'],
});

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
  const sku = skuOnSale();
  if (sku.soldBy === 'flash-sale' && can('reserve') && decide(6) < 0.1) {
    const reserved = await takeUnits(buyer, sku);
    check(reserved, { 'nothing is reserved': isRefused });
  }
  const clicks = decide(0) < 0.1 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: clicks }, () => attempt(buyer, sku)));
  // A shop may accept both clicks and decline one of them later.
  const attempts = answers.filter(isYes);
  const decisions = await Promise.all(attempts.map((each) => decided(buyer, each)));
  const succeeded = decisions.findIndex(({ decision }) => decision === 'SUCCESS');
  const place = Math.max(succeeded, 0);
  const accepted = attempts[place];
  if (accepted === undefined) return;

  const decision = decisions[place]?.decision;
  if (decision === 'SUCCESS') unitsBought.add(1);
  check(decision, { decided: (said) => said === 'SUCCESS' || said === 'FAILED' });
  if (decision === undefined || decision === 'PENDING') return;

  for (let asks = 0; asks < ASKS_AFTERWARDS; asks += 1) {
    const again = await readDecision(buyer, accepted);
    check(again, { 'the decision stands': (said) => (said.decision || decision) === decision });
    await sleep(decide(2 + asks) * 0.3);
  }
}
