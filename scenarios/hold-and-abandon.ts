import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import {
  type Buyer,
  crowdThenStream,
  decide,
  holdTtlSeconds,
  planSale,
  skuOnSale,
  strangerTo,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import { checkOut, isOk, isRefused, readAvailability, takeUnitsOrOne } from './lib/shop.ts';

/**
 * A third of the buyers with a reservation never pay, and nobody cancels. Their reservations expire after a few seconds,
 * and only so the units come back for later buyers. Some buyers pay just as their reservation expires, and others look
 * at the stock.
 */
export const sale = planSale({
  needs: ['reserve', 'confirm', 'hold-ttl'],
  skus: [{ stock: 60 }, { stock: 25 }, { stock: 15 }],
  unitsPerBuyerMax: 3,
  buyers: 3_000,
  holdTtlMs: 3_000,
  challenges: ['abandoned-hold', 'several-units', 'several-skus', 'repeated-read'],
});

const { crowd, scenarios } = crowdThenStream(sale.buyers, {
  startTime: '2s',
  // The units of a reservation that is left to lapse have to come back while buyers still arrive.
  seconds: Math.max(15, Math.ceil((sale.holdTtlMs || 0) / 200)),
});

export const options: Options = {
  scenarios,
  thresholds: {
    answered: ['rate>0.95'],
  },
};

export const fromCrowd = (): Promise<void> => holdAndAbandon(thisBuyer());
export const fromStream = (): Promise<void> => holdAndAbandon(thisBuyer(crowd));

async function holdAndAbandon(buyer: Buyer): Promise<void> {
  const sku = skuOnSale();
  const looks = decide(2) < 0.3;
  if (looks) await readAvailability(buyer, sku);
  const reserved = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(reserved)) return;
  if (looks) await readAvailability(strangerTo(buyer), sku);

  const mood = decide(0);
  if (mood < 0.33) return;
  const late = mood > 0.9;
  await sleep(late ? holdTtlSeconds(sale) - 0.05 + decide(1) * 0.1 : decide(1));
  const bought = await checkOut(buyer, reserved);
  check(bought, {
    'checked out, or too late': (answer) => isOk(answer) || isRefused(answer),
  });
  await readAvailability(looks ? strangerTo(buyer) : buyer, sku);
}
