import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { type Comparable, likenessOf } from './comparable.ts';
import {
  hasMade,
  isAccepted,
  isUnanswered,
  type MatchedCall,
  type MatchedRow,
  mustHaveRow,
} from './row-and-call.ts';

export interface GivenByLikeness {
  likely: Set<number>;
  vague: Set<number>;
  passedOver: Set<number>;
  open: Set<Operation>;
}

/** Rows that are alike, the first to be given first, as places in the list of rows. */
interface Pile {
  places: number[];
  /** True when it began with several rows, so that none of them is surely of the call that it is given to. */
  isVague: boolean;
}

/**
 * Gives the calls that have no row yet one that is like what they asked for, and adds it to `rowOf`. Calls that
 * must have one come first, then accepted attempts and orders that may have been deleted, then calls without an answer.
 */
export function giveByLikeness(
  rows: readonly MatchedRow[],
  calls: readonly MatchedCall[],
  known: Comparable,
  rowOf: Map<Operation, number>,
): GivenByLikeness {
  const likely = new Set<number>();
  const vague = new Set<number>();
  const piles = pileUp(rows, new Set(rowOf.values()), known);
  const fits = createFitTest(calls, known);
  const isStrangers = (place: number): boolean => mayBeStrangers(rows[place] as MatchedRow, known);
  const give = (call: MatchedCall, isAnyOfSeveral = false): void => {
    const pile = piles.get(likenessOf(call, known));
    if (pile === undefined) return;
    const at = pile.places.findIndex((place) => fits(call, rows[place] as MatchedRow));
    if (at < 0) return;
    const [place] = pile.places.splice(at, 1) as [number];
    rowOf.set(call.operation, place);
    likely.add(place);
    if (pile.isVague || isAnyOfSeveral) vague.add(place);
  };

  const withoutRow = calls.filter(({ operation }) => !rowOf.has(operation));
  // A call that names no SKU takes what those that name one leave.
  const unmatched = [
    ...withoutRow.filter(({ sku }) => sku !== undefined),
    ...withoutRow.filter(({ sku }) => sku === undefined),
  ];
  for (const call of unmatched.filter(mustHaveRow)) give(call);
  const mayBeDeleted = unmatched.filter((call) => hasMade(call) && call.deletion === 'maybe');
  const unsettled = [
    ...unmatched.filter(isAccepted),
    ...mayBeDeleted,
    ...unmatched.filter((call) => isUnanswered(call) && call.deletion !== 'surely'),
  ];
  const open = new Set<Operation>();
  for (const [likeness, alike] of groupBy(unsettled, (call) => likenessOf(call, known))) {
    const places = piles.get(likeness)?.places ?? [];
    // Rows of one buyer may go to any of their calls; rows of nobody would settle one buyer's call by another's row.
    const isOfOne = known.knowsBuyers && !alike.some(hasMade);
    const isAnyOfSeveral = !isOfOne && places.length > 0 && places.length < alike.length;
    const isNobodys = places.some(isStrangers);
    if (isAnyOfSeveral || isNobodys) for (const { operation } of alike) open.add(operation);
    // Where rows do not tell their units, a row may be of a call that asked for more or fewer.
    const isOfUnknownUnits = new Set(alike.map(({ quantity }) => quantity)).size > 1;
    if (!isNobodys) for (const call of alike) give(call, isAnyOfSeveral || isOfUnknownUnits);
  }
  for (const call of unmatched.filter(({ deletion }) => deletion === 'surely')) {
    if (!piles.get(likenessOf(call, known))?.places.some(isStrangers)) give(call);
  }
  for (const call of unmatched) if (call.decided === false) give(call);
  return { likely, vague, passedOver: findPassedOver(piles, likely, rows, known), open };
}

/** The rows that are left of those piles of which a call was given one. */
function findPassedOver(
  piles: ReadonlyMap<string, Pile>,
  given: ReadonlySet<number>,
  rows: readonly MatchedRow[],
  known: Comparable,
): Set<number> {
  const begun = new Set([...given].map((place) => likenessOf(rows[place] as MatchedRow, known)));
  return new Set([...begun].flatMap((likeness) => piles.get(likeness)?.places ?? []));
}

/** The rows that no call has and that name none, by their likeness. A row that names its call belongs to no other. */
function pileUp(
  rows: readonly MatchedRow[],
  given: ReadonlySet<number>,
  known: Comparable,
): Map<string, Pile> {
  const rowAt = (place: number): MatchedRow => rows[place] as MatchedRow;
  const left = [...rows.keys()]
    .filter((place) => !given.has(place) && rowAt(place).callIds.length === 0)
    .sort((a, b) => rowAt(a).rank - rowAt(b).rank);
  const alike = groupBy(left, (place) => likenessOf(rowAt(place), known));
  return new Map(
    [...alike].map(([likeness, places]) => [likeness, { places, isVague: places.length > 1 }]),
  );
}

/** Creates the test for rows that may be of a call, though no name tells so. */
function createFitTest(
  calls: readonly MatchedCall[],
  { knowsIds, knowsHolds }: Comparable,
): (call: MatchedCall, row: MatchedRow) => boolean {
  const holdsOfCalls = new Set(calls.map(({ hold }) => hold));
  /** A checkout may have sold units of another hold than it names: one that its late payment made. */
  const isOfOtherHold = ({ operation, hold }: MatchedCall, row: MatchedRow): boolean =>
    knowsHolds &&
    row.hold !== null &&
    !row.isHoldGuessed &&
    hold !== undefined &&
    (operation.kind !== 'confirm' || holdsOfCalls.has(row.hold));
  const isOfOtherId = ({ operation, id }: MatchedCall, row: MatchedRow): boolean =>
    knowsIds &&
    row.id !== null &&
    id !== undefined &&
    operation.outcome === 'ok' &&
    operation.kind !== 'attempt';
  return (call, row) =>
    (call.sku === undefined || call.sku === row.sku) &&
    !(call.decided === false && row.stands) &&
    !isOfOtherId(call, row) &&
    !isOfOtherHold(call, row);
}

const mayBeStrangers = (
  { mayBeOfOthers, mayBeOlder }: MatchedRow,
  { knowsBuyers }: Comparable,
): boolean => mayBeOlder || (mayBeOfOthers && !knowsBuyers);
