import type { Evidence } from '../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import { CAMPAIGN, campaignBooks, campaignSale } from './campaign-story.ts';
import { type Call, evidenceOf, SKU } from './story.ts';

/** The same campaign, whose vouchers are rewards: Ann, Bob and Cid complete its quest. */
export const questSale = {
  ...campaignSale,
  skus: [{ skuId: SKU, total: 2, soldBy: 'campaign' as const, isReward: true }],
};

export const rewardOf = (
  name: string,
  userId: string,
  outcome: LedgerSnapshot['rewards'][number]['outcome'] = 'GIVEN',
): LedgerSnapshot['rewards'][number] => ({
  ...{ row: 'reward', questId: 'HUNT', skuId: SKU, userId, outcome },
  orderId: outcome === 'GIVEN' ? `order-${name}` : null,
});

/** The evidence of the story, with its books changed by hand. */
export function inQuest(
  tamper: (ledger: LedgerSnapshot) => void = () => {},
  calls: Call[] = CAMPAIGN,
): Evidence {
  const ledger = campaignBooks();
  ledger.rewards = [rewardOf('a', 'ann'), rewardOf('b', 'bob'), rewardOf('c', 'cid', 'GONE')];
  tamper(ledger);
  return evidenceOf(questSale, calls, { ledger });
}
