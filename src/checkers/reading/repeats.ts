import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';

export interface Wishes {
  /**
   * The calls in the order of invocation, with those that repeat one idempotency key folded into one: it was asked for
   * with the first of them, answered with the first yes any of them got, and is open while none did. Calls that were
   * refused stand for themselves, since a refusal with a key leaves that key's effect to another call.
   */
  calls: Operation[];
  /** The call ids under which a server may have stored the effect of a call, folded or as recorded. */
  callIdsOf(call: Operation): string[];
  /** Whether other calls carry the same key, so that the server may have answered from memory. */
  isRepeated(operation: Operation): boolean;
}

/** What buyers wanted, as opposed to how often they asked for it. */
export const findWishes = memoized(({ operations }: Evidence): Wishes => {
  const repeated = new Set<Operation>();
  const foldedOf = new Map<Operation, Operation | undefined>();
  const callIds = new Map<Operation, string[]>();
  for (const same of groupByKey(operations)) {
    if (same.length === 1) continue;
    for (const operation of same) repeated.add(operation);
    const open = same.filter(({ outcome }) => outcome !== 'fail');
    if (open.length < 2) continue;
    const folded = fold(open as [Operation, ...Operation[]]);
    const names = open.flatMap(({ callId }) => callId ?? []);
    callIds.set(folded, names);
    for (const [place, operation] of open.entries()) {
      callIds.set(operation, names);
      foldedOf.set(operation, place === 0 ? folded : undefined);
    }
  }
  const calls =
    foldedOf.size === 0
      ? operations
      : operations.flatMap((operation) =>
          foldedOf.has(operation) ? (foldedOf.get(operation) ?? []) : operation,
        );
  return {
    calls,
    callIdsOf: (call) =>
      callIds.get(call) ?? (call.callId === undefined ? NO_CALL_ID : [call.callId]),
    isRepeated: (operation) => repeated.has(operation),
  };
});

const NO_CALL_ID: string[] = [];

/** The calls that carry a key, each with those that carry the same. */
export const groupByKey = (operations: Operation[]): [Operation, ...Operation[]][] =>
  [...groupBy(operations, keyOf).values()] as [Operation, ...Operation[]][];

/** A key belongs to the buyer who made it up, and to one kind of call. */
const keyOf = ({ kind, buyer, idempotencyKey }: Operation): string | undefined =>
  idempotencyKey === undefined ? undefined : `${kind} ${idempotencyKey} ${buyer}`;

function fold(calls: [Operation, ...Operation[]]): Operation {
  const [first] = calls;
  let told: Operation | undefined;
  for (const call of calls) {
    if (call.outcome !== 'ok') continue;
    if (told === undefined || call.completedAtNs < told.completedAtNs) told = call;
  }
  return told === undefined || told === first
    ? { ...first }
    : { ...told, id: first.id, invokedAtNs: first.invokedAtNs };
}
