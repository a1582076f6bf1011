import type { Operation } from '../../history/operation.ts';

/** A row of the books, as far as it tells which call made it. A fact that is null is not known. */
export interface MatchedRow {
  id: string | null;
  hold: string | null;
  buyer: string | null;
  sku: string;
  quantity: number | null;
  callIds: string[];
  /** Rows of a lower rank are given to calls first. */
  rank: number;
  /** False for a row that has ended, or never began: a call that was refused may have left it. */
  stands: boolean;
  /** True if other people may have made it; and if it may be older than the sale, its buyer's or anybody's. */
  mayBeOfOthers: boolean;
  mayBeOlder: boolean;
}

/** A call that made a row, or may have. */
export interface MatchedCall {
  operation: Operation;
  /** True for an attempt that was decided with a yes, false for one that was declined for sure. */
  decided: boolean | undefined;
  /** Ids of the call under which its row may be stored. */
  callIds: string[];
  id: string | undefined;
  hold: string | undefined;
  buyer: string | undefined;
  sku: string | undefined;
  quantity: number | undefined;
}

export interface Matching {
  /** The row of each call that has one, as its place in the list of rows. */
  rowOf: Map<Operation, number>;
  /** Rows that were given to a call because they are like what it asked for, not by a name. */
  likely: Set<number>;
  /** Those of them that other rows are like, which may have ended otherwise. */
  vague: Set<number>;
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
  const knowsIds = haveCommon(
    rows.map(({ id }) => id),
    answered(calls)
      .filter(({ operation }) => operation.kind !== 'attempt')
      .map(({ id }) => id),
  );
  const knowsHolds = haveCommon(
    rows.map(({ hold }) => hold),
    calls.map(({ hold }) => hold),
  );
  const knowsBuyers =
    rows.every(({ buyer }) => buyer !== null) &&
    calls.every(({ buyer }) => buyer !== undefined) &&
    haveCommon(
      rows.map(({ buyer }) => buyer),
      buyersOfRun,
    );
  const knowsQuantities =
    rows.every(({ quantity }) => quantity !== null) &&
    calls.every(({ quantity }) => quantity !== undefined);
  const knowsSkus = calls.every(({ sku }) => sku !== undefined);
  const keyOf = (sku: string | undefined, buyer: unknown, quantity: unknown): string =>
    [knowsSkus ? sku : '*', knowsBuyers ? buyer : '*', knowsQuantities ? quantity : '*'].join(' ');

  const rowOf = new Map<Operation, number>();
  const left = new Set(rows.keys());
  const give = (call: MatchedCall, place: number): void => {
    rowOf.set(call.operation, place);
    left.delete(place);
  };
  /** A call without an answer may name what is another buyer's, and then came to nothing. */
  const isOfAnother = (call: MatchedCall, place: number): boolean => {
    const { operation, sku, buyer, quantity } = call;
    const row = rows[place] as MatchedRow;
    if (call.decided === false && row.stands) return true;
    if (operation.kind === 'attempt' && row.callIds.length === 0) {
      return keyOf(sku, buyer, quantity) !== keyOf(row.sku, row.buyer, row.quantity);
    }
    return operation.outcome !== 'ok' && knowsBuyers && row.buyer !== buyer;
  };
  const answeredFirst = [...answered(calls), ...calls.filter((call) => !isAnswered(call))];
  const byName = (
    namesOfRow: (row: MatchedRow) => readonly (string | null)[],
    namesOfCall: (call: MatchedCall) => readonly (string | undefined)[],
  ): void => {
    const places = new Map<string, number>();
    for (const place of left) {
      for (const name of namesOfRow(rows[place] as MatchedRow)) {
        if (name !== null && !places.has(name)) places.set(name, place);
      }
    }
    for (const call of answeredFirst) {
      if (rowOf.has(call.operation)) continue;
      for (const name of namesOfCall(call)) {
        const place = name === undefined ? undefined : places.get(name);
        if (place !== undefined && left.has(place) && !isOfAnother(call, place)) {
          give(call, place);
          break;
        }
      }
    }
  };
  byName(
    ({ callIds }) => callIds,
    ({ callIds }) => callIds,
  );
  byName(
    ({ id }) => [id],
    ({ id, operation }) => (knowsIds || operation.kind === 'attempt' ? [id] : []),
  );
  if (knowsHolds)
    byName(
      ({ hold }) => [hold],
      ({ hold }) => [hold],
    );

