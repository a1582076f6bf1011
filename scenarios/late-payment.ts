import { check } from 'k6';
import type { Options } from 'k6/options';
import {
  type Buyer,
  crowdThenStream,
  planSale,
  skuOnSale,
  thisBuyer,
  unitsWanted,
} from './lib/sale.ts';
import { checkOut, isOk, isRefused, readAvailability, takeUnitsOrOne } from './lib/shop.ts';

/**
 * Payments take longer than reservations live. When the payment arrives, the units are on sale again, and other buyers
 * want them. A late payer gets other units if there are enough, and otherwise the money back.
 */
export const sale = planSale({
  needs: ['reserve', 'confirm', 'hold-ttl'],
  skus: [{ stock: 40 }, { stock: 20 }],
  unitsPerBuyerMax: 2,
  buyers: 1_200,
  holdTtlMs: 1_000,
  payments: { latencyMs: 1_500 },
  challenges: ['late-payment', 'several-units', 'several-skus'],
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
  const sku = skuOnSale();
  const reserved = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(reserved)) return;
  check(await checkOut(buyer, reserved), {
    'bought, or told that it came too late': (answer) => isOk(answer) || isRefused(answer),
  });
  await readAvailability(buyer, sku);
}
