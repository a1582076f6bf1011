import { copyOf, type Operation, type SaleFacts } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';
import { groupToldAgain, withSalesOfReserved } from './told-again.ts';

/** The calls, with repetitions of one wish folded into one call. */
export interface Wishes {
  /**
   * The calls in the order of invocation. Calls that repeat one idempotency key are folded into one call: it begins with
   * the first of them, carries the first yes that any of them got, and is open while none got one. Calls that were
   * refused stay apart, because a refusal with a key leaves that key's effect to another call. Attempts of a buyer that
   * were accepted with one id are one as well, and so are calls to a described shop that answered with one hold or one order.
   */
  calls: Operation[];
  /** The call ids under which a server may have stored the effect of a call. Takes a folded call or a recorded one. */
  callIdsOf(call: Operation): string[];
  /** True when other calls carry the same key, so that the server may have answered from memory. */
  isRepeated(operation: Operation): boolean;
  /** True for a call that is folded into an earlier one. Until it sees the effect of that one, it may hold units of its own. */
  isSecond(operation: Operation): boolean;
  /** The earliest moment at which the answer to a call may have been decided. An answer from memory is as old as its key. */
  decidedFromNs(operation: Operation): number;
}

/** Finds the buyers' wishes: however often a wish was sent with one idempotency key, it counts once. */
export const findWishes = memoized(({ operations, sale }: Evidence): Wishes => {
  const firstOf = new Map<Operation, Operation>();
  const foldedOf = new Map<Operation, Operation | undefined>();
  /** By the ids of the calls: a folded call has that of its first. */
  const callIds = new Map<number, string[]>();
  for (const same of groupByKey(operations)) {
    if (same.length === 1) continue;
    for (const operation of same) firstOf.set(operation, same[0]);
    const open = same.filter(({ outcome }) => outcome !== 'fail');
    if (open.length < 2) continue;
    const folded = fold(open as [Operation, ...Operation[]]);
    const names = open.flatMap(({ callId }) => callId ?? []);
    callIds.set(folded.id, names);
    for (const [place, operation] of open.entries()) {
      callIds.set(operation.id, names);
      foldedOf.set(operation, place === 0 ? folded : undefined);
    }
  }
  const byKey =
    foldedOf.size === 0
      ? operations
      : operations.flatMap((operation) =>
          foldedOf.has(operation) ? (foldedOf.get(operation) ?? []) : operation,
        );
  const calls = foldToldAgain(withSalesOfReserved(byKey, sale), sale, callIds, firstOf);
  return {
    calls,
    callIdsOf: (call) =>
      callIds.get(call.id) ?? (call.callId === undefined ? NO_CALL_ID : [call.callId]),
    isRepeated: (operation) => firstOf.has(operation),
    isSecond: (operation) => foldedOf.has(operation) && foldedOf.get(operation) === undefined,
    decidedFromNs: (operation) => (firstOf.get(operation) ?? operation).invokedAtNs,
  };
});

const NO_CALL_ID: string[] = [];

/** Groups the calls that carry an idempotency key by that key. */
export const groupByKey = (operations: Operation[]): [Operation, ...Operation[]][] =>
  [...groupBy(operations, keyOf).values()] as [Operation, ...Operation[]][];

/** Folds calls whose answers tell a buyer of one thing. The later answers may come from memory. */
function foldToldAgain(
  calls: Operation[],
  sale: SaleFacts,
  callIds: Map<number, string[]>,
  firstOf: Map<Operation, Operation>,
): Operation[] {
  const namesOf = (call: Operation): string[] => callIds.get(call.id) ?? [call.callId ?? []].flat();
  const foldedOf = new Map<Operation, Operation | undefined>();
  for (const same of groupToldAgain(calls, sale)) {
    if (same.length < 2) continue;
    const folded = fold(same as [Operation, ...Operation[]]);
    const names = same.flatMap(namesOf);
    callIds.set(folded.id, names);
    for (const [place, call] of same.entries()) {
      callIds.set(call.id, names);
      foldedOf.set(call, place === 0 ? folded : undefined);
      if (place > 0 && call.kind !== 'attempt') firstOf.set(call, same[0] as Operation);
    }
  }
  if (foldedOf.size === 0) return calls;
  return calls.flatMap((call) => (foldedOf.has(call) ? (foldedOf.get(call) ?? []) : call));
}

/** A key belongs to one buyer and one kind of call. */
const keyOf = ({ kind, buyer, idempotencyKey }: Operation): string | undefined =>
  idempotencyKey === undefined ? undefined : `${kind} ${idempotencyKey} ${buyer}`;

/**
 * Folds calls of one wish into one call. Those without an answer never completed; one of them may have told of an order that
 * is still to be paid.
 */
function fold([first, ...others]: [Operation, ...Operation[]]): Operation {
  let answered = first;
  for (const call of others) {
    if (call.completedAtNs < answered.completedAtNs) answered = call;
  }
  const pending = others.find(({ order }) => order !== undefined);
  return {
    ...copyOf(answered),
    id: first.id,
    invokedAtNs: first.invokedAtNs,
    ...(answered.outcome === 'info' && answered.order === undefined
      ? { order: pending?.order, sku: answered.sku ?? pending?.sku }
      : {}),
  };
}
