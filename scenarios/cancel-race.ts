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
import {
  cancel,
  cancelOrder,
  checkOut,
  isNotTheirs,
  orderOf,
  readAvailability,
  reservationOf,
  reserveOrOne,
} from './lib/shop.ts';

/**
 * Some buyers pay and cancel their reservation at the same moment, a part of them just as it expires. Others pay and
 * then cancel the order, with two requests at once. Meanwhile strangers try to cancel both. Each unit must end with one
 * buyer, and units that are given back are sold to later buyers.
 */
export const sale = planSale({
  skus: [{ stock: 70 }, { stock: 30 }],
  unitsPerBuyerMax: 3,
  buyers: 2_000,
  holdTtlMs: 3_000,
  challenges: ['hold-race', 'cancelled-order', 'stranger', 'several-units', 'several-skus'],
});

const { crowd, scenarios } = crowdThenStream(sale.buyers, { startTime: '2s', seconds: 15 });
const HOLD_TTL_SECONDS = 3;

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
  const skuId = skuOnSale();
  const reserved = await reserveOrOne(buyer, skuId, unitsWanted(sale.unitsPerBuyerMax));
  const reservationId = reservationOf(reserved);
  if (reservationId === undefined) return;
  if (decide(2) < 0.3) expectNothing(await cancel(strangerTo(buyer), reservationId));

  if (decide(0) < 0.4) await payAndCancel(buyer, reservationId);
  else await payThenCancel(buyer, reservationId);
  await readAvailability(buyer, skuId);
}

async function payAndCancel(buyer: Buyer, reservationId: string): Promise<void> {
  const late = decide(0) < 0.2;
  await sleep(late ? HOLD_TTL_SECONDS - 0.05 + decide(1) * 0.1 : decide(1) * 0.2);
  const [paid, cancelled, stolen] = await Promise.all([
    checkOut(buyer, reservationId),
    cancel(buyer, reservationId),
    decide(3) < 0.3 ? checkOut(strangerTo(buyer), reservationId) : undefined,
  ]);
  check(paid, {
    'of paying and cancelling, no more than one': () =>
      !(paid.status === 201 && cancelled.status === 200),
  });
  if (stolen !== undefined) expectNothing(stolen);
}

async function payThenCancel(buyer: Buyer, reservationId: string): Promise<void> {
  const orderId = orderOf(await checkOut(buyer, reservationId));
  if (orderId === undefined) return;
  if (decide(3) < 0.3) expectNothing(await cancelOrder(strangerTo(buyer), orderId));
  if (decide(0) < 0.7) return;
  await sleep(decide(1) * 0.5);
  const answers = await Promise.all([cancelOrder(buyer, orderId), cancelOrder(buyer, orderId)]);
  check(answers, {
    'the order is cancelled': ([one, other]) => one?.status === 200 || other?.status === 200,
  });
}

function expectNothing(answer: Parameters<typeof isNotTheirs>[0]): void {
  check(answer, { 'a stranger gets nothing': isNotTheirs });
}
