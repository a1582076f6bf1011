import type { Operation } from '../../../history/operation.ts';
import { shortId, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { surely } from '../../reading/bounds.ts';
import { findCallsAbout } from '../../reading/calls-about.ts';
import { findHolds } from '../../reading/holds.ts';
import type { Disproof, Disprove, Refusal } from './refusal.ts';
import { findSpansOfSale } from './times.ts';

/**
 * Disproves that there is no such thing: the buyer was told of the hold, order or voucher before, or the SKU is on sale.
 * Holds that have ended may be forgotten, unless the final ledger still has them.
 */
export function disproveNotFound(evidence: Evidence): Disprove {
  const { sale } = evidence;
  const { byId } = findHolds(evidence);
  const about = findCallsAbout(evidence);
  const spans = findSpansOfSale(evidence);
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));

  function hold({ call, fromNs, toNs }: Refusal): Disproof | undefined {
    const told = byId.get(call.hold ?? '');
    if (told === undefined || told.buyer !== call.buyer) return undefined;
    if (told.knownAtNs >= fromNs) return undefined;
    const sure = surely(told, sale);
    const isKept = told.reservation?.userId === call.buyer;
    if (!isKept && (sure === undefined || sure.untilNs <= toNs)) return undefined;
    return {
      why: `the buyer had been told of reservation ${shortId(call.hold)} before`,
      operations: [told.reserve],
    };
  }

  const named = (
    { call, fromNs }: Refusal,
    calls: Operation[] | undefined,
    what: string,
  ): Disproof | undefined => {
    const told = calls?.find(
      ({ kind, buyer, outcome, completedAtNs }) =>
        (kind === 'confirm' || kind === 'register' || kind === 'buy') &&
        outcome === 'ok' &&
        buyer === call.buyer &&
        completedAtNs < fromNs,
    );
    return told && { why: `the buyer had been told of ${what} before`, operations: [told] };
  };

  return (refusal) => {
    const { kind, sku, order, voucher } = refusal.call;
    switch (kind) {
      case 'confirm':
      case 'release':
        return hold(refusal);
      case 'cancel':
        return named(refusal, about.order.get(order ?? ''), `order ${shortId(order)}`);
      case 'redeem':
        return named(refusal, about.voucher.get(voucher ?? ''), `voucher ${shortId(voucher)}`);
      case 'reserve':
      case 'buy':
      case 'read':
        return sku !== undefined && onSale.has(sku)
          ? { why: `${skuName(sku)} is on sale`, operations: [] }
          : undefined;
      case 'register':
      case 'attempt': {
        // Not every SKU on sale is a campaign or has a flash sale; one that sold before is or has one.
        const sold = spans.get(`${kind} ${sku}`)?.first;
        return sold !== undefined && sold.completedAtNs < refusal.fromNs
          ? { why: `${skuName(sku)} had been sold in this way before`, operations: [sold] }
          : undefined;
      }
    }
  };
}
