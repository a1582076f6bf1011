import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import {
  type Buyer,
  decide,
  planSale,
  skuOnSale,
  strangerTo,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import {
  type Answer,
  can,
  cancelOrder,
  checkOut,
  isOk,
  isRefused,
  readAvailability,
  release,
  takeUnitsOrOne,
} from './lib/shop.ts';

/**
 * Thieves have accounts of their own, and the ids of what others reserved and ordered. They check out and cancel
 * strangers' reservations and cancel strangers' orders: before the owners act, at the same moment, and after. For a
 * thief none of it exists, and every owner buys what they reserved. They repeat the owner's Idempotency-Key as well, and must not
 * be told what the owner was. Where taking is buying, thieves cancel orders.
 */
export const sale = planSale({
  needs: [
    ['reserve', 'buy'],
    ['confirm', 'release', 'cancel'],
  ],
  skus: [{ stock: 120 }, { stock: 60 }, { stock: 20 }],
  unitsPerBuyerMax: 3,
  buyers: 3_000,
  challenges: ['stranger', 'several-units', 'several-skus'],
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
    units_bought: [`count==${sale.stock}`],
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function thieves(): Promise<void> {
  const buyer = thisBuyer();
  const sku = skuOnSale();
  const taken = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(taken)) return;
  const thief = strangerTo(buyer);
  await sleep(decide(0) * 0.2);

  // Half of the thieves come first; the others come together with the owner.
  if (decide(1) < 0.5) expectNothing(await steal(thief, taken));
  const [bought, stolen] = await Promise.all([
    checkOut(buyer, taken, keyOf(taken)),
    steal(thief, taken),
  ]);
  expectNothing(stolen);
  check(bought, { 'the owner buys': isOk });
  if (!isOk(bought)) return;
  unitsBought.add(bought.quantity);

  expectNothing(await steal(thief, bought));
  if (taken.of === 'reserve') expectNothing(await steal(thief, taken));
  await readAvailability(thief, sku);
}

/** Uses what somebody else has: their reservation, or their order. */
function steal(thief: Buyer, taken: Answer): Promise<Answer[]> {
  if (taken.of !== 'reserve') return Promise.all(can('cancel') ? [cancelOrder(thief, taken)] : []);
  return Promise.all([
    ...(can('confirm') ? [checkOut(thief, taken, keyOf(taken))] : []),
    ...(can('release') ? [release(thief, taken)] : []),
  ]);
}

const keyOf = ({ hold }: Answer): string | undefined => hold && `pay-${hold}`;

function expectNothing(answers: Answer[]): void {
  check(answers, { 'a thief gets nothing': (all) => all.every(isRefused) });
}
