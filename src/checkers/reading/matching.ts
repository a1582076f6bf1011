import type { Operation } from '../../history/operation.ts';
import { giveByLikeness } from './matching/by-likeness.ts';
import { giveByName } from './matching/by-name.ts';
import { findComparable } from './matching/comparable.ts';
import { underToldCalls } from './matching/granted-again.ts';
import type { MatchedCall, MatchedRow } from './matching/row-and-call.ts';

export interface Matching {
  /** The row of each call that has one, as its place in the list of rows. */
  rowOf: Map<Operation, number>;
  /** The id of the call under which each row is stored, or could be: see `underToldCalls`. */
  callIds: (string | undefined)[];
  /** Rows that were given to a call because they are like what it asked for, not by a name. */
  likely: Set<number>;
  /** Those of them that may as well be of another call, and then have ended otherwise. */
  vague: Set<number>;
  /** Rows that no call was given, though one that is like them was: each may be the row of that call. */
  passedOver: Set<number>;
  /** Calls without an answer of which the rows do not tell which of them happened. */
  open: Set<Operation>;
  /** False when rows and calls have no buyer in common, or one of them has none: then rows go by SKU alone. */
  knowsBuyers: boolean;
  /** False when ids of rows and those that buyers were told are of two kinds. */
  knowsIds: boolean;
  /** The same for ids of holds. */
  knowsHolds: boolean;
}

/**
 * Gives each call the row that it made. Ids decide where there are any: that of the call, of the row, of the hold. Else a
 * row belongs to a call of its buyer, SKU and quantity. All such rows are alike, so those that were answered yes come first:
 * too few rows are lost, too many were made by nobody. Everything that stays ambiguous counts for the target.
 *
 * An accepted attempt may come to nothing, so it is treated as a call without an answer, until its buyer was told of the
 * decision. Its id need not be that of a row, so it only decides between rows that are alike.
 *
 * @param buyersOfRun the buyers of all calls, refused ones included: they tell if rows call buyers by the same names
 */
export function matchRows(
  rows: readonly MatchedRow[],
  calls: readonly MatchedCall[],
  buyersOfRun: readonly (string | undefined)[],
): Matching {
  const known = findComparable(rows, calls, buyersOfRun);
  const told = underToldCalls(rows, calls, known);
  const rowOf = giveByName(told, calls, known);
  const { likely, vague, passedOver, open } = giveByLikeness(told, calls, known, rowOf);
  const { knowsBuyers, knowsIds, knowsHolds } = known;
  const callIds = told.map((row) => row.callIds[0]);
  return { rowOf, callIds, likely, vague, passedOver, open, knowsBuyers, knowsIds, knowsHolds };
}
