import { takesStock } from '../../history/operation.ts';
import { countWhere } from '../../kernel/count-where.ts';
import { count, skuName } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import { allSurely } from '../reading/bounds.ts';
import { findPeak } from '../reading/crossing.ts';
import { findHolds } from '../reading/holds.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { replaySales } from '../reading/replay.ts';
import { oversoldAtWorst, oversoldToBuyers } from './never-oversold/by-answers.ts';
import {
  oversoldAtRest,
  oversoldInLiveHolds,
  oversoldInReplay,
} from './never-oversold/by-ledger.ts';
import type { Oversold } from './never-oversold/oversold.ts';

/**
 * More units of a SKU promised at one moment than exist.
 *
 * Three kinds of evidence, each proof enough by itself. *The answers to buyers*: the reservations that at some moment were
 * surely acknowledged and not given back (see `bounds.ts`; every doubt about order counts for the server, so up to lapsing
 * this finds an oversell exactly when no order of the calls explains the answers). *The end of the ledger*: units sold or
 * held by its reservations, whatever its columns say. *The ledger's own order*: its movements replayed by their sequence
 * numbers.
 *
 * `unknown` when only calls that nobody can settle make it more than the total: no answer came, and no final ledger shows
 * whether they took effect.
 */
export const neverOversold: Checker = {
  name: 'never-oversold',
  needs: [],
  check(evidence) {
    const { sale } = evidence;
    const { bySku } = findHolds(evidence);
    const { index: ledger } = indexLedger(evidence);
    const replays = replaySales(evidence);
    const onSale = new Set<string | undefined>(sale.skus.map(({ skuId }) => skuId));
    const reserveCalls = countWhere(
      evidence.operations,
      ({ kind, sku }) => takesStock(kind) && onSale.has(sku),
    );
    const tells = ['reservation', 'order', 'movement'] as const;
    if (reserveCalls === 0 && !tells.some((kind) => ledger?.keeps(kind))) {
      return {
        status: 'skipped',
        summary: 'no call for units of a SKU on sale was recorded, and no ledger tells of any',
      };
    }

    const findings: Oversold[] = [];
    const peaks: string[] = [];
    let movements = 0;
    for (const { skuId, total } of sale.skus) {
      const holds = bySku.get(skuId) ?? [];
      const replay = replays.get(skuId);
      const certain = holds.flatMap((hold) => allSurely(hold, sale));
      const finding =
        oversoldToBuyers(skuId, total, certain, sale) ??
        oversoldAtRest(skuId, total, ledger, holds, sale) ??
        oversoldInLiveHolds(skuId, total, evidence) ??
        oversoldInReplay(skuId, replay, evidence) ??
        oversoldAtWorst(skuId, total, holds, sale);
      if (finding) findings.push(finding);
      peaks.push(`${findPeak(certain).units} of ${count(total, 'unit')} of ${skuName(skuId)}`);
      movements += replay?.steps.length ?? 0;
    }

    const worst = findings.find(({ status }) => status === 'invalid') ?? findings[0];
    if (worst) return worst;
    const replayed = movements > 0 ? `; ${count(movements, 'movement')} replayed` : '';
    return {
      status: 'valid',
      summary: `in ${count(reserveCalls, 'call')} for units, surely held at once at most ${describePeaks(peaks)}${replayed}`,
    };
  },
};

const describePeaks = (peaks: string[]): string =>
  peaks.length <= 3
    ? peaks.join(', ')
    : `${peaks.slice(0, 3).join(', ')} and no more than the total of ${peaks.length - 3} others`;
