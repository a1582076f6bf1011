import type { Registration } from '../../../src/protocol/campaigns.ts';
import type { HoldOutcome, StockLedger } from '../../stock/ledger.ts';
import {
  ALREADY_REGISTERED,
  type Campaign,
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
 * Registers a user for a campaign: holds one unit of its SKU, then buys it at a price of 0. A trigger on `orders` writes
 * voucher and registration in the transaction of the order (see the migration of campaigns).
 *
 * A server that dies between the two steps leaves a hold. It lapses later; until then a new call of the user buys it.
 */
export function createRegister(deps: {
  store: CampaignStore;
  findCampaign(campaignId: string): Promise<Campaign | undefined>;
  ledger: StockLedger;
  newId(): string;
  nowMs(): number;
}): Register {
  const { store, findCampaign, ledger, newId, nowMs } = deps;

  return async function register({ userId, callId, orderId = newId() }, campaignId) {
    const refusal = refuseRegistration(await findCampaign(campaignId), nowMs());
    if (refusal !== undefined) return refusal;

    const user = { userId, skuId: campaignId, callId, way: 'campaign' as const };
    const held = await ledger.hold({ ...user, holdId: newId(), quantity: 1 });
    const holdId = await holdOf(held, campaignId, userId);
    if (typeof holdId !== 'string') return holdId;

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
        skuId: campaignId,
        reservationId: holdId,
        sequence: confirmed.sequence,
      },
    };
  };

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
