import type { Operation } from '../../history/operation.ts';
import { usOf } from '../../history/row-in-columns.ts';
import { lazy } from '../../kernel/memo.ts';
import type { MovementKind } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { totalInBooks } from './books-total.ts';
import { releasedByNs, returnedByNs, soldByNs } from './buyers-holds.ts';
import type { Hold } from './hold.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import { createMomentOf } from './ledger-moment.ts';
import { replaySales } from './replay.ts';
import type { MovementRow } from './rows.ts';

type Counts = Pick<NonNullable<Operation['observed']>, 'available' | 'reserved' | 'sold'>;

/** The states that the stock of a SKU went through. */
export interface States {
  /**
   * The counts after a movement; undefined if that movement is not known. Numbers in answers tell only what was available:
   * an order that is cancelled gives back what was sold, or what was still held because nobody had paid.
   */
  at(sequence: number): Counts | undefined;
  /** True if reads can be judged: those with this number, or those without one. */
  canJudge(sequence: number | undefined): boolean;
  /** True if the stock may have had these counts at some moment of a span of time, both ends included. */
  mayHaveBeen(counts: Counts, fromNs: number, toNs: number): boolean;
}

/** Replays the stock of a SKU; undefined if neither movements nor numbers tell of it. */
export function createStates(sku: string, evidence: Evidence): States | undefined {
  const replay = replaySales(evidence).get(sku);
  if (replay === undefined) return undefined;
  const { total, steps, source } = replay;
  const more = totalInBooks(sku, evidence) - total;

  const at: States['at'] = (sequence) => {
    if (sequence === 0) return { available: total + more, reserved: 0, sold: 0 };
    const place = sequence - 1;
    const after = steps.availableAt(place);
    if (after === undefined) return undefined;
    const available = after + more;
    return source === 'answers'
      ? { available }
      : { available, reserved: steps.reservedAt(place), sold: steps.soldAt(place) };
  };

  // Only reads without a number need them.
  const moments = lazy(() => ({ times: timesOf(sku, steps.length, evidence) }));
  const placesOf = new Map<string, Map<string, number[]>>();

  /** The numbers of the states with these counts, ascending. */
  function statesWith(counts: Counts): number[] {
    const columns = COLUMNS.filter((column) => counts[column] !== undefined);
    const name = columns.join();
    const keyOf = (state: Counts): string => columns.map((column) => state[column]).join();
    let places = placesOf.get(name);
    if (places === undefined) {
      places = new Map();
      for (let sequence = 0; sequence <= steps.length; sequence++) {
        const key = keyOf(at(sequence) as Counts);
        const same = places.get(key);
        if (same === undefined) places.set(key, [sequence]);
        else same.push(sequence);
      }
      placesOf.set(name, places);
    }
    return places.get(keyOf(counts)) ?? [];
  }

  return {
    at,
    canJudge: (sequence) =>
      sequence === undefined ? moments().times !== undefined : at(sequence) !== undefined,
    mayHaveBeen(counts, fromNs, toNs) {
      const { times } = moments();
      if (times === undefined) return true;
      // State n begins with movement n and ends with movement n + 1.
      const first = firstPlace(times.latestNs, (latestNs) => latestNs >= fromNs);
      const last = firstPlace(times.earliestNs, (earliestNs) => earliestNs > toNs);
      const same = statesWith(counts);
      const next = same[firstPlace(same, (sequence) => sequence >= first)];
      return next !== undefined && next <= last;
    },
  };
}

const COLUMNS = ['available', 'reserved', 'sold'] as const;

/**
 * The earliest and the latest moment at which each movement can have become visible, ascending. It is not visible before
 * the time that the ledger has for it, but it may be committed any time later: it surely is when an answer tells of it, or
 * of a later one. Undefined without the movements, or with a gap in their numbers.
 */
function timesOf(
  sku: string,
  known: number,
  evidence: Evidence,
): { earliestNs: Float64Array; latestNs: Float64Array } | undefined {
  const momentOf = createMomentOf(evidence);
  const movements = indexLedger(evidence).index?.movementsBySku.get(sku) ?? [];
  if (movements.length !== known) return undefined;
  const earliestNs = new Float64Array(known);
  let earliest = Number.NEGATIVE_INFINITY;
  for (const [place, movement] of movements.entries()) {
    earliest = Math.max(earliest, momentOf?.(usOf(movement, 'at')).fromNs ?? earliest);
    earliestNs[place] = earliest;
  }
  const { byId } = findHolds(evidence);
  const latestNs = new Float64Array(known);
  let latest = Number.POSITIVE_INFINITY;
  for (let place = known - 1; place >= 0; place--) {
    const { kind, reservationId } = movements[place] as MovementRow;
    const hold = byId.get(reservationId);
    latest = Math.min(latest, (hold && TOLD_BY[kind](hold)) ?? latest);
    latestNs[place] = latest;
  }
  return { earliestNs, latestNs };
}

/** The moment at which an answer told of each movement of a hold. */
const TOLD_BY: Record<MovementKind, (hold: Hold) => number | undefined> = {
  RESERVED: ({ knownAtNs }) => knownAtNs,
  SOLD: soldByNs,
  RELEASED: releasedByNs,
  RETURNED: returnedByNs,
  EXPIRED: () => undefined,
};

/** The first place of an ascending list at which the condition holds; the length of the list if it never does. */
function firstPlace(ascending: ArrayLike<number>, holds: (value: number) => boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(ascending[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
