import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import { type Buyer, crowdThenStream, decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, reservationOf, reserve } from './lib/shop.ts';

/**
 * A third of the buyers with a reservation never pay. Their reservations expire after three seconds, and the units go
 * to later buyers. Some buyers pay just as their reservation expires.
 */
export const sale = planSale({ stock: 100, buyers: 3_000, holdTtlMs: 3_000 });

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
  const reservationId = reservationOf(await reserve(buyer, skuOnSale()));
  if (reservationId === undefined) return;

  const mood = decide(0);
  if (mood < 0.33) return;
  const late = mood > 0.9;
  await sleep(late ? 2.95 + decide(1) * 0.1 : decide(1));
  const bought = await checkOut(buyer, reservationId);
  check(bought, {
    'checked out, or too late': (answer) => answer.status === 201 || answer.status === 409,
  });
}
