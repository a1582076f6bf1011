import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { lazy } from '../../../kernel/memo.ts';
import { countUpTo } from '../count-up-to.ts';
import { NAME_FIELDS, type Sort, sortOf } from './names.ts';

/** The moments at which a thing may have ended, or been sold, by the calls that name it. */
export interface Endings {
  /** True if a cancellation or a return, or a checkout that came too late, may have happened between two moments. */
  mayEnd(fromNs: number, toNs: number): boolean;
  /** The call that did it, if it was one of them, and no other can have. */
  onlyEnd(fromNs: number, toNs: number): Operation | undefined;
  /** True if a checkout may have, another than the one that is given. */
  maySell(fromNs: number, toNs: number, besides?: Operation): boolean;
  /** The sales, and the ends, that were answered yes. */
  sales: CallsInOrder;
  ends: CallsInOrder;
}

/** Calls in the order of invocation. */
export interface CallsInOrder {
  /** The last that was made by a moment. */
  before(atNs: number): Operation | undefined;
  /** The first that was made after it. */
  after(atNs: number): Operation | undefined;
}

/** None of these calls is refused: that one changed nothing. */
const mayEnd = (call: Operation): boolean =>
  call.kind === 'release' || call.kind === 'cancel' || isLate(call);

/** True for a checkout whose answer names another hold: the one that it was about had lapsed by then. */
const isLate = ({ newHold }: Operation): boolean => newHold !== undefined;

/**
 * Finds the endings of each name that is wanted. A thing may also be ended by another name of it: its hold by that of its order.
 *
 * @param calls all that changed something or may have, in the order of invocation
 */
export function findEndings(
  calls: readonly Operation[],
  isWanted: (sort: Sort, name: string) => boolean,
): (sort: Sort, name: string) => Endings {
  const aliases = findAliases(calls, isWanted);
  const ends = groupBy(
    calls.filter(mayEnd).flatMap((call) => namesEnded(call, aliases).map((key) => ({ key, call }))),
    ({ key }) => key,
  );
  const checkouts = groupBy(calls, ({ kind, outcome, hold, newHold = hold }) =>
    kind === 'confirm' && outcome !== 'fail' ? newHold : undefined,
  );
  return (sort, name) => {
    const ended = (ends.get(keyOf(sort, name)) ?? []).map(({ call }) => call);
    const sold = sort === 'hold' ? (checkouts.get(name) ?? []) : [];
    const endsWithin = createCallsWithin(ended);
    const salesWithin = createCallsWithin(sold);
    return {
      mayEnd: (fromNs, toNs) => endsWithin(fromNs, toNs, 1).length > 0,
      onlyEnd(fromNs, toNs) {
        const [only, other] = endsWithin(fromNs, toNs, 2);
        return other === undefined ? only : undefined;
      },
      maySell: (fromNs, toNs, besides) =>
        salesWithin(fromNs, toNs, 2).some((call) => call !== besides),
      sales: inOrder(sold.filter(isYes)),
      ends: inOrder(ended.filter(isYes)),
    };
  };
}

const isYes = ({ outcome }: Operation): boolean => outcome === 'ok';

const keyOf = (sort: Sort, name: string): string => `${sort} ${name}`;

/** The names of the thing that an answer is about. The order of a late checkout is for its new hold. */
function* namesIn(call: Operation): Generator<{ sort: Sort; name: string }> {
  for (const field of NAME_FIELDS) {
    const name = field === 'hold' && isLate(call) ? undefined : call[field];
    if (name !== undefined) yield { sort: sortOf(field), name };
  }
}

