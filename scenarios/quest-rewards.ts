import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import {
  claimReward,
  hasQuests,
  type SeenProgress,
  startQuest,
  submitCode,
  submitFirstCode,
} from './lib/quests.ts';
import {
  type Buyer,
  decide,
  planSale,
  type Sku,
  skuOnSale,
  strangerTo,
  thisBuyer,
} from './lib/sale.ts';
import { type Answer, isOk, isRefused, isSoldOut, redeem, register } from './lib/shop.ts';

/**
 * A crowd completes two quests with too few vouchers, some players with two clicks at once. Players who are told to be too
 * late stay without one, however often they ask; the others get the same voucher each time, and use it. Strangers who know
 * the code try to use it as well.
 */
export const sale = planSale({
  needs: ['register', 'redeem'],
  sells: 'quest',
  skus: [{ stock: 200 }, { stock: 100 }],
  buyers: 3_000,
  challenges: ['stranger', 'several-skus'],
});

const vouchersIssued = new Counter('vouchers_issued');
const vouchersUsed = new Counter('vouchers_used');

export const options: Options = {
  scenarios: {
    crowd: {
      executor: 'shared-iterations',
      vus: Math.min(200, sale.buyers),
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

export default async function questRewards(): Promise<void> {
  const [player, sku] = [thisBuyer(), skuOnSale()];
  if (hasQuests()) await play(player, sku);
  const clicks = decide(0) < 0.2 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: clicks }, () => register(player, sku)));
  const [completed, ...more] = answers.filter(isOk);
  check(more, { 'no more than one voucher': ({ length }) => length === 0 });
  if (hasQuests()) await askAgain(player, sku, completed, answers.some(isSoldOut));
  if (completed === undefined) return;
  vouchersIssued.add(1);
  const isStolen = decide(1) < 0.3;
  const theft = isStolen ? redeem(strangerTo(player), completed) : undefined;
  const used = await redeem(player, completed);
  vouchersUsed.add(isOk(used) ? 1 : 0);
  if (theft !== undefined) check(await theft, { 'a thief uses nothing': isRefused });
}

/** Starts the quest, and does everything but the last step. */
async function play(player: Buyer, sku: Sku): Promise<void> {
  await startQuest(player, sku);
  if (decide(2) < 0.1) {
    check(await submitCode(player, sku, 'MADE-UP'), {
      'a made-up code counts for nothing': ({ progress }) => progress === undefined,
    });
  }
  check(await submitFirstCode(player, sku), {
    'not completed by half': ({ progress }) =>
      progress === undefined || progress.status === 'ACTIVE',
  });
}

/** Asks once more for the reward, which is what it was. */
async function askAgain(
  player: Buyer,
  sku: Sku,
  completed: Answer | undefined,
  wasGone: boolean,
): Promise<void> {
  if (decide(3) >= 0.3) return;
  await sleep(decide(4) * 0.2);
  const asked = await claimReward(player, sku);
  check(asked, {
    'the reward is what it was': (seen) => isWhatItWas(seen, completed, wasGone),
  });
}

function isWhatItWas(
  { progress }: SeenProgress,
  completed: Answer | undefined,
  wasGone: boolean,
): boolean {
  const voucher = progress?.voucher;
  if (!voucher) return progress === undefined;
  if (completed !== undefined) {
    return voucher.outcome === 'GIVEN' && voucher.registration?.code === completed.voucher;
  }
  return !wasGone || voucher.outcome === 'GONE';
}
