import type { Operation, OperationKind } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';

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
  const groups = groupBy(calls, (call) => `${call.kind} ${nameAnswer(call)}`);
  const times = new Map<string, CallTimes>();
  for (const [key, ofGroup] of groups) {
    times.set(key, {
      answeredNs: sorted(
        ofGroup.filter((call) => !isRepeated(call)).map((call) => call.completedAtNs),
      ),
      invokedNs: sorted(ofGroup.map(({ invokedAtNs }) => invokedAtNs)),
    });
  }
  return { of: (kind, answer) => times.get(`${kind} ${answer}`) ?? NONE };
}

const sorted = (times: number[]): Float64Array => Float64Array.from(times).sort();
