import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, type Sku, skuOnSale, thisBuyer, unitsWanted } from './lib/sale.ts';
import {
  type Answer,
  can,
  cancelOrder,
  checkOut,
  isOk,
  isSoldOut,
  release,
  takeBasket,
} from './lib/shop.ts';

/**
 * A crowd wants units of two or three SKUs together, all or none. Of the last SKU there are few, so baskets are refused for it of
 * which the other lines could be had. Some baskets are given back or cancelled. Whoever cannot have a basket takes one unit.
 */
export const sale = planSale({
  needs: [['reserve-basket', 'buy-basket']],
  skus: [{ stock: 300 }, { stock: 150 }, { stock: 60 }],
  unitsPerBuyerMax: 3,
  buyers: 3_000,
  challenges: ['several-skus', 'half-basket'],
});

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

export default async function baskets(): Promise<void> {
  const buyer = thisBuyer();
  const taken = await takeSeveralOrOne();
  check(taken, { 'taken or sold out': (answer) => isOk(answer) || isSoldOut(answer) });
  if (!isOk(taken)) return;

  await sleep(decide(1) * 0.1);
  if (can('reserve-basket') && can('release-basket') && decide(2) < 0.15) {
    check(await release(buyer, taken), { 'given back': isOk });
    return;
  }
  const bought = await checkOut(buyer, taken);
  check(bought, { 'checked out': isOk });
  const isOrder = can('confirm-basket') || !can('reserve-basket');
  if (isOk(bought) && isOrder && can('cancel-basket') && decide(3) < 0.15) {
    check(await cancelOrder(buyer, bought), { cancelled: isOk });
  }

  async function takeSeveralOrOne(): Promise<Answer> {
    const answer = await takeBasket(buyer, severalLines());
    return isSoldOut(answer)
      ? await takeBasket(buyer, [{ sku: skuOnSale(), quantity: 1 }])
      : answer;
  }
}

/** Lines of two or three SKUs, in any order; of fewer, where fewer are on sale. */
function severalLines(): { sku: Sku; quantity: number }[] {
  const first = Math.floor(decide(4) * 3);
  const numbers = [first, first + 1, first + 2].slice(0, decide(5) < 0.5 ? 2 : 3);
  const skus = new Map(numbers.map((number) => [skuOnSale(number).skuId, skuOnSale(number)]));
  return [...skus.values()].map((sku, place) => ({ sku, quantity: unitsWanted(place + 1) }));
}
