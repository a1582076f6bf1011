import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import {
  type Buyer,
  crowdThenStream,
  decide,
  planSale,
  skuOnSale,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import { checkOut, isOk, readAvailability, release, takeUnitsOrOne } from './lib/shop.ts';

/**
 * Redis loses all its data again and again while buyers hold units. Counters that are built anew must leave out what is
 * held, and not only what is sold. Needs a Redis that the run starts itself (`--redis`). Some buyers cancel, and their
 * units go to later buyers; a third never pay and still hold their units at the end, so that a wrong counter stays wrong.
 */
export const sale = planSale({
  needs: ['reserve', 'confirm', 'release'],
  skus: [{ stock: 80 }, { stock: 40 }],
  unitsPerBuyerMax: 2,
  buyers: 2_500,
  holdTtlMs: 120_000,
  redisAmnesia: { afterMs: 700, everyMs: 1_100, times: 10 },
  challenges: ['redis-amnesia', 'several-units', 'several-skus'],
});

const { crowd, scenarios } = crowdThenStream(sale.buyers, { startTime: '1s', seconds: 12 });

export const options: Options = {
  scenarios,
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export const fromCrowd = (): Promise<void> => buyMeanwhile(thisBuyer());
export const fromStream = (): Promise<void> => buyMeanwhile(thisBuyer(crowd));

async function buyMeanwhile(buyer: Buyer): Promise<void> {
  const sku = skuOnSale();
  const reserved = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(reserved)) return;

  const mood = decide(0);
  if (mood < 0.33) return;
  await sleep(0.2 + decide(1) * 3);
  if (mood < 0.75) {
    const released = await release(buyer, reserved);
    check(released, { 'given back': isOk });
  } else {
    const bought = await checkOut(buyer, reserved);
    check(bought, { 'checked out': isOk });
  }
  await readAvailability(buyer, sku);
}
