import type { Registration } from '../../../src/protocol/campaigns.ts';
import { afterEffect } from '../../platform/after-effect.ts';
import type { ConfirmRequest, HoldOutcome, StockLedger } from '../../stock/ledger.ts';
import {
  ALREADY_REGISTERED,
  type Campaign,
  describeRegistration,
  describeVoucher,
  HOLD_REFUSALS,
  type Refusal,
  refuseRegistration,
} from './campaign.ts';
import type { CampaignStore } from './store.ts';

export type RegisterOutcome = { outcome: 'registered'; registration: Registration } | Refusal;

export type Register = (
  /** `orderId`: the id for the order, if the caller has one for it. */
  user: { userId: string; callId: string | undefined; orderId?: string },
  campaignId: string,
) => Promise<RegisterOutcome>;

/**
 * Registers a user for a campaign, at a time at which it takes registrations. A campaign of rewards takes none.
 */
export function createRegister(deps: {
  findCampaign(campaignId: string): Promise<Campaign | undefined>;
  issue: Register;
  nowMs(): number;
}): Register {
  const { findCampaign, issue, nowMs } = deps;
  return async (user, campaignId) =>
    refuseRegistration(await findCampaign(campaignId), nowMs()) ?? issue(user, campaignId);
}

/**
 * Gives a user the voucher of a campaign under the id of an order. It may be asked again and again, also at the same time
 * and after a server died: the user gets one voucher, and is told of it each time.
 */
export function createGive(deps: { store: CampaignStore; issue: Register }): Give {
  const { store, issue } = deps;
  return async function give(user, campaignId) {
    const issued = await issue(user, campaignId);
    if ('registration' in issued || issued.code !== ALREADY_REGISTERED.code) return issued;
    const given = await store.findRegistration(user.orderId);
    return given === undefined
      ? issued
      : { outcome: 'registered', registration: describeRegistration(given) };
  };
}

export type Give = (
  user: Parameters<Register>[0] & { orderId: string },
  campaignId: string,
) => Promise<RegisterOutcome>;

/**
 * Issues a voucher: holds one unit of the campaign's SKU, then buys it at a price of 0. A trigger on `orders` writes
 * voucher and registration in the transaction of the order (see the migration of campaigns).
 *
 * A server that dies between the two steps leaves a hold. It lapses later; until then a new call of the user buys it.
 */
export function createIssue(deps: {
  store: CampaignStore;
  ledger: StockLedger;
  newId(): string;
}): Register {
  const { store, ledger, newId } = deps;

  return async function issue({ userId, callId, orderId = newId() }, campaignId) {
    const user = { userId, skuId: campaignId, callId, way: 'campaign' as const };
    const held = await ledger.hold({ ...user, holdId: newId(), quantity: 1 });
    const holdId = await holdOf(held, campaignId, userId);
    if (typeof holdId !== 'string') return holdId;
    return afterEffect(() => buy(holdId, orderId, user));
  };

  async function buy(
    holdId: string,
    orderId: string,
    user: Omit<ConfirmRequest, 'holdId' | 'orderId' | 'paymentMethod' | 'transactionId'>,
  ): Promise<RegisterOutcome> {
    const confirmed = await ledger.confirm({
      ...user,
      holdId,
      orderId,
      paymentMethod: 'none',
      transactionId: orderId,
    });
    // The hold is that of another call of the same user: it was bought, or has lapsed, since this call read it.
    if (confirmed.outcome === 'order_exists') return ALREADY_REGISTERED;
    if (confirmed.outcome !== 'sold') return HOLD_REFUSALS.contention_lost;

    const voucher = await store.findVoucherOf(orderId);
    if (voucher === undefined) throw new Error(`order ${orderId} issued no voucher`);
    return {
      outcome: 'registered',
      registration: {
        ...describeVoucher(voucher),
        skuId: user.skuId,
        reservationId: holdId,
        sequence: confirmed.sequence,
      },
    };
  }

  /** The id of the hold to buy: the new one, or one that an earlier call of the same user has left. */
  async function holdOf(
    held: HoldOutcome,
    campaignId: string,
    userId: string,
  ): Promise<string | Refusal> {
    if (held.outcome === 'held') return held.hold.holdId;
    if (held.outcome === 'already_reserved') {
      const earlier = await store.findHold(campaignId, userId);
      return earlier ?? HOLD_REFUSALS.contention_lost;
    }
    const refusal = HOLD_REFUSALS[held.outcome];
    return 'sequence' in held ? { ...refusal, sequence: held.sequence } : refusal;
  }
}
