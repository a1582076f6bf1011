import type { Operation } from '../../../history/operation.ts';
import { type Comparable, likenessOf } from './comparable.ts';
import { type MatchedCall, type MatchedRow, mustHaveRow } from './row-and-call.ts';

/** A kind of names by which rows and calls know each other. */
interface Names {
  ofRow(row: MatchedRow): readonly (string | null)[];
  ofCall(call: MatchedCall): readonly (string | undefined)[];
  /** True when a row may be of a call that has its name. */
  mayBeOf(call: MatchedCall, row: MatchedRow): boolean;
}

/**
 * Gives each call the row that names it, or that it names: by the id of the call, of the row, of the hold. Calls that
 * must have a row come first. Returns the row of each call that has one, as its place in the list of rows.
 */
export function giveByName(
  rows: readonly MatchedRow[],
  calls: readonly MatchedCall[],
  known: Comparable,
): Map<Operation, number> {
  const rowOf = new Map<Operation, number>();
  const left = new Set(rows.keys());
  // A call that comes by again has its row, or finds none again.
  const surestFirst = [...calls.filter(mustHaveRow), ...calls];
  for (const names of namesIn(known)) {
    const places = placesByName(rows, left, names);
    for (const call of surestFirst) {
      if (rowOf.has(call.operation)) continue;
      for (const name of names.ofCall(call)) {
        const place = name === undefined ? undefined : places.get(name);
        if (place === undefined || !left.has(place)) continue;
        const row = rows[place] as MatchedRow;
        if (!names.mayBeOf(call, row)) continue;
        rowOf.set(call.operation, place);
        left.delete(place);
        break;
      }
    }
  }
  return rowOf;
}

/** The names that rows and calls have in common, the surest first. */
function namesIn(known: Comparable): Names[] {
  const ofCalls: Names = {
    ofRow: ({ callIds }) => callIds,
    ofCall: ({ callIds }) => callIds,
    mayBeOf: (call, row) => !isOfAnother(call, row, known),
  };
  const ofRows: Names = {
    ofRow: ({ id }) => [id],
    ofCall: ({ id }) => [id],
    mayBeOf: (call, row) => !isOfAnother(call, row, known) && !isOfOtherCall(call, row),
  };
  const ofHolds: Names = {
    ofRow: ({ hold }) => [hold],
    ofCall: ({ hold }) => [hold],
    mayBeOf: (call, row) => ofRows.mayBeOf(call, row) && !row.isHoldGuessed,
  };
  return [ofCalls, ofRows, ...(known.knowsHolds ? [ofHolds] : [])];
}

/** A call without an answer may name what is another buyer's, and then came to nothing. */
function isOfAnother(call: MatchedCall, row: MatchedRow, known: Comparable): boolean {
  const { operation, buyer, decided } = call;
  if (decided === false && row.stands) return true;
  if (operation.kind === 'attempt' && row.callIds.length === 0) {
    return likenessOf(call, known) !== likenessOf(row, known);
  }
  return operation.outcome !== 'ok' && known.knowsBuyers && row.buyer !== buyer;
}

/** The same, where the row names the call that made it. */
const isOfOtherCall = ({ operation }: MatchedCall, { callIds }: MatchedRow): boolean =>
  operation.outcome !== 'ok' && callIds.length > 0;

/**
 * The row of each name that no call has, of several the first of the lowest rank: a payment that was declined leaves an
 * order of the same hold.
 */
function placesByName(
  rows: readonly MatchedRow[],
  left: ReadonlySet<number>,
  { ofRow }: Names,
): Map<string, number> {
  const rankAt = (place: number): number => (rows[place] as MatchedRow).rank;
  const places = new Map<string, number>();
  for (const place of [...left].sort((a, b) => rankAt(a) - rankAt(b))) {
    for (const name of ofRow(rows[place] as MatchedRow)) {
      if (name !== null && !places.has(name)) places.set(name, place);
    }
  }
  return places;
}
