import type { SkuOnSale } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerReward } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import type { WrongReward } from './wrong-reward.ts';

/** The clock of a server may be behind ours by this much when it decides that a campaign has begun. */
const CLOCK_MARGIN_MS = 60_000;

/** Compares the rewards in the final ledger with the vouchers in it. */
export function* againstBooks(
  skus: readonly SkuOnSale[],
  ledger: LedgerIndex,
  evidence: Evidence,
): Generator<WrongReward> {
  const rewards = groupBy(ledger.rewards, ({ skuId }) => skuId);
  for (const sku of skus) {
    const ofSku = rewards.get(sku.skuId) ?? [];
    yield* tooMany(sku, ofSku);
    yield* countedTwice(ofSku);
    if (!mayBeOwed(sku, evidence)) yield* owed(ofSku);
    if (ledger.keeps('voucher')) yield* againstVouchers(sku, ofSku, ledger);
  }
}

function* tooMany({ skuId, total }: SkuOnSale, rewards: LedgerReward[]): Generator<WrongReward> {
  const given = rewards.filter(({ outcome }) => outcome === 'GIVEN').length;
  if (given <= total) return;
  yield {
    what: `${skuName(skuId)} has ${count(total, 'voucher')}, and ${given} completed quests were rewarded with one`,
  };
}

function* countedTwice(rewards: LedgerReward[]): Generator<WrongReward> {
  for (const [userId, own] of groupBy(rewards, (row) => row.userId)) {
    if (own.length > 1) {
      yield { what: `the quest of ${playerOf(userId)} is there ${own.length} times` };
    }
  }
}

/** A campaign that begins later than the ledger was read, for all that anybody knows, has still to give its vouchers. */
function mayBeOwed({ skuId, opensAt = '' }: SkuOnSale, { sale, books }: Evidence): boolean {
  const opensAtMs = Date.parse(opensAt);
  const read = books?.find((each) => each.skuId === skuId);
  if (read === undefined) return opensAtMs > sale.startedAtMs;
  const readMs = sale.startedAtMs + (read.toNs - sale.startedAtNs) / 1e6;
  return opensAtMs > Math.max(sale.startedAtMs, readMs - CLOCK_MARGIN_MS);
}

function* owed(rewards: LedgerReward[]): Generator<WrongReward> {
  for (const { userId, outcome } of rewards) {
    if (outcome !== 'OWED') continue;
    yield {
      what: `${playerOf(userId)} has completed a quest, and was neither given the voucher nor told that there is none`,
    };
  }
}

function* againstVouchers(
  { skuId }: SkuOnSale,
  rewards: LedgerReward[],
  { vouchers, vouchersByOrder }: LedgerIndex,
): Generator<WrongReward> {
  const earned = new Set<string>();
  for (const { userId, outcome, orderId } of rewards) {
    if (outcome !== 'GIVEN') {
      if (orderId !== null)
        yield { what: `${playerOf(userId)} has no voucher, and an order of one` };
      continue;
    }
    const [voucher] = vouchersByOrder.get(orderId ?? '') ?? [];
    if (voucher === undefined) {
      yield { what: `the voucher that ${playerOf(userId)} was given for a quest does not exist` };
    } else if (voucher.userId !== userId) {
      yield {
        what: `the voucher of the quest of ${playerOf(userId)} belongs to ${playerOf(voucher.userId)}`,
      };
    } else if (voucher.skuId !== skuId) {
      yield {
        what: `the quest of ${playerOf(userId)} is worth a voucher of ${skuName(skuId)}, and they were given one of ${skuName(voucher.skuId)}`,
      };
    } else earned.add(voucher.voucherId);
  }
  for (const { skuId: ofSku, voucherId, userId } of vouchers) {
    if (ofSku !== skuId || earned.has(voucherId)) continue;
    yield {
      what: `${playerOf(userId)} has voucher ${shortId(voucherId)} of ${skuName(skuId)}, and no completed quest says so`,
    };
  }
}

const playerOf = (userId: string): string => `player ${shortId(userId)}`;
