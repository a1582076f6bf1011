import type { Evidence } from '../../evidence.ts';
import { isPromised } from '../../gaps.ts';
import { isGivenBack, mayBeHalfWay, mayBeTakenAlone } from '../../reading/half-way.ts';
import { longestTtlNs } from '../../reading/hold-ttl.ts';
import { ofBuyer } from '../../reading/ledger-index.ts';
import type { Span } from '../../reading/spans.ts';
import { findWishes } from '../../reading/wishes.ts';

/** A time in which a buyer may have had a hold that no answer tells of. */
export interface BriefHold extends Span {
  /** The basket of the call that made it. */
  basket: string | undefined;
}

/**
 * The times in which buyers may have had holds that no answer tells of, by `ofBuyer`: a registration that was refused
 * half-way leaves one until it lapses, and one without an answer may, whatever came of it; a purchase that repeats a key may
 * hold as much as the first call buys, and a checkout
 * or a purchase may have taken units again for a late payment. A refusal with a reason tells that nothing was taken, but for
 * that of a purchase whose hold ended while it was paid for. The final ledger has
 * the rows of such holds, so they need not be guessed where it can be read; but for the lines of a basket that a described shop
 * took one by one and gave back.
 */
export function findBriefHolds(evidence: Evidence): Map<string, BriefHold[]> {
  const spans = new Map<string, BriefHold[]>();
  const { sale, operations } = evidence;
  // Where each order of a described shop stands for a hold, a hold that came to nothing has no row.
  const areShown = evidence.attribution?.keepsHolds ?? isPromised('reservation', evidence);
  if (areShown && sale.shop === undefined) return spans;
  const { isSecond } = findWishes(evidence);
  const lastsNs = longestTtlNs(sale) + sale.sweepGraceMs * 1e6;
  const skuOfHold = new Map(
    operations.flatMap(({ hold, sku }) =>
      hold === undefined || sku === undefined ? [] : [[hold, sku] as const],
    ),
  );
  for (const call of operations) {
    const { kind, outcome, buyer, hold, basket, invokedAtNs, completedAtNs, status } = call;
    const isLine = mayBeTakenAlone(call, sale);
    if (areShown && !isLine) continue;
    const isAtOnce = kind === 'register' || kind === 'buy';
    const isHalfWay = isSecond(call) || mayBeHalfWay(call, sale) || outcome === 'info';
    const mayHold = kind === 'confirm' || ((isAtOnce || isLine) && isHalfWay);
    if (!mayHold || (outcome === 'fail' && status === 0)) continue;
    const sku = call.sku ?? skuOfHold.get(hold ?? '');
    const key = ofBuyer(sku, buyer);
    const isBack = kind === 'reserve' || (!isSecond(call) && isGivenBack(call, evidence));
    const isOver = areShown || isBack || (outcome === 'ok' && !isAtOnce);
    const span = { from: invokedAtNs, until: completedAtNs + (isOver ? 0 : lastsNs), basket };
    if (spans.has(key)) spans.get(key)?.push(span);
    else spans.set(key, [span]);
  }
  return spans;
}
