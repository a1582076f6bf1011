import type { LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { Instances } from './instances.ts';
import type { Answer, Stock } from './stock.ts';
import { idOf, isoAt, SKU, type World } from './world.ts';

/** The server's campaign: a registration takes and sells one unit, and its voucher can be used once. */
export interface Campaign {
  vouchers: LedgerSnapshot['vouchers'];
  register(buyer: string, callId: string, instance: number): Answer;
  redeem(buyer: string, id: string, callId: string): Answer;
}

export function createCampaign(world: World, stock: Stock, { inc }: Instances): Campaign {
  const { bug, random, timeline } = world;
  const vouchers: LedgerSnapshot['vouchers'] = [];
  return {
    vouchers,

    register(buyer, callId, instance) {
      if (stock.holdOfBuyer.has(buyer)) {
        return { outcome: 'fail', status: 409, code: 'ALREADY_REGISTERED' };
      }
      if (stock.available < 1) {
        if (bug !== 'overfull-campaign' || random() < 0.7) {
          return { outcome: 'fail', status: 409, code: 'CAMPAIGN_FULL' };
        }
        world.harm++;
      }
      const { hold } = stock.take(buyer, 1, callId, instance);
      const { order, sequence } = stock.sell(hold, callId, instance);
      inc(instance, 'flashsale_registrations_total registered');
      const voucher = idOf('e', vouchers.length + 1);
      vouchers.push({
        row: 'voucher',
        voucherId: voucher,
        code: voucher,
        campaignId: SKU,
        skuId: SKU,
        userId: buyer,
        orderId: order,
        issuedAt: isoAt(timeline.nowNs()),
        usedAt: null,
        usedByCallId: null,
      });
      return { outcome: 'ok', status: 201, order, voucher, sequence };
    },

    redeem(buyer, id, callId) {
      const voucher = vouchers.find(({ voucherId }) => voucherId === id);
      if (voucher?.userId !== buyer) {
        return { outcome: 'fail', status: 404, code: 'VOUCHER_NOT_FOUND' };
      }
      if (voucher.usedAt !== null) {
        if (bug !== 'double-redemption') {
          return { outcome: 'fail', status: 409, code: 'VOUCHER_ALREADY_USED' };
        }
        world.harm++;
      }
      voucher.usedAt = isoAt(timeline.nowNs());
      voucher.usedByCallId = callId;
      return { outcome: 'ok', status: 200 };
    },
  };
}
