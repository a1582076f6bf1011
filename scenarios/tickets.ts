import { check } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, type Sku, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import { type Answer, buy, cancelOrder, isOk, isSoldOut, readAvailability } from './lib/shop.ts';

/**
 * A crowd wants one to four tickets each of two types of an event. Some payments are declined, and their tickets go to others;
 * some buyers cancel at once. Whoever cannot have as many takes one.
 */
export const sale = planSale({
  needs: ['buy', 'cancel'],
  sells: 'tickets',
  skus: [{ stock: 300 }, { stock: 150 }],
  unitsPerBuyerMax: 4,
  buyers: 3_000,
  payments: { latencyMs: 20, declineRate: 0.15 },
  challenges: ['several-units', 'several-skus', 'cancelled-order'],
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
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function tickets(): Promise<void> {
  const buyer = thisBuyer();
  const sku = skuOnSale();
  const bought = await buyOrOne(sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(bought)) return;
  unitsBought.add(bought.quantity);
  const { tickets: codes = [] } = bought;
  check(codes, { 'a ticket for each unit': ({ length }) => length === bought.quantity });
  if (decide(1) < 0.2) {
    check(await cancelOrder(buyer, bought), { 'cancelled at once': isOk });
  }

  async function buyOrOne(wanted: Sku, quantity: number): Promise<Answer> {
    const answer = await buy(buyer, wanted, quantity);
    if (quantity === 1 || !isSoldOut(answer)) return answer;
    const seen = await readAvailability(buyer, wanted);
    return seen?.available === 0 ? answer : await buy(buyer, wanted);
  }
}
