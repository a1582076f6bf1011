import { type SaleFacts, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../kernel/wording.ts';
import type { Checker, Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { timeOfDay, witnessOfCalls } from '../prose.ts';
import { allSurely, atWorst, type Interval } from '../reading/bounds.ts';
import { findCrossing } from '../reading/crossing.ts';
import type { Hold } from '../reading/hold.ts';
import { findHolds } from '../reading/holds.ts';
import { indexLedger, isStanding, isTaken, type LedgerIndex } from '../reading/ledger-index.ts';
import { mayBeOlder } from '../reading/other-people.ts';
import { NOBODY, type OrderRow, type ReservationRow } from '../reading/rows.ts';
import { findSecondAttempt } from './one-per-buyer/second-attempts.ts';

/**
 * One buyer who holds or owns more units of a SKU at one moment than the sale allows, or has more reservations of it, by
 * the answers to that buyer or by the reservations of the final ledger; or who was accepted for a second attempt. `unknown`
 * when only calls that nobody can settle make it more.
 */
export const onePerBuyer: Checker = {
  name: 'one-per-buyer',
  needs: [],
  check(evidence) {
    const second = findSecondAttempt(evidence);
    if (second !== undefined) return second;
    const { bySku } = findHolds(evidence);
    const { index: ledger } = indexLedger(evidence);
    const named = [...bySku.values()].flat().filter(({ buyer }) => buyer !== undefined);
    if (named.length === 0 && !ledger?.keeps('reservation')) {
      return {
        status: 'skipped',
        summary: 'no hold of a named buyer was recorded; a target tells who asks by `buyerOf`',
      };
    }
    const limits = limitsOf(evidence.sale);
    if (limits.length === 0) {
      return { status: 'skipped', summary: 'nobody knows a limit of units per buyer' };
    }
    const groups = groupBy(named, ({ sku, buyer }) => `${sku} ${buyer}`);
    let doubt: Finding | undefined;
    for (const limit of limits) {
      const found = tooManyByAnswers(limit, groups.values(), evidence);
      if (found?.status === 'invalid') return found;
      const atRest = tooManyAtRest(limit, evidence);
      if (atRest !== undefined) return atRest;
      doubt ??= found;
    }
    const allowed = limits.map(({ max, what }) => count(max, what)).join(' or ');
    return (
      doubt ?? {
        status: 'valid',
        summary: `none of ${count(groups.size, 'buyer')} had more than ${allowed} of a SKU at once`,
      }
    );
  },
};

/** A number of things that a buyer may have of one SKU at one moment. */
export interface Limit {
  /** The thing, as a singular noun. */
  what: 'unit' | 'reservation';
  max: number;
  /** The number of things in a hold. */
  sizeOf(hold: { quantity: number }): number;
}

export function limitsOf({ unitsPerBuyerMax, holdsPerBuyerMax }: SaleFacts): Limit[] {
  const holds: Limit = { what: 'reservation', max: holdsPerBuyerMax ?? 0, sizeOf: () => 1 };
  if (unitsPerBuyerMax === undefined) return holdsPerBuyerMax === undefined ? [] : [holds];
  const units: Limit = {
    what: 'unit',
    max: unitsPerBuyerMax,
    sizeOf: ({ quantity }) => quantity,
  };
  // Where a buyer may have one unit, two reservations are two units.
  if (holdsPerBuyerMax === undefined || holdsPerBuyerMax >= unitsPerBuyerMax) return [units];
  return [units, holds];
}

const sizeOfAll = (holds: { quantity: number }[], { sizeOf }: Limit): number =>
  holds.reduce((sum, hold) => sum + sizeOf(hold), 0);

function tooManyByAnswers(
  limit: Limit,
  groups: Iterable<Hold[]>,
  evidence: Evidence,
): Finding | undefined {
  let doubt: Finding | undefined;
  for (const holds of groups) {
    // Most buyers cannot be over the limit at any time; the sweep is only for the others.
    if (sizeOfAll(holds, limit) <= limit.max) continue;
    const certain = tooMany(limit, holds, allSurely, evidence);
    if (certain) return { ...certain, status: 'invalid' };
    const possible = tooMany(limit, holds, allAtWorst, evidence);
    if (possible) doubt ??= { ...possible, status: 'unknown' };
  }
  return doubt;
}

const allAtWorst = (hold: Hold, sale: SaleFacts): Interval[] =>
  [atWorst(hold, sale)].flatMap((interval) => interval ?? []);

export function describeTooMany(
  { max, what }: Limit,
  had: { sku: string; buyer: string | undefined; units: number; atNs: number },
  sale: SaleFacts,
): string {
  const { sku, buyer, units, atNs } = had;
  return `buyer ${shortId(buyer)} had ${count(units, what)} of ${skuName(sku)} at ${timeOfDay(atNs, sale)}, where ${max} ${max === 1 ? 'is' : 'are'} allowed`;
}

function tooMany(
  limit: Limit,
  holds: Hold[],
  bound: (hold: Hold, sale: SaleFacts) => Interval[],
  { sale }: Evidence,
): Omit<Finding, 'status'> | undefined {
  const { max, what, sizeOf } = limit;
  const intervals = holds.flatMap((hold) => bound(hold, sale));
  const crossing = findCrossing(
    intervals.map((interval) => ({ ...interval, units: sizeOf(interval.hold) })),
    max,
  );
  if (crossing === undefined) return undefined;
  const [{ sku, buyer }] = holds as [Hold];
  const calls = crossing.held.map(({ hold }) => hold.reserve);
  const at = timeOfDay(crossing.atNs, sale);
  return {
    summary: describeTooMany(limit, { sku, buyer, ...crossing }, sale),
    witness: witnessOfCalls(
      `Each buyer may have ${count(max, what)} of ${skuName(sku)}. At ${at} ` +
        `buyer ${shortId(buyer)} had ${crossing.units}, none given back:`,
      calls.slice(-10),
      sale,
    ),
  };
}

/** The rows by which buyers have units at the end: orders, where a shop has no rows of reservations. */
function takenRows(ledger: LedgerIndex | undefined): (ReservationRow | OrderRow)[] {
  if (ledger === undefined) return [];
  return ledger.keeps('reservation')
    ? ledger.reservations.filter(isTaken)
    : ledger.orders.filter(isStanding);
}

/** Names rows by their ids: `reservations h1, h2`. */
function nameRows(rows: (ReservationRow | OrderRow)[]): string {
  const ids = rows.map((row) => shortId(row.row === 'order' ? row.orderId : row.reservationId));
  return `${rows[0]?.row}s ${ids.join(', ')}`;
}

function tooManyAtRest(limit: Limit, evidence: Evidence): Finding | undefined {
  const { sale, operations } = evidence;
  const { max, what } = limit;
  const { index: ledger } = indexLedger(evidence);
  if (ledger?.attribution?.knowsBuyers === false) return undefined;
  const taken = takenRows(ledger).filter(
    (row) => row.userId !== NOBODY && !(ledger !== undefined && mayBeOlder(row, ledger, sale)),
  );
  for (const rows of groupBy(taken, ({ skuId, userId }) => `${skuId} ${userId}`).values()) {
    const kept = sizeOfAll(rows, limit);
    if (kept <= max) continue;
    const { skuId, userId } = rows[0] as (typeof rows)[number];
    const calls = operations.filter(
      ({ kind, buyer, sku, outcome }) =>
        takesStock(kind) && buyer === userId && sku === skuId && outcome !== 'fail',
    );
    return {
      status: 'invalid',
      summary: `the final ledger has ${count(kept, what)} of ${skuName(skuId)} for buyer ${shortId(userId)}, where ${max} ${max === 1 ? 'is' : 'are'} allowed`,
      witness: witnessOfCalls(
        `Each buyer may have ${count(max, what)} of ${skuName(skuId)}. The final ledger has ${kept} for buyer ` +
          `${shortId(userId)}: ${nameRows(rows.slice(0, 10))}. What that buyer asked for:`,
        calls,
        sale,
      ),
    };
  }
  return undefined;
}
