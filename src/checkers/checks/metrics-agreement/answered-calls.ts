import type { Operation, OperationKind } from '../../../history/operation.ts';

/** The times of calls of one kind with one answer, in nanoseconds, ascending. */
export interface CallTimes {
  /** The answers to calls that were surely decided on their own. */
  answeredNs: Float64Array;
  /** The beginnings of all calls with this answer. */
  invokedNs: Float64Array;
}

/** The times of some calls by kind and answer. */
export interface AnsweredCalls {
  of(kind: OperationKind, answer: string): CallTimes;
}

/** The answer of a checkout whose payment is under way. */
export const ACCEPTED = 'accepted';
/** No definite answer. */
export const OPEN = 'open';

/** The answer to a call in one word: `ok`, the code of a refusal, `accepted`, or `open`. */
export function answerOf({ outcome, status, code }: Operation): string {
  if (outcome === 'ok') return 'ok';
  if (outcome === 'fail') return code ?? `status ${status}`;
  return status === 202 ? ACCEPTED : OPEN;
}

const NONE: CallTimes = { answeredNs: new Float64Array(), invokedNs: new Float64Array() };

/**
 * Sorts the times of calls by kind and answer.
 *
 * @param isRepeated true for calls that the server may have answered from memory
 * @param nameAnswer the answer in one word, `answerOf` if not given
 */
export function sortCalls(
  calls: Operation[],
  isRepeated: (call: Operation) => boolean,
  nameAnswer = answerOf,
): AnsweredCalls {
  const kinds = new Map<OperationKind, Map<string, UnsortedTimes>>();
  for (const call of calls) {
    const { answeredNs, invokedNs } = timesOf(call.kind, nameAnswer(call), kinds);
    invokedNs.push(call.invokedAtNs);
    if (!isRepeated(call)) answeredNs.push(call.completedAtNs);
  }
  return {
    of(kind, answer) {
      const times = kinds.get(kind)?.get(answer);
      if (times === undefined) return NONE;
      times.sorted ??= { answeredNs: sort(times.answeredNs), invokedNs: sort(times.invokedNs) };
      return times.sorted;
    },
  };
}

/** The times of calls with one answer, in the order of the calls. Most answers are never compared. */
interface UnsortedTimes {
  answeredNs: number[];
  invokedNs: number[];
  sorted?: CallTimes;
}

function timesOf(
  kind: OperationKind,
  answer: string,
  kinds: Map<OperationKind, Map<string, UnsortedTimes>>,
): UnsortedTimes {
  let answers = kinds.get(kind);
  if (answers === undefined) {
    answers = new Map();
    kinds.set(kind, answers);
  }
  let times = answers.get(answer);
  if (times === undefined) {
    times = { answeredNs: [], invokedNs: [] };
    answers.set(answer, times);
  }
  return times;
}

const sort = (times: number[]): Float64Array => new Float64Array(times).sort();