/** For each name that stands in an answer beside a name that is wanted, the latter. */
function findAliases(
  calls: readonly Operation[],
  isWanted: (sort: Sort, name: string) => boolean,
): Map<string, Set<string>> {
  const aliases = new Map<string, Set<string>>();
  for (const call of calls) {
    if (call.outcome === 'fail') continue;
    const names = [...namesIn(call)];
    for (const { sort, name } of names) {
      if (!isWanted(sort, name)) continue;
      for (const other of names) {
        const key = keyOf(other.sort, other.name);
        const meant = aliases.get(key);
        if (meant === undefined) aliases.set(key, new Set([keyOf(sort, name)]));
        else meant.add(keyOf(sort, name));
      }
    }
  }
  return aliases;
}

/** The names of the things that a call ended. What a late checkout was about has no other name: its order is for another hold. */
function namesEnded(call: Operation, aliases: Map<string, Set<string>>): string[] {
  if (isLate(call)) return [keyOf('hold', call.hold ?? '')];
  const names = [...namesIn(call)];
  return [
    ...new Set(names.flatMap(({ sort, name }) => [...(aliases.get(keyOf(sort, name)) ?? [])])),
  ];
}

function inOrder(calls: readonly Operation[]): CallsInOrder {
  const invokedNs = Float64Array.from(calls, ({ invokedAtNs }) => invokedAtNs);
  return {
    before: (atNs) => calls[countUpTo(invokedNs, atNs) - 1],
    after: (atNs) => calls[countUpTo(invokedNs, atNs)],
  };
}

/**
 * Creates the search for the last calls that may have taken effect between two moments, so many at most.
 *
 * @param calls in the order of invocation
 */
function createCallsWithin(
  calls: readonly Operation[],
): (fromNs: number, toNs: number, count: number) => Operation[] {
  const invokedNs = Float64Array.from(calls, ({ invokedAtNs }) => invokedAtNs);
  let latest = Number.NEGATIVE_INFINITY;
  /** The latest moment at which the calls up to each place were answered. */
  const answeredNs = calls.map(({ completedAtNs }) => {
    latest = Math.max(latest, completedAtNs);
    return latest;
  });
  return (fromNs, toNs, count) => {
    const found: Operation[] = [];
    let place = countUpTo(invokedNs, toNs) - 1;
    for (; place >= 0 && (answeredNs[place] as number) >= fromNs; place--) {
      const call = calls[place] as Operation;
      if (call.completedAtNs >= fromNs && found.push(call) === count) break;
    }
    return found;
  };
}

/** Creates the test for buyers who may have given something back, by a moment, without a word of what. */
export function createNamelessTest(
  calls: readonly Operation[],
): (buyer: string | undefined, untilNs: number) => boolean {
  const firstNs = new Map<string | undefined, number>();
  for (const call of calls) {
    const { hold, order, buyer, invokedAtNs } = call;
    if (!mayEnd(call) || hold !== undefined || order !== undefined || firstNs.has(buyer)) continue;
    firstNs.set(buyer, invokedAtNs);
  }
  const isBy = (buyer: string | undefined, untilNs: number): boolean =>
    (firstNs.get(buyer) ?? Number.POSITIVE_INFINITY) <= untilNs;
  return (buyer, untilNs) => isBy(buyer, untilNs) || isBy(undefined, untilNs);
}

/**
 * Creates the search for the moment after which a buyer got the hold that a checkout names. A wish got it by its first call.
 *
 * @param calls all that changed something or may have, in the order of invocation
 */
export function createReservationSearch(
  calls: readonly Operation[],
): (checkout: Operation) => number {
  const keyOf = ({ buyer, hold }: Operation): string => `${buyer} ${hold}`;
  const given = lazy(() =>
    groupBy(
      calls.filter(({ kind }) => kind === 'reserve'),
      keyOf,
    ),
  );
  return (checkout) => {
    const givings = given().get(keyOf(checkout)) ?? [];
    const last = givings.findLast(({ completedAtNs }) => completedAtNs <= checkout.invokedAtNs);
    const first = givings.find(({ idempotencyKey: key }) => key && key === last?.idempotencyKey);
    return (first ?? last)?.invokedAtNs ?? Number.NEGATIVE_INFINITY;
  };
}
