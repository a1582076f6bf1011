import { CLOCK_DRIFT } from '../checkers/reading/ledger-clock.ts';
import type { FinalLedger } from '../history/ledger-snapshot.ts';
import type { Operation } from '../history/operation.ts';
import type { RecordedHistory } from '../history/parser.ts';
import { boundClocks, tighten } from './clock-bounds.ts';

/** Clocks of which nothing is known are at most this far from what their wall clocks say. */
const UNKNOWN_NS = 7 * 24 * 3_600e9;

/** One history's clock, seen from the one clock on which all are told. All times are nanoseconds. */
export interface AlignedClock {
  /** Add this to a moment of the history for the likeliest moment of the one clock. */
  offsetNs: number;
  /** The offset may be wrong by so much, before the clocks drifted apart. */
  withinNs: number;
  /** False where nothing bounds the offset, so that no order of its calls and those of others is known. */
  isBound: boolean;
  /** The earliest and the latest moment of the one clock at which it may have been `atNs` on this one. */
  earliest(atNs: number): number;
  latest(atNs: number): number;
}

export interface AlignedClocks {
  /** One for each history. */
  clocks: AlignedClock[];
  /** The places of two histories whose numbers no offset explains; then no offset is used. */
  contradiction?: [number, number];
}

/**
 * Finds out how the clocks of several histories of one sale differ, by the numbers of the stock movements that each was told.
 *
 * @param reference the place of the history whose clock is the one clock
 */
export function alignClocks(
  histories: Pick<RecordedHistory, 'sale' | 'operations'>[],
  reference: number,
  ledger: FinalLedger | undefined,
): AlignedClocks {
  const all = histories.map(({ operations }) => operations);
  const middles = all.map(middleOf);
  const slackNs = (history: number, atNs: number): number =>
    history === reference ? 0 : CLOCK_DRIFT * Math.abs(atNs - (middles[history] as number));
  const bounds = boundClocks(all, ledger, slackNs);
  tighten(bounds);
  const contradiction = findContradiction(bounds);
  const wallOf = ({ sale }: Pick<RecordedHistory, 'sale'>): number =>
    sale.startedAtMs * 1e6 - sale.startedAtNs;
  const wallNs = wallOf(histories[reference] as RecordedHistory);

  const clocks = histories.map((history, place): AlignedClock => {
    const leastNs = bounds[reference]?.[place] as number;
    const mostNs = -(bounds[place]?.[reference] as number);
    const isBound =
      place === reference ||
      (!contradiction && Number.isFinite(leastNs) && Number.isFinite(mostNs));
    const offsetNs = isBound ? (leastNs + mostNs) / 2 : wallOf(history) - wallNs;
    const withinNs = isBound ? (mostNs - leastNs) / 2 : UNKNOWN_NS;
    return place === reference
      ? clockAt(0, 0, true, () => 0)
      : clockAt(offsetNs, withinNs, isBound, (atNs) => slackNs(place, atNs));
  });
  return { clocks, ...(contradiction && { contradiction }) };
}

const clockAt = (
  offsetNs: number,
  withinNs: number,
  isBound: boolean,
  slackNs: (atNs: number) => number,
): AlignedClock => ({
  ...{ offsetNs, withinNs, isBound },
  earliest: (atNs) => atNs + offsetNs - withinNs - slackNs(atNs),
  latest: (atNs) => atNs + offsetNs + withinNs + slackNs(atNs),
});

const middleOf = (operations: Operation[]): number =>
  ((operations[0]?.invokedAtNs ?? 0) + (operations.at(-1)?.invokedAtNs ?? 0)) / 2;

/** Two histories of which each must be ahead of the other, directly or by way of others. */
function findContradiction(bounds: number[][]): [number, number] | undefined {
  for (const [first, row] of bounds.entries()) {
    for (const [second, leastNs] of row.entries()) {
      const isAhead = leastNs + (bounds[second]?.[first] as number) > 0;
      if (first !== second && isAhead) return [first, second];
    }
  }
  return undefined;
}
