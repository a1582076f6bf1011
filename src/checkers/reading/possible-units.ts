import type { Operation, SaleFacts } from '../../history/operation.ts';
import { usOf } from '../../history/row-in-columns.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { type Interval, possibly, possiblyAgain } from './bounds.ts';
import { isGivenBack, mayBeHalfWay, mayBeTakenAlone } from './half-way.ts';
import { type Hold, isGuessed } from './hold.ts';
import { longestTtlNs } from './hold-ttl.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import { createMomentOf } from './ledger-moment.ts';
import { findOffers } from './offers.ts';
import type { ReservationRow } from './rows.ts';
import { unexplainedBySku } from './unexplained.ts';
import { findWishes } from './wishes.ts';

/** A time in which units of a SKU may have been off sale. */
export interface PossibleUnits extends Omit<Interval, 'hold'> {
  /** Absent when no call is known to have made it. */
  hold?: Hold;
  /** The call that came to nothing, and may have had the units all the same. */
  inVain?: Operation;
}

/** Finds all times in which units of a SKU may have been off sale, as far as answers and final ledger tell. */
export function findPossibleUnits(sku: string, evidence: Evidence): PossibleUnits[] {
  const { sale } = evidence;
  const ofSku = findHolds(evidence).bySku.get(sku) ?? [];
  const holds = ofSku.filter((hold) => !isDeclinedForWantOfStock(hold, sale));
  // As many as there are holds: no call can have so many arguments as a big sale has of them.
  const units: PossibleUnits[][] = [holds.flatMap((hold) => possibly(hold, sale) ?? [])];
  const { index: ledger } = indexLedger(evidence);
  if (!ledger?.keeps('reservation')) {
    units.push(holds.flatMap((hold) => possiblyAgain(hold, sale)));
  }
  const areShown = ledger?.keeps('reservation') && ledger.attribution?.keepsHolds !== false;
  // The row that was given to a call without an answer may be of one that was refused half-way.
  const isAnyGuessed = holds.some((hold) => isGuessed(hold, ledger?.attribution));
  units.push(
    leftHalfWay(sku, evidence, { areShown: areShown && !isAnyGuessed }),
    rolledBack(sku, holds, evidence, { areShown }),
  );
  const momentOf = createMomentOf(evidence);
  /** A row that tells no time may be of any. */
  const madeFromNs = (row: ReservationRow): number => {
    const us = usOf(row, 'createdAt');
    if (momentOf === undefined || Number.isNaN(us)) return Number.MIN_SAFE_INTEGER;
    return momentOf(us).fromNs;
  };
  const unexplained = (unexplainedBySku(evidence).get(sku) ?? []).map((row) => ({
    fromNs: madeFromNs(row),
    // The ledger's time of an end says when it was decided. It may have been committed any time later.
    untilNs: Number.POSITIVE_INFINITY,
    units: row.quantity,
  }));
  return [...units, unexplained].flat();
}

/** True for an attempt that was declined because there was nothing to give to it. */
function isDeclinedForWantOfStock(
  { decision, reservation }: Hold,
  { refusals }: SaleFacts,
): boolean {
  if (decision === undefined || decision.isYes || !decision.isSure) return false;
  if (reservation !== undefined) return false;
  return refusals[decision.read.code ?? ''] === 'sold-out';
}

interface Shown {
  /** True if the ledger has a row of each hold that stayed after its call was answered. */
  areShown: boolean | undefined;
}

/**
 * The times in which calls that got half-way may have had units. The hold of a registration or a buy stays until it lapses, but
 * for a line of a basket that was refused because of others. Of two calls with one idempotency key, which are under way together,
 * one buys, and the other one may have held as many units.
 */
function leftHalfWay(sku: string, evidence: Evidence, { areShown }: Shown): PossibleUnits[] {
  const { sale } = evidence;
  const { isSecond } = findWishes(evidence);
  const lastsNs = longestTtlNs(sale) + sale.sweepGraceMs * 1e6;
  return (callsWithHalves(evidence).get(sku) ?? []).flatMap((call) => {
    const { kind, status, quantity, invokedAtNs, completedAtNs } = call;
    const isUnseen = !areShown && kind !== 'reserve';
    const isRefused = status > 0 && mayBeHalfWay(call, sale);
    const isLeft = isUnseen && (isSecond(call) || (isRefused && !isGivenBack(call, evidence)));
    const wasBrief = isRefused && (isUnseen || mayBeTakenAlone(call, sale));
    if (!isLeft && !wasBrief) return [];
    const untilNs = completedAtNs + (isLeft ? lastsNs : 0);
    return [{ fromNs: invokedAtNs, untilNs, units: quantity, inVain: call }];
  });
}

/**
 * The times in which calls without an answer may have had units, though they came to nothing: a shop may take the units first,
 * and give them back when it cannot go on. Such a call may have begun at any time after it was sent.
 * A purchase of tickets takes units again when its payment comes after the lapse.
 */
function rolledBack(
  sku: string,
  holds: Hold[],
  evidence: Evidence,
  { areShown }: Shown,
): PossibleUnits[] {
  const takesAgain = findOffers(evidence).get(sku)?.soldBy === 'tickets';
  const counted = new Set(takesAgain ? [] : holds.map(({ reserve }) => reserve));
  return (wishesWithHalves(evidence).get(sku) ?? []).flatMap((call) => {
    const { outcome, quantity, invokedAtNs } = call;
    if (outcome !== 'info' || counted.has(call)) return [];
    if (areShown && !mayBeTakenAlone(call, evidence.sale)) return [];
    return [{ fromNs: invokedAtNs, untilNs: Number.POSITIVE_INFINITY, units: quantity }];
  });
}

/** The SKU of a call that takes units and may give them back before its answer: one that sells at once, or a line of a basket. */
const skuWithHalves = ({ kind, sku, basket }: Operation): string | undefined => {
  if (kind === 'reserve' && basket === undefined) return undefined;
  return kind === 'register' || kind === 'buy' || kind === 'reserve' ? sku : undefined;
};

const callsWithHalves = memoized(({ operations }: Evidence) => groupBy(operations, skuWithHalves));

const wishesWithHalves = memoized((evidence: Evidence) =>
  groupBy(findWishes(evidence).calls, skuWithHalves),
);
