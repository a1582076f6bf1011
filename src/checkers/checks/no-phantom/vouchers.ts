import type { Operation } from '../../../history/operation.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { mayBeOfOthers } from '../../reading/other-people.ts';
import type { Phantom } from './phantom.ts';

/** Finds vouchers for no order, and vouchers used by no call or by a call that was refused. */
export function phantomVouchers({ operations, sale }: Evidence, ledger: LedgerIndex): Phantom[] {
  const uses = new Map<string | undefined, Operation>();
  for (const call of operations) {
    if (call.kind === 'redeem') uses.set(call.callId, call);
  }
  return ledger.vouchers.flatMap((voucher): Phantom[] => {
    const { voucherId, userId, orderId, usedByCallId } = voucher;
    const name = `voucher ${shortId(voucherId)} of buyer ${shortId(userId)}`;
    const namesOrders = ledger.keeps('order') && ledger.attribution?.knowsOrderIds !== false;
    if (namesOrders && !ledger.orderById.has(orderId))
      return [{ what: `${name} is for an order that is not there` }];
    if (usedByCallId === null) return [];
    const call = uses.get(usedByCallId);
    if (call === undefined && mayBeOfOthers(voucher.skuId, sale)) return [];
    if (call === undefined) return [{ what: `${name} was used by nobody` }];
    return call.outcome === 'fail'
      ? [{ what: `${name} is used although that was refused`, call }]
      : [];
  });
}
