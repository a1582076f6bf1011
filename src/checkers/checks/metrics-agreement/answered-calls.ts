import { NOT_ALONE, type Operation, type OperationKind } from '../../../history/operation.ts';

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

/** The answer of a checkout whose payment is under way. */
export const ACCEPTED = 'accepted';
/** No definite answer. */
export const OPEN = 'open';

export const requestKindOf = ({ kind, basket }: Operation): RequestKind =>
  basket === undefined ? kind : `${kind}-basket`;

/** The answer to a call in one word: `ok`, the code of a refusal, `accepted`, or `open`. */
export function answerOf({ outcome, status, code }: Operation): string {
  if (outcome === 'ok') return 'ok';
  if (outcome === 'fail') return code ?? `status ${status}`;
  return status === 202 ? ACCEPTED : OPEN;
}

const NONE: CallTimes = { answeredNs: new Float64Array(), invokedNs: new Float64Array() };

/**
 * Sorts the times of calls by kind and answer. The times of an answer are not collected before they are asked for: most
 * answers are never compared.
 *
 * @param calls in the order of invocation
 * @param isRepeated true for calls that the server may have answered from memory, or another one
 * @param names the answer in one word, `answerOf` if not given, and the kind, `requestKindOf` if not given
 */
export function sortCalls(
  calls: Operation[],
  isRepeated: (call: Operation) => boolean,
  { nameAnswer = answerOf, nameKind = requestKindOf } = {},
): AnsweredCalls {
  const answering = answeringLines(calls);
  const groups = createGroups();
  /** By the place of a call, the number of its group. */
  const numbers = new Uint32Array(calls.length);
  for (const [place, call] of calls.entries()) {
    if (call.basket !== undefined && answering.get(call.basket) !== call.id) continue;
    const group = groups.of(nameKind(call), nameAnswer(call));
    group.size++;
    numbers[place] = group.number;
  }

  function timesOf({ number, size }: Group): CallTimes {
    const answeredNs = new Float64Array(size);
    const invokedNs = new Float64Array(size);
    let invoked = 0;
    let answered = 0;
    for (let place = 0; invoked < size; place++) {
      if (numbers[place] !== number) continue;
      const call = calls[place] as Operation;
      invokedNs[invoked++] = call.invokedAtNs;
      if (!isRepeated(call)) answeredNs[answered++] = call.completedAtNs;
    }
    // Calls come in the order of their times already.
    return { answeredNs: answeredNs.subarray(0, answered).sort(), invokedNs };
  }

  return {
    of(kind, answer) {
      const group = groups.known(kind, answer);
      if (group === undefined) return NONE;
      group.times ??= timesOf(group);
      return group.times;
    },
  };
}

/** By the name of a basket, the line with whose answer the whole request was answered: the first one that was refused itself. */
function answeringLines(calls: Operation[]): Map<string, number> {
  const answering = new Map<string, number>();
  const notAlone = new Set<string>();
  for (const { id, basket, code } of calls) {
    if (basket === undefined || (answering.has(basket) && !notAlone.has(basket))) continue;
    if (code === NOT_ALONE) notAlone.add(basket);
    else notAlone.delete(basket);
    answering.set(basket, id);
  }
  return answering;
}

/** The calls of one kind with one answer. */
interface Group {
  number: number;
  size: number;
  times?: CallTimes;
}

function createGroups() {
  const kinds = new Map<RequestKind, Map<string, Group>>();
  // No call that is left out has the number of a group.
  let groups = 1;
  return {
    known: (kind: RequestKind, answer: string): Group | undefined => kinds.get(kind)?.get(answer),
    of(kind: RequestKind, answer: string): Group {
      const answers = kinds.get(kind) ?? new Map<string, Group>();
      if (answers.size === 0) kinds.set(kind, answers);
      const group = answers.get(answer) ?? { number: groups++, size: 0 };
      if (group.size === 0) answers.set(answer, group);
      return group;
    },
  };
}
