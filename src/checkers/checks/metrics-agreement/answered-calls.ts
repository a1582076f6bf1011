import { NOT_ALONE, type Operation, type OperationKind } from '../../../history/operation.ts';
import { entryOf } from '../../../kernel/group-by.ts';
import { memoized } from '../../../kernel/memo.ts';

/** The times of calls of one kind with one answer, in nanoseconds, ascending. */
export interface CallTimes {
  /** The answers to calls that were surely decided on their own. */
  answeredNs: Float64Array;
  /** The beginnings of all calls with this answer. */
  invokedNs: Float64Array;
}

/** The kind of a request: what it does, and if it does it to a basket. */
export type RequestKind = OperationKind | `${OperationKind}-basket`;

/** The times of some calls by kind and answer. */
export interface AnsweredCalls {
  of(kind: RequestKind, answer: string): CallTimes;
}

/** The facts by which counters tell calls apart. */
export type CountedFacts = Pick<Operation, 'kind' | 'basket' | 'outcome' | 'status' | 'code'>;

/** Calls that no counter tells apart. */
export interface CallSort {
  size: number;
  /** The places of its calls, ascending. */
  places: Uint32Array;
  /** The facts of one of them. */
  like: CountedFacts;
  /** True if they carried an Idempotency-Key. */
  hasKey: boolean;
  /** True for lines of baskets that were answered with another line. */
  isOtherLine: boolean;
}

/** Calls with the sort of each. */
export interface SortedCalls {
  /** In the order of invocation. */
  calls: Operation[];
  sorts: readonly CallSort[];
}

/** The answer of a checkout whose payment is under way. */
export const ACCEPTED = 'accepted';
/** No definite answer. */
export const OPEN = 'open';

export const requestKindOf = ({ kind, basket }: CountedFacts): RequestKind =>
  basket === undefined ? kind : `${kind}-basket`;

/** The answer to a call in one word: `ok`, the code of a refusal, `accepted`, or `open`. */
export function answerOf({ outcome, status, code }: CountedFacts): string {
  if (outcome === 'ok') return 'ok';
  if (outcome === 'fail') return code ?? `status ${status}`;
  return status === 202 ? ACCEPTED : OPEN;
}

/** Sorts calls, which come in the order of invocation. A big sale has a million calls, and some ten sorts of them. */
export const sortCalls = memoized((calls: Operation[]): SortedCalls => {
  const answering = answeringLines(calls);
  const sorts: NumberedSort[] = [];
  const byCode = new Map<string | undefined, NumberedSort[]>();
  const sortOf = new Uint32Array(calls.length);
  for (const [place, call] of calls.entries()) {
    const { basket } = call;
    const isOtherLine = basket !== undefined && answering.get(basket) !== call.id;
    const alike = entryOf(byCode, call.code, () => []);
    let sort = alike.find((each) => each.isOtherLine === isOtherLine && isOfSort(call, each));
    if (sort === undefined) {
      sort = newSort(call, isOtherLine, sorts.length);
      alike.push(sort);
      sorts.push(sort);
    }
    sort.size++;
    sortOf[place] = sort.number;
  }
  return { calls, sorts: withPlaces(sorts, sortOf) };
});

type NumberedSort = Omit<CallSort, 'places'> & { number: number };

/** @param sortOf by the place of a call, the number of its sort */
function withPlaces(sorts: NumberedSort[], sortOf: Uint32Array): CallSort[] {
  const all = new Uint32Array(sortOf.length);
  let behind = 0;
  const begins = sorts.map(({ size }) => {
    behind += size;
    return behind - size;
  });
  const next = Uint32Array.from(begins);
  for (const [place, sort] of sortOf.entries()) {
    all[next[sort] as number] = place;
    next[sort] = (next[sort] as number) + 1;
  }
  return sorts.map(({ number, ...sort }) => ({
    ...sort,
    places: all.subarray(begins[number], next[number]),
  }));
}

/** True for a call of a sort. Its code is that of the sort. */
const isOfSort = (call: Operation, { like, hasKey }: NumberedSort): boolean =>
  call.kind === like.kind &&
  call.status === like.status &&
  call.outcome === like.outcome &&
  (call.idempotencyKey !== undefined) === hasKey &&
  (call.basket === undefined) === (like.basket === undefined);

const newSort = (call: Operation, isOtherLine: boolean, number: number): NumberedSort => {
  const { kind, basket, outcome, status, code, idempotencyKey } = call;
  const like = { kind, basket, outcome, status, code };
  return { number, size: 0, like, hasKey: idempotencyKey !== undefined, isOtherLine };
};

const NONE: CallTimes = { answeredNs: new Float64Array(), invokedNs: new Float64Array() };

/**
 * Finds the times of calls by kind and answer. Those of an answer are not collected before they are asked for: most answers are
 * never compared.
 *
 * @param isRepeated true for calls that the server may have answered from memory, or another one
 * @param names the answer in one word, `answerOf` if not given, and the kind, `requestKindOf` if not given
 */
export function timesOfCalls(
  { calls, sorts }: SortedCalls,
  isRepeated: (call: Operation) => boolean,
  { nameAnswer = answerOf, nameKind = requestKindOf } = {},
): AnsweredCalls {
  const known = new Map<string, CallTimes>();

  function timesOf(kind: RequestKind, answer: string): CallTimes {
    const wanted = sorts.filter(
      ({ like, isOtherLine }) =>
        !isOtherLine && nameKind(like) === kind && nameAnswer(like) === answer,
    );
    const size = wanted.reduce((sum, sort) => sum + sort.size, 0);
    if (size === 0) return NONE;
    const answeredNs = new Float64Array(size);
    const invokedNs = new Float64Array(size);
    let invoked = 0;
    let answered = 0;
    for (const { places } of wanted) {
      for (let at = 0; at < places.length; at++) {
        const call = calls[places[at] as number] as Operation;
        invokedNs[invoked++] = call.invokedAtNs;
        if (!isRepeated(call)) answeredNs[answered++] = call.completedAtNs;
      }
    }
    // The calls of one sort come in the order of their times already.
    if (wanted.length > 1) invokedNs.sort();
    return { answeredNs: answeredNs.subarray(0, answered).sort(), invokedNs };
  }

  return { of: (kind, answer) => entryOf(known, `${kind} ${answer}`, () => timesOf(kind, answer)) };
}

/** By the name of a basket, the line with whose answer the whole request was answered: the first one that was refused itself. */
function answeringLines(calls: Operation[]): Map<string, number> {
  const answering = new Map<string, number>();
  const notAlone = new Set<string>();
  for (const call of calls) {
    const { basket } = call;
    if (basket === undefined || (answering.has(basket) && !notAlone.has(basket))) continue;
    if (call.code === NOT_ALONE) notAlone.add(basket);
    else notAlone.delete(basket);
    answering.set(basket, call.id);
  }
  return answering;
}
