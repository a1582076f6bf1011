import type { CallEvent } from '../../history/call-watch.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { describeOversold } from '../checks/never-oversold/by-answers.ts';
import { neverOversold } from '../checks/never-oversold.ts';
import { describeTooMany, type Limit, limitsOf, onePerBuyer } from '../checks/one-per-buyer.ts';
import type { WatchedHold } from './hold-book.ts';
import { createStandingHolds, type StandingHolds } from './standing-holds.ts';
import { createSuspicions, type Suspicions } from './suspicions.ts';

/** The findings about holds that stand: more units than exist, or more than a buyer may have. */
export interface HoldWatch {
  hear(event: CallEvent): void;
  /** Answers with what is certain when every call and answer before a moment was heard. */
  settle(heardUntilNs: number): { check: string; summary: string }[];
}

/** Looks at every hold that begins to stand, because at no other moment there can be too many. */
export function watchHolds(sale: SaleFacts): HoldWatch {
  const [oversold, overLimit] = [createSuspicions(), createSuspicions()];
  const totals = new Map(sale.skus.map(({ skuId, total }) => [skuId, total]));
  const limits = limitsOf(sale);
  const standing: StandingHolds = createStandingHolds(sale, (hold) => {
    if (!oversold.isProven()) {
      suspectOversold(hold.sku, totals.get(hold.sku) ?? 0, { standing, oversold, sale });
    }
    if (overLimit.isProven()) return;
    for (const limit of limits) suspectBuyer(hold, limit, { standing, overLimit, sale });
  });
  return {
    hear: standing.hear,
    settle(heardUntilNs) {
      const found = [
        { check: neverOversold.name, proven: oversold.settle(heardUntilNs) },
        { check: onePerBuyer.name, proven: overLimit.settle(heardUntilNs) },
      ];
      return found.flatMap(({ check, proven }) =>
        proven === undefined ? [] : [{ check, summary: proven.summary }],
      );
    },
  };
}

function suspectOversold(
  sku: string,
  total: number,
  { standing, oversold, sale }: { standing: StandingHolds; oversold: Suspicions; sale: SaleFacts },
): void {
  const book = standing.ofSku(sku);
  if (book === undefined || book.units <= total || oversold.isOpen(sku)) return;
  const atNs = standing.nowNs();
  oversold.raise({
    about: sku,
    atNs,
    holds: [...book.holds],
    summary: describeOversold(sku, total, book.units, atNs, sale),
  });
}

function suspectBuyer(
  { sku, buyer }: WatchedHold,
  limit: Limit,
  {
    standing,
    overLimit,
    sale,
  }: { standing: StandingHolds; overLimit: Suspicions; sale: SaleFacts },
): void {
  const holds = standing.ofBuyer(buyer).filter((hold) => hold.sku === sku);
  const units = holds.reduce((sum, hold) => sum + limit.sizeOf(hold), 0);
  if (units <= limit.max) return;
  const about = `${limit.what} ${sku} ${buyer}`;
  if (overLimit.isOpen(about)) return;
  const atNs = standing.nowNs();
  const summary = describeTooMany(limit, { sku, buyer, units, atNs }, sale);
  overLimit.raise({ about, atNs, holds, summary });
}
