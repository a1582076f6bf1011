import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import {
  type Buyer,
  crowdThenStream,
  decide,
  planSale,
  skuOnSale,
  strangerTo,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import { checkOut, readAvailability, reservationOf, reserveOrOne } from './lib/shop.ts';

/**
 * A third of the buyers with a reservation never pay, and nobody cancels. Their reservations expire after three seconds,
 * and only so the units come back for later buyers. Some buyers pay just as their reservation expires, and others look
 * at the stock.
 */
export const sale = planSale({
  skus: [{ stock: 60 }, { stock: 25 }, { stock: 15 }],
  unitsPerBuyerMax: 3,
  buyers: 3_000,
  holdTtlMs: 3_000,
  challenges: ['abandoned-hold', 'several-units', 'several-skus', 'repeated-read'],
});

const { crowd, scenarios } = crowdThenStream(sale.buyers, { startTime: '2s', seconds: 15 });

export const options: Options = {
  scenarios,
  thresholds: {
    answered: ['rate>0.95'],
  },
};

export const fromCrowd = (): Promise<void> => holdAndAbandon(thisBuyer());
export const fromStream = (): Promise<void> => holdAndAbandon(thisBuyer(crowd));

async function holdAndAbandon(buyer: Buyer): Promise<void> {
  const skuId = skuOnSale();
  const looks = decide(2) < 0.3;
  if (looks) await readAvailability(buyer, skuId);
  const reserved = await reserveOrOne(buyer, skuId, unitsWanted(sale.unitsPerBuyerMax));
  const reservationId = reservationOf(reserved);
  if (reservationId === undefined) return;
  if (looks) await readAvailability(strangerTo(buyer), skuId);

  const mood = decide(0);
  if (mood < 0.33) return;
  const late = mood > 0.9;
  await sleep(late ? 2.95 + decide(1) * 0.1 : decide(1));
  const bought = await checkOut(buyer, reservationId);
  check(bought, {
    'checked out, or too late': (answer) => answer.status === 201 || answer.status === 409,
  });
  await readAvailability(looks ? strangerTo(buyer) : buyer, skuId);
}