  const alike = new Map<string, number[]>();
  const ranked = [...left].sort((a, b) => (rows[a]?.rank ?? 0) - (rows[b]?.rank ?? 0) || a - b);
  for (const place of ranked) {
    const { sku, buyer, quantity, callIds } = rows[place] as MatchedRow;
    // A row that names its call belongs to no other.
    if (callIds.length > 0) continue;
    const key = keyOf(sku, buyer, quantity);
    if (alike.has(key)) alike.get(key)?.push(place);
    else alike.set(key, [place]);
  }
  const likely = new Set<number>();
  const isVague = new Map([...alike].map(([key, places]) => [key, places.length > 1]));
  const vague = new Set<number>();
  const holdsOfCalls = new Set(calls.map(({ hold }) => hold));
  /** A checkout may have sold units of another hold than it names: one that its late payment made. */
  const isOtherHold = ({ operation, hold }: MatchedCall, row: MatchedRow): boolean =>
    knowsHolds &&
    row.hold !== null &&
    hold !== undefined &&
    (operation.kind !== 'confirm' || holdsOfCalls.has(row.hold));
  /** Ids that were told and rows that have other ones do not belong together. */
  const isOtherId = ({ id, operation }: MatchedCall, row: MatchedRow): boolean =>
    knowsIds &&
    row.id !== null &&
    id !== undefined &&
    operation.outcome === 'ok' &&
    operation.kind !== 'attempt';
  const mayBe = (call: MatchedCall, row: MatchedRow): boolean =>
    (call.sku === undefined || call.sku === row.sku) &&
    !(call.decided === false && row.stands) &&
    !isOtherId(call, row) &&
    !isOtherHold(call, row);
  const mayBeStrangers = ({ mayBeOfOthers, mayBeOlder }: MatchedRow): boolean =>
    mayBeOlder || (mayBeOfOthers && !knowsBuyers);
  const take = (call: MatchedCall): void => {
    const key = keyOf(call.sku, call.buyer, call.quantity);
    const places = alike.get(key) ?? [];
    const at = places.findIndex((place) => mayBe(call, rows[place] as MatchedRow));
    if (at < 0) return;
    const [place] = places.splice(at, 1) as [number];
    give(call, place);
    likely.add(place);
    if (isVague.get(key)) vague.add(place);
  };
  const unmatched = calls.filter(({ operation }) => !rowOf.has(operation));
  for (const call of answered(unmatched)) take(call);

  const open = new Set<Operation>();
  const unsettled = new Map<string, MatchedCall[]>();
  for (const call of [...unmatched.filter(isAccepted), ...unmatched.filter(isUnanswered)]) {
    const key = keyOf(call.sku, call.buyer, call.quantity);
    if (unsettled.has(key)) unsettled.get(key)?.push(call);
    else unsettled.set(key, [call]);
  }
  for (const [key, ofKey] of unsettled) {
    const rowsLeft = alike.get(key) ?? [];
    // Rows of one buyer may go to any of their calls; rows of nobody would settle one buyer's call by another's row.
    const isAnybodys = !knowsBuyers && rowsLeft.length > 0 && rowsLeft.length < ofKey.length;
    const isStrangers = rowsLeft.some((place) => mayBeStrangers(rows[place] as MatchedRow));
    if (isAnybodys || isStrangers) for (const call of ofKey) open.add(call.operation);
    if (!isStrangers) for (const call of ofKey) take(call);
  }
  for (const call of unmatched) if (call.decided === false) take(call);
  return { rowOf, likely, vague, open, knowsBuyers, knowsIds, knowsHolds };
}

const isAnswered = ({ operation, decided }: MatchedCall): boolean =>
  decided ?? (operation.outcome === 'ok' && operation.kind !== 'attempt');

const answered = (calls: readonly MatchedCall[]): MatchedCall[] => calls.filter(isAnswered);

const isAccepted = ({ operation, decided }: MatchedCall): boolean =>
  decided === undefined && operation.outcome === 'ok' && operation.kind === 'attempt';

const isUnanswered = ({ operation, decided }: MatchedCall): boolean =>
  decided === undefined && operation.outcome === 'info';

/** False when names of two lists can be compared and none is the same: they are names of two kinds. */
function haveCommon(
  ofRows: readonly (string | null)[],
  ofCalls: readonly (string | undefined)[],
): boolean {
  const names = new Set(ofRows);
  names.delete(null);
  const known = ofCalls.filter((name) => name !== undefined);
  if (names.size === 0 || known.length === 0) return false;
  return known.some((name) => names.has(name));
}
