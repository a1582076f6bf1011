import { check } from 'k6';
import type { Options } from 'k6/options';
import { type Buyer, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, reservationOf, reserve } from './lib/shop.ts';

/**
 * Payments take longer than reservations live. When the money arrives the units are on sale again, and others have come
 * for them: a late payer gets other units if there are any, and else the money back.
 */
export const sale = planSale({
  stock: 60,
  buyers: 1_200,
  holdTtlMs: 1_000,
  payments: { latencyMs: 1_500 },
  challenges: ['late-payment'],
});

/** They wait at the door, so that the first units are fought over; the others come for what lapses. */
const crowd = Math.ceil(sale.buyers / 5);
const COMING_FOR_SECONDS = 12;

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      exec: 'fromCrowd',
      vus: Math.min(200, crowd),
      iterations: crowd,
      maxDuration: '1m',
    },
    stream: {
      executor: 'constant-arrival-rate',
      exec: 'fromStream',
      startTime: '1s',
      rate: Math.ceil((sale.buyers - crowd) / COMING_FOR_SECONDS),
      timeUnit: '1s',
      duration: `${COMING_FOR_SECONDS}s`,
      preAllocatedVUs: 200,
      maxVUs: 1_000,
    },
  },
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
