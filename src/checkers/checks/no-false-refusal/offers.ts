import { takesStock } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { findOffers, isAside, WAY_IN_WORDS } from '../../reading/offers.ts';
import type { Disprove } from './refusal.ts';

/** Disproves that a SKU is sold in another way than it was asked for. */
export function disproveSoldAnotherWay(evidence: Evidence): Disprove {
  const offers = findOffers(evidence);
  return ({ call }) => {
    const soldBy = offers.get(call.sku ?? '')?.soldBy;
    if (soldBy === undefined || isAside(call, evidence) !== false) return undefined;
    return { why: `${skuName(call.sku)} is sold ${WAY_IN_WORDS[soldBy]}`, operations: [] };
  };
}

/** Disproves that a buyer may not have so many units: they asked for no more than that, and cannot have had others. */
export function disproveAboveLimit(evidence: Evidence): Disprove {
  const { unitsPerBuyerMax } = evidence.sale;
  const offers = findOffers(evidence);
  const taking = groupBy(
    evidence.operations.filter(({ kind, outcome }) => takesStock(kind) && outcome !== 'fail'),
    ({ sku, buyer }) => `${sku} ${buyer}`,
  );
  return ({ call }) => {
    const { sku, buyer, quantity, kind } = call;
    const offer = offers.get(sku ?? '');
    if (unitsPerBuyerMax === undefined || offer === undefined || offer.wasOnSale === true) {
      return undefined;
    }
    if (!takesStock(kind) || buyer === undefined || quantity > unitsPerBuyerMax) return undefined;
    if (taking.has(`${sku} ${buyer}`) || taking.has(`undefined ${buyer}`)) return undefined;
    return {
      why: `a buyer may have ${count(unitsPerBuyerMax, 'unit')} of ${skuName(sku)}, and this one has none`,
      operations: [],
    };
  };
}
