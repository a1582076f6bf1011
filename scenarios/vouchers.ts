import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { decide, planSale, skuOnSale, strangerTo, thisBuyer } from './lib/sale.ts';
import { isOk, isRefused, redeem, register } from './lib/shop.ts';

/**
 * A crowd registers for two campaigns with too few vouchers, some buyers with two clicks at once. Each buyer with a
 * voucher uses it; some use it twice at the same moment, and some try again later. Strangers who know the code try to
 * use it before and at the same moment.
 */
export const sale = planSale({
  needs: ['register', 'redeem'],
  sells: 'campaign',
  skus: [{ stock: 200 }, { stock: 100 }],
  buyers: 6_000,
  challenges: ['double-redemption', 'stranger', 'several-skus'],
});

const vouchersIssued = new Counter('vouchers_issued');
const vouchersUsed = new Counter('vouchers_used');

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(300, sale.buyers),
      iterations: sale.buyers,
      maxDuration: '5m',
    },
  },
  thresholds: {
    vouchers_issued: [`count==${sale.stock}`],
    vouchers_used: [`count==${sale.stock}`],
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export default async function vouchers(): Promise<void> {
  const buyer = thisBuyer();
  const clicks = decide(0) < 0.1 ? 2 : 1;
  const answers = await Promise.all(
    Array.from({ length: clicks }, () => register(buyer, skuOnSale())),
  );
  const [registered, ...more] = answers.filter(isOk);
  check(more, { 'no more than one voucher': ({ length }) => length === 0 });
  if (registered === undefined) return;
  vouchersIssued.add(1);

  await sleep(decide(1) * 0.3);
  const thief = strangerTo(buyer);
  const isStolen = decide(4) < 0.3;
  const thefts = isStolen ? [await redeem(thief, registered)] : [];
  const atOnce = decide(2) < 0.4 ? 2 : 1;
  const theft = isStolen ? redeem(thief, registered) : undefined;
  const uses = await Promise.all(Array.from({ length: atOnce }, () => redeem(buyer, registered)));
  if (theft !== undefined) thefts.push(await theft);
  check(thefts, { 'a thief uses nothing': (all) => all.every(isRefused) });
  if (decide(3) < 0.3) uses.push(await redeem(buyer, registered));
  const accepted = uses.filter(isOk).length;
  vouchersUsed.add(accepted);
  check(accepted, { 'used once': (times) => times === 1 });
}
