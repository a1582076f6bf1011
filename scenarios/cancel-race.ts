import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import { type Buyer, crowdThenStream, decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { cancel, cancelOrder, checkOut, orderOf, reservationOf, reserve } from './lib/shop.ts';

/**
 * Some buyers pay and cancel their reservation at the same moment, a part of them just as it expires. Others pay and
 * then cancel the order, with two requests at once. Each unit must end with one buyer, and units that are given back
 * are sold to later buyers.
 */
export const sale = planSale({
  stock: 100,
  buyers: 2_000,
  holdTtlMs: 3_000,
  challenges: ['hold-race', 'cancelled-order'],
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
  const reservationId = reservationOf(await reserve(buyer, skuOnSale()));
  if (reservationId === undefined) return;

  const mood = decide(0);
  if (mood < 0.4) {
    const late = mood < 0.2;
    await sleep(late ? HOLD_TTL_SECONDS - 0.05 + decide(1) * 0.1 : decide(1) * 0.2);
    const [paid, cancelled] = await Promise.all([
      checkOut(buyer, reservationId),
      cancel(buyer, reservationId),
    ]);
    check(paid, {
      'of paying and cancelling, no more than one': () =>
        !(paid.status === 201 && cancelled.status === 200),
    });
    return;
  }

  const orderId = orderOf(await checkOut(buyer, reservationId));
  if (orderId === undefined || mood < 0.7) return;
  await sleep(decide(1) * 0.5);
  const answers = await Promise.all([cancelOrder(buyer, orderId), cancelOrder(buyer, orderId)]);
  check(answers, {
    'the order is cancelled': ([one, other]) => one?.status === 200 || other?.status === 200,
  });
}
