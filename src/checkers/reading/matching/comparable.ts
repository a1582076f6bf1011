import { hasMade, type MatchedCall, type MatchedRow } from './row-and-call.ts';

/** The facts in which rows and calls can be compared. */
export interface Comparable {
  /** False when ids of rows and those that buyers were told are of two kinds. */
  knowsIds: boolean;
  /** The same for ids of holds. */
  knowsHolds: boolean;
  /** False when rows and calls have no buyer in common, or one of them has none: then rows go by SKU alone. */
  knowsBuyers: boolean;
  knowsQuantities: boolean;
  knowsSkus: boolean;
}

/** @param buyersOfRun the buyers of all calls, refused ones included: they tell if rows call buyers by the same names */
export const findComparable = (
  rows: readonly MatchedRow[],
  calls: readonly MatchedCall[],
  buyersOfRun: readonly (string | undefined)[],
): Comparable => ({
  knowsIds: haveCommon(
    rows.map(({ id }) => id),
    calls.filter((call) => hasMade(call) && call.operation.kind !== 'attempt').map(({ id }) => id),
  ),
  knowsHolds: haveCommon(
    rows.map(({ hold }) => hold),
    calls.map(({ hold }) => hold),
  ),
  knowsBuyers:
    rows.every(({ buyer }) => buyer !== null) &&
    calls.every(({ buyer }) => buyer !== undefined) &&
    haveCommon(
      rows.map(({ buyer }) => buyer),
      buyersOfRun,
    ),
  knowsQuantities:
    rows.every(({ quantity }) => quantity !== null) &&
    calls.every(({ quantity }) => quantity !== undefined),
  knowsSkus: calls.every(({ sku }) => sku !== undefined),
});

/** A text that is the same for rows and calls that are alike in all that can be compared. */
export const likenessOf = (
  { sku, buyer, quantity }: MatchedRow | MatchedCall,
  { knowsSkus, knowsBuyers, knowsQuantities }: Comparable,
): string => [knowsSkus && sku, knowsBuyers && buyer, knowsQuantities && quantity].join(' ');

/** False when names of two lists can be compared and none is the same: they are names of two kinds. */
function haveCommon(
  ofRows: readonly (string | null)[],
  ofCalls: readonly (string | undefined)[],
): boolean {
  const names = new Set<string | null | undefined>(ofRows);
  return ofCalls.some((name) => names.has(name));
}
