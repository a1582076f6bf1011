import { takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, timeOfDay, witnessOperations } from '../prose.ts';
import { atWorst, type Interval, surely } from '../reading/bounds.ts';
import { findCrossing } from '../reading/crossing.ts';
import type { Hold } from '../reading/hold.ts';
import { findHolds } from '../reading/holds.ts';
import { indexLedger, isTaken, sumUnits } from '../reading/ledger-index.ts';

/**
 * One buyer who holds or owns more units of a SKU at one moment than the sale allows, by the answers to that buyer or by
 * the reservations of the final ledger. `unknown` when only calls that nobody can settle make it more.
 */
export const onePerBuyer: Checker = {
  name: 'one-per-buyer',
  needs: [],
  check(evidence) {
    const limit = evidence.sale.unitsPerBuyerMax;
    const { bySku } = findHolds(evidence);
    const { index: ledger } = indexLedger(evidence);
    const named = [...bySku.values()].flat().filter(({ buyer }) => buyer !== undefined);
    if (named.length === 0 && !ledger?.keeps('reservation')) {
      return {
        status: 'skipped',
        summary: 'no hold of a named buyer was recorded; a target tells who asks by `buyerOf`',
      };
    }

    const groups = groupBy(named, ({ sku, buyer }) => `${sku} ${buyer}`);
    let doubt: Finding | undefined;
    for (const holds of groups.values()) {
      // Most buyers cannot be over the limit at any time; the sweep is only for the others.
      if (sumUnits(holds) <= limit) continue;
      const certain = tooMany(holds, surely, evidence);
      if (certain) return { ...certain, status: 'invalid' };
      const possible = tooMany(holds, atWorst, evidence);
      if (possible) doubt ??= { ...possible, status: 'unknown' };
    }
    return (
      tooManyAtRest(evidence) ??
      doubt ?? {
        status: 'valid',
        summary: `none of ${count(groups.size, 'buyer')} had more than ${count(limit, 'unit')} of a SKU at once`,
      }
    );
  },
};

function tooMany(
  holds: Hold[],
  bound: (hold: Hold, sale: Evidence['sale']) => Interval | undefined,
  { sale }: Evidence,
): Omit<Finding, 'status'> | undefined {
  const crossing = findCrossing(
    holds.flatMap((hold) => bound(hold, sale) ?? []),
    sale.unitsPerBuyerMax,
  );
  if (crossing === undefined) return undefined;
  const [{ sku, buyer }] = holds as [Hold];
  const calls = crossing.held.map(({ hold }) => hold.reserve);
  const summary = `buyer ${shortId(buyer)} had ${count(crossing.units, 'unit')} of ${sku} at ${timeOfDay(crossing.atNs, sale)}, where ${sale.unitsPerBuyerMax} is allowed`;
  return {
    summary,
    witness: {
      prose: bulletList(
        `Each buyer may have ${count(sale.unitsPerBuyerMax, 'unit')} of ${sku}. At ${timeOfDay(crossing.atNs, sale)} ` +
          `buyer ${shortId(buyer)} had ${crossing.units}, none given back:`,
        calls.slice(-10).map((call) => describeCall(call, sale)),
      ),
      operations: witnessOperations(calls.slice(-10)),
    },
  };
}

function tooManyAtRest(evidence: Evidence): Finding | undefined {
  const { sale, operations } = evidence;
  const { index: ledger } = indexLedger(evidence);
  const taken = (ledger?.reservations ?? []).filter(isTaken);
  for (const rows of groupBy(taken, ({ skuId, userId }) => `${skuId} ${userId}`).values()) {
    const units = sumUnits(rows);
    if (units <= sale.unitsPerBuyerMax) continue;
    const { skuId, userId } = rows[0] as (typeof rows)[number];
    const ids = rows.map(({ reservationId }) => shortId(reservationId)).slice(0, 10);
    const calls = operations.filter(
      ({ kind, buyer, sku, outcome }) =>
        takesStock(kind) && buyer === userId && sku === skuId && outcome !== 'fail',
    );
    return {
      status: 'invalid',
      summary: `the final ledger has ${count(units, 'unit')} of ${skuId} for buyer ${shortId(userId)}, where ${sale.unitsPerBuyerMax} is allowed`,
      witness: {
        prose: bulletList(
          `Each buyer may have ${count(sale.unitsPerBuyerMax, 'unit')} of ${skuId}. The final ledger has ${units} for buyer ` +
            `${shortId(userId)}: reservations ${ids.join(', ')}. What that buyer asked for:`,
          calls.slice(0, 10).map((call) => describeCall(call, sale)),
        ),
        operations: witnessOperations(calls),
      },
    };
  }
  return undefined;
}
