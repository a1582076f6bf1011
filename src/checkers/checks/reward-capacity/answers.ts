import type { SkuOnSale } from '../../../history/operation.ts';
import type { LedgerReward } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import type { WrongReward } from './wrong-reward.ts';

/** Refusals that say that there is no voucher. Both are final. */
const GONE = new Set<string | undefined>(['sold-out', 'sale-over']);

/**
 * Compares the rewards in the final ledger with the answers to the calls that complete quests. A voucher that was refused is
 * refused for good, so what a player was told is what the ledger has in the end.
 */
export function* againstAnswers(
  skus: readonly SkuOnSale[],
  { rewards }: LedgerIndex,
  { sale, operations }: Evidence,
): Generator<WrongReward> {
  const isReward = new Set(skus.map(({ skuId }) => skuId));
  const rewardOf = new Map(rewards.map((row) => [nameOf(row.skuId, row.userId), row]));
  for (const call of operations) {
    const { kind, sku, buyer, outcome, code } = call;
    if (kind !== 'register' || sku === undefined || !isReward.has(sku) || buyer === undefined) {
      continue;
    }
    const row = rewardOf.get(nameOf(sku, buyer));
    if (outcome === 'ok') {
      const what = whyNotGiven(row, call.order);
      if (what !== undefined) yield { what, call };
    } else if (outcome === 'fail' && GONE.has(sale.refusals[code ?? ''])) {
      const what = whyNotGone(row);
      if (what !== undefined) yield { what, call };
    }
  }
}

const nameOf = (sku: string, user: string): string => `${sku} ${user}`;

function whyNotGiven(row: LedgerReward | undefined, order: string | undefined): string | undefined {
  if (row === undefined)
    return 'a player was given a voucher, and the ledger has no completed quest';
  if (row.outcome === 'GONE') return 'a player was given a voucher that is gone in the ledger';
  // One that is owed in the ledger is found there.
  if (row.outcome === 'OWED' || order === undefined || row.orderId === order) return undefined;
  return 'a player was given another voucher than the ledger has for the quest';
}

function whyNotGone(row: LedgerReward | undefined): string | undefined {
  if (row === undefined) {
    return 'a player was told that no voucher is left, and the ledger has no completed quest';
  }
  return row.outcome === 'GIVEN'
    ? 'a player was told that no voucher is left, and the ledger has given one'
    : undefined;
}
