import type { Registration, Voucher } from '../../../src/protocol/campaigns.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { HoldOutcome } from '../../stock/ledger.ts';

export interface Campaign {
  campaignId: string;
  /** ISO 8601, as is `endsAt`. */
  startsAt: string;
  endsAt: string;
  /** True if its vouchers are rewards: nobody registers for them. */
  isReward: boolean;
}

export interface Refusal {
  /** Its label in the metrics. */
  outcome: string;
  code: ProblemCode;
  detail: string;
  sequence?: number;
}

/**
 * Refuses a registration that a campaign does not take at this time, to spare the ledger the crowd that comes too early.
 * Undefined: ask the ledger, whose clock decides.
 */
export function refuseRegistration(
  campaign: Campaign | undefined,
  nowMs: number,
): Refusal | undefined {
  if (campaign === undefined) {
    return { outcome: 'unknown', code: 'NOT_FOUND', detail: 'There is no campaign with this id.' };
  }
  if (campaign.isReward) return ONLY_REWARDS;
  if (nowMs < Date.parse(campaign.startsAt)) {
    return { ...HOLD_REFUSALS.not_begun, detail: `It starts at ${campaign.startsAt}.` };
  }
  if (nowMs >= Date.parse(campaign.endsAt)) {
    return { ...HOLD_REFUSALS.over, detail: `It ended at ${campaign.endsAt}.` };
  }
  return undefined;
}

const ONLY_REWARDS: Refusal = {
  outcome: 'only_rewards',
  code: 'SOLD_ANOTHER_WAY',
  detail: 'Its vouchers are rewards, and nobody registers for them.',
};

export const ALREADY_REGISTERED: Refusal = {
  outcome: 'already_registered',
  code: 'ALREADY_REGISTERED',
  detail: 'You are registered, and your voucher is among those at /api/v1/vouchers.',
};

/** The refusals for a user when the ledger does not hold a unit. */
export const HOLD_REFUSALS: Record<
  Exclude<HoldOutcome['outcome'], 'held' | 'already_reserved'>,
  Refusal
> = {
  already_purchased: ALREADY_REGISTERED,
  out_of_stock: {
    outcome: 'full',
    code: 'CAMPAIGN_FULL',
    detail: 'All vouchers of this campaign have been given out.',
  },
  unknown_sku: {
    outcome: 'unknown',
    code: 'NOT_FOUND',
    detail: 'The campaign has been taken off sale.',
  },
  not_begun: {
    outcome: 'not_started',
    code: 'CAMPAIGN_NOT_STARTED',
    detail: 'It has not started yet.',
  },
  over: { outcome: 'ended', code: 'CAMPAIGN_ENDED', detail: 'It has ended.' },
  sold_another_way: {
    outcome: 'sold_another_way',
    code: 'SOLD_ANOTHER_WAY',
    detail: 'Its units are not sold by registration.',
  },
  over_limit: {
    outcome: 'over_limit',
    code: 'LIMIT_EXCEEDED',
    detail: 'A registration takes more units than one user may have.',
  },
  contention_lost: {
    outcome: 'contention_lost',
    code: 'CONTENTION_LOST',
    detail: 'Too many registered at the same moment. Nothing was kept.',
  },
};

/** A row of `vouchers`, with the end of its validity from its campaign. */
export interface VoucherRow {
  code: string;
  campaign_id: string;
  order_id: string;
  issued_at: Date;
  valid_until: Date | null;
  used_at: Date | null;
}

export const describeVoucher = (row: VoucherRow): Voucher => ({
  code: row.code,
  campaignId: row.campaign_id,
  orderId: row.order_id,
  issuedAt: row.issued_at.toISOString(),
  validUntil: row.valid_until?.toISOString() ?? null,
  usedAt: row.used_at?.toISOString() ?? null,
});

/** A voucher with its sale. */
export interface RegistrationRow extends VoucherRow {
  reservation_id: string;
  sequence: number;
}

/** A registration as it was when it was made, also if the voucher was used since. */
export const describeRegistration = (row: RegistrationRow): Registration => ({
  ...describeVoucher({ ...row, used_at: null }),
  skuId: row.campaign_id,
  reservationId: row.reservation_id,
  sequence: row.sequence,
});

/** The refusal for a voucher that its owner cannot use. */
export function refuseUse(voucher: Voucher | undefined): Refusal {
  if (voucher === undefined) {
    return { outcome: 'unknown', code: 'NOT_FOUND', detail: 'You have no voucher with this code.' };
  }
  if (voucher.usedAt !== null) {
    const detail = `It was used at ${voucher.usedAt}.`;
    return { outcome: 'used', code: 'VOUCHER_USED', detail };
  }
  const detail = `It was valid until ${voucher.validUntil}.`;
  return { outcome: 'expired', code: 'VOUCHER_EXPIRED', detail };
}
