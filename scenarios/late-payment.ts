import { check } from 'k6';
import type { Options } from 'k6/options';
import { type Buyer, crowdThenStream, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, reservationOf, reserve } from './lib/shop.ts';

/**
 * Payments take longer than reservations live. When the payment arrives, the unit is on sale again, and other buyers
 * want it. A late payer gets another unit if there is one, and otherwise the money back.
 */
export const sale = planSale({
  stock: 60,
  buyers: 1_200,
  holdTtlMs: 1_000,
  payments: { latencyMs: 1_500 },
  challenges: ['late-payment'],
});

const { crowd, scenarios } = crowdThenStream(sale.buyers, { startTime: '1s', seconds: 12 });

export const options: Options = {
  scenarios,
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export const fromCrowd = (): Promise<void> => payLate(thisBuyer());
export const fromStream = (): Promise<void> => payLate(thisBuyer(crowd));

async function payLate(buyer: Buyer): Promise<void> {
  const reservationId = reservationOf(await reserve(buyer, skuOnSale()));
  if (reservationId === undefined) return;
  check(await checkOut(buyer, reservationId), {
    'bought, or told that it came too late': ({ status }) => status === 201 || status === 409,
  });
}
