import { isNumberedChange, mayMake } from '../checkers/reading/replay.ts';
import type { FinalLedger } from '../history/ledger-snapshot.ts';
import type { Operation } from '../history/operation.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { LedgerMovement } from '../protocol/ledger.ts';

/**
 * Bounds of the differences between clocks: `bounds[i][k]` is the least time in nanoseconds by which the clock of history k
 * has to be put forward more than that of history i. Minus infinity: nothing is known.
 */
export type ClockBounds = number[][];

/** One call as far as clocks are concerned: a change of a SKU that took effect between two moments of its history's clock. */
interface NumberedCall {
  history: number;
  sku: string;
  sequence: number;
  /** Absent where it is not sure which call made the change. */
  fromNs?: number;
  toNs: number;
}

/**
 * Bounds the differences between the clocks of several histories by the numbers of stock movements: a change with a lower
 * number took effect before one of the same SKU with a higher number, so it was asked for before that one was answered.
 *
 * @param slackNs the nanoseconds by which the clock of a history may have drifted at one of its moments
 */
export function boundClocks(
  histories: Operation[][],
  ledger: FinalLedger | undefined,
  slackNs: (history: number, atNs: number) => number,
): ClockBounds {
  const bounds = histories.map(() => histories.map(() => Number.NEGATIVE_INFINITY));
  const bySku = groupBy(findNumberedCalls(histories, ledger), ({ sku }) => sku);
  for (const calls of bySku.values()) boundBySku(calls, bounds, slackNs);
  for (const [history, row] of bounds.entries()) row[history] = 0;
  return bounds;
}

function boundBySku(
  calls: NumberedCall[],
  bounds: ClockBounds,
  slackNs: (history: number, atNs: number) => number,
): void {
  const askedLast = bounds.map(() => Number.NEGATIVE_INFINITY);
  const sorted = calls.toSorted((a, b) => a.sequence - b.sequence);
  for (let first = 0, end = 0; first < sorted.length; first = end) {
    const { sequence } = sorted[first] as NumberedCall;
    while (sorted[end]?.sequence === sequence) end++;
    // Of two calls with one number nobody knows which was first.
    const same = sorted.slice(first, end);
    for (const { history, toNs } of same) {
      const answeredNs = toNs + slackNs(history, toNs);
      for (const [other, askedNs] of askedLast.entries()) {
        const row = bounds[other] as number[];
        row[history] = Math.max(row[history] as number, askedNs - answeredNs);
      }
    }
    for (const { history, fromNs } of same) {
      if (fromNs === undefined) continue;
      const askedNs = fromNs - slackNs(history, fromNs);
      askedLast[history] = Math.max(askedLast[history] as number, askedNs);
    }
  }
}

/**
 * The calls that were told the number of their change. An answer may come from memory, and then the change is as old as the
 * first call of that kind by the same buyer.
 */
function findNumberedCalls(
  histories: Operation[][],
  ledger: FinalLedger | undefined,
): NumberedCall[] {
  const agrees = createLedgerTest(ledger);
  const firstOf = histories.map(firstCalls);
  return histories.flatMap((operations, history) =>
    operations.flatMap((call): NumberedCall[] => {
      const { kind, sku, sequence, completedAtNs: toNs } = call;
      // A cancellation may carry the number of what it found done already.
      if (!isNumberedChange(call) || kind === 'cancel') return [];
      if (sequence === undefined || sku === undefined || !agrees(call, sku, sequence)) return [];
      const name = nameOf(call);
      const isShared = firstOf.some((calls, other) => other !== history && calls.has(name));
      const fromNs = isShared ? undefined : firstOf[history]?.get(name);
      return [{ history, sku, sequence, toNs, ...(fromNs !== undefined && { fromNs }) }];
    }),
  );
}

/** When each buyer first made a call of each kind that was not refused. */
function firstCalls(operations: Operation[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const call of operations) {
    const name = nameOf(call);
    if (call.outcome !== 'fail' && call.buyer !== undefined && !first.has(name)) {
      first.set(name, call.invokedAtNs);
    }
  }
  return first;
}

const nameOf = ({ kind, buyer }: Operation): string => `${kind} ${buyer}`;

/** True unless the final ledger has another change under the number: such an answer tells nothing about time. */
function createLedgerTest(
  ledger: FinalLedger | undefined,
): (call: Operation, sku: string, sequence: number) => boolean {
  const movements = ledger?.movements ?? [];
  if (movements.length === 0) return () => true;
  const bySku = new Map<string, Map<number, LedgerMovement | undefined>>();
  for (const movement of movements) {
    const { skuId, sequence } = movement;
    const ofSku = bySku.get(skuId) ?? new Map<number, LedgerMovement | undefined>();
    bySku.set(skuId, ofSku);
    // A number that was given twice stands for nothing.
    ofSku.set(sequence, ofSku.has(sequence) ? undefined : movement);
  }
  return (call, sku, sequence) => {
    const movement = bySku.get(sku)?.get(sequence);
    if (movement === undefined || !mayMake(call, movement.kind)) return false;
    const { hold, newHold } = call;
    const { reservationId } = movement;
    return hold === undefined || reservationId === hold || reservationId === newHold;
  };
}

/** Makes all bounds as tight as those of other clocks between two of them allow. */
export function tighten(bounds: ClockBounds): void {
  for (const [between, onward] of bounds.entries()) {
    for (const row of bounds) {
      const toBetween = row[between] as number;
      if (toBetween === Number.NEGATIVE_INFINITY) continue;
      for (const [to, known] of row.entries()) {
        row[to] = Math.max(known, toBetween + (onward[to] as number));
      }
    }
  }
}
