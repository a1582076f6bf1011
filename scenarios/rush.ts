import { check, sleep } from 'k6';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, thisBuyer } from './lib/sale.ts';
import { checkOut, isOk, isSoldOut, takeUnits } from './lib/shop.ts';

/** A crowd takes all units and checks out. There are forty buyers for each unit. */
export const sale = planSale({
  needs: [['reserve', 'buy', 'attempt']],
  stock: 500,
  buyers: 20_000,
});

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(500, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    answered: ['rate>0.95'],
    http_req_duration: ['p(95)<5000'],
  },
};

export default async function rush(): Promise<void> {
  const buyer = thisBuyer();
  const taken = await takeUnits(buyer, skuOnSale());
  // A shop that decides later may not say why it declined.
  check(taken, {
    'taken or sold out': (answer) =>
      isOk(answer) || isSoldOut(answer) || answer.decision === 'FAILED',
  });
  if (!isOk(taken)) return;

  await sleep(decide(0) * 0.5);
  const bought = await checkOut(buyer, taken);
  check(bought, { 'checked out': isOk });
}
