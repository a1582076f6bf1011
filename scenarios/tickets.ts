import { check } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, type Sku, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import {
  type Answer,
  buy,
  buyBasket,
  cancelOrder,
  isOk,
  isSoldOut,
  readAvailability,
} from './lib/shop.ts';

/**
 * A crowd wants tickets of an event: one to four of a type, or some of two or three types together. Some payments are declined,
 * and their tickets go to others; some buyers cancel at once. Whoever cannot have all types takes those of one, and whoever
 * cannot have as many takes one ticket.
 */
export const sale = planSale({
  needs: ['buy', 'cancel', 'buy-basket', 'cancel-basket'],
  sells: 'tickets',
  // Of the last type there are few, so baskets are refused for it of which the others could be had.
  skus: [{ stock: 300 }, { stock: 150 }, { stock: 60 }],
  unitsPerBuyerMax: 4,
  buyers: 3_000,
  payments: { latencyMs: 20, declineRate: 0.15 },
  challenges: ['several-units', 'several-skus', 'half-basket', 'cancelled-order'],
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

const BASKETS = 0.4;

export default async function tickets(): Promise<void> {
  const buyer = thisBuyer();
  const wanted = unitsWanted(sale.unitsPerBuyerMax);
  const bought = await buyTogether();
  if (!isOk(bought)) return;
  unitsBought.add(bought.quantity);
  const { tickets: codes = [] } = bought;
  check(codes, { 'a ticket for each unit': ({ length }) => length === bought.quantity });
  if (decide(1) < 0.2) {
    check(await cancelOrder(buyer, bought), { 'cancelled at once': isOk });
  }

  async function buyTogether(): Promise<Answer> {
    const types = decide(2) < BASKETS ? shuffledTypes() : [];
    if (types.length < 2) return await buyOrOne(skuOnSale());
    const lines = types.map((sku, place) => ({ sku, quantity: 1 + ((place + wanted) % 2) }));
    const answer = await buyBasket(buyer, lines);
    return isSoldOut(answer) ? await buyOrOne(skuOnSale()) : answer;
  }

  async function buyOrOne(sku: Sku): Promise<Answer> {
    const answer = await buy(buyer, sku, wanted);
    if (wanted === 1 || !isSoldOut(answer)) return answer;
    const seen = await readAvailability(buyer, sku);
    return seen?.available === 0 ? answer : await buy(buyer, sku);
  }
}

/** Two or three types on sale in any order, as long as there are as many. */
function shuffledTypes(): Sku[] {
  const first = Math.floor(decide(3) * 3);
  const step = decide(4) < 0.5 ? 1 : 2;
  const numbers = [first, first + step, first + 2 * step].map((number) => number % 3);
  const types = new Map(numbers.map((number) => [skuOnSale(number).skuId, skuOnSale(number)]));
  return [...types.values()].slice(0, decide(5) < 0.5 ? 2 : 3);
}
