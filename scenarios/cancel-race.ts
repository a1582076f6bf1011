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
 * Some buyers pay and cancel their reservation at the same moment, a part of them just as it expires. Others pay and
 * then cancel the order, with two requests at once. Meanwhile strangers try to cancel both. Each unit must end with one
 * buyer, and units that are given back are sold to later buyers. Where taking is buying, only orders can be cancelled.
 */
export const sale = planSale({
  needs: [
    ['reserve', 'buy'],
    ['confirm', 'buy'],
    ['release', 'cancel'],
  ],
  skus: [{ stock: 70 }, { stock: 30 }],
  unitsPerBuyerMax: 3,
  buyers: 2_000,
  holdTtlMs: 3_000,
  challenges: ['hold-race', 'cancelled-order', 'stranger', 'several-units', 'several-skus'],
});

/** Nobody waits longer for a reservation to expire. */
const WAIT_MAX_SECONDS = 10;

const { crowd, scenarios } = crowdThenStream(sale.buyers, { startTime: '2s', seconds: 15 });

export const options: Options = {
  scenarios,
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export const fromCrowd = (): Promise<void> => cancelRace(thisBuyer());
export const fromStream = (): Promise<void> => cancelRace(thisBuyer(crowd));

async function cancelRace(buyer: Buyer): Promise<void> {
  const sku = skuOnSale();
  const reserved = await takeUnitsOrOne(buyer, sku, unitsWanted(sale.unitsPerBuyerMax));
  if (!isOk(reserved)) return;
  const canRelease = can('reserve') && can('release');
  const canCancel = can('cancel') && (can('confirm') || !can('reserve'));
  if (canRelease && decide(2) < 0.3) {
    expectNothing(await release(strangerTo(buyer), reserved));
  }

  if (canRelease && (!canCancel || decide(0) < 0.4)) await payAndRelease(buyer, reserved);
  else if (canCancel) await payThenCancel(buyer, reserved);
  await readAvailability(buyer, sku);
}

async function payAndRelease(buyer: Buyer, reserved: Answer): Promise<void> {
  const ttl = holdTtlSeconds(sale);
  const late = ttl > 0 && ttl <= WAIT_MAX_SECONDS && decide(0) < 0.2;
  await sleep(late ? ttl - 0.05 + decide(1) * 0.1 : decide(1) * 0.2);
  const [paid, released, stolen] = await Promise.all([
    checkOut(buyer, reserved),
    release(buyer, reserved),
    decide(3) < 0.3 ? checkOut(strangerTo(buyer), reserved) : undefined,
  ]);
  check(paid, {
    'of paying and giving back, no more than one': () => !(isOk(paid) && isOk(released)),
  });
  if (stolen !== undefined) expectNothing(stolen);
}

async function payThenCancel(buyer: Buyer, reserved: Answer): Promise<void> {
  const bought = await checkOut(buyer, reserved);
  if (!isOk(bought)) return;
  if (decide(3) < 0.3) expectNothing(await cancelOrder(strangerTo(buyer), bought));
  if (decide(0) < 0.7) return;
  await sleep(decide(1) * 0.5);
  const answers = await Promise.all([cancelOrder(buyer, bought), cancelOrder(buyer, bought)]);
  check(answers, {
    'the order is cancelled': (both) => both.some(isOk),
  });
}

function expectNothing(answer: Answer): void {
  check(answer, { 'a stranger gets nothing': isRefused });
}
