import { check } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { type Buyer, decide, planSale, type Sku, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, isOk, isRefused, takeUnits, track } from './lib/shop.ts';

/**
 * A crowd tells the analytics of what it sees and does while it buys all units. Some send a batch twice at once, because their
 * network is bad. Every event that was accepted is stored and counted once, and nothing of a batch that was refused.
 */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt'], 'track'],
  skus: [{ stock: 100 }, { stock: 50 }],
  buyers: 3_000,
  challenges: ['several-skus'],
});

const BATCHES = 3;

const batchesStored = new Counter('batches_stored');

export const options: Options = {
  scenarios: {
    flood: {
      executor: 'shared-iterations',
      vus: Math.min(150, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    batches_stored: ['count>0'],
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function trackFlood(): Promise<void> {
  const buyer = thisBuyer();
  const sku = skuOnSale();
  await tell(buyer, sku, 0);
  const taken = await takeUnits(buyer, sku);
  for (let batch = 1; batch < BATCHES; batch += 1) await tell(buyer, sku, batch);
  if (isOk(taken)) check(await checkOut(buyer, taken), { 'checked out': isOk });
}

/** Tells of some events; one batch in five is sent twice at once. */
async function tell(buyer: Buyer, sku: Sku, batch: number): Promise<void> {
  // Another key in each run: an event that an earlier run told of is not stored again.
  const key = `${Date.now()}-${batch}-${buyer.userId}`;
  const times = decide(10 + batch) < 0.2 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: times }, () => track(buyer, sku, key)));
  check(answers, {
    'stored, or refused': (all) => all.every((each) => isOk(each) || isRefused(each)),
  });
  if (answers.some(isOk)) batchesStored.add(1);
}
