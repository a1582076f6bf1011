import { groupBy } from '../../../kernel/group-by.ts';
import type { Comparable } from './comparable.ts';
import { isUnanswered, type MatchedCall, type MatchedRow, mustHaveRow } from './row-and-call.ts';

/**
 * The rows with the ids of the calls that were told of them. A described shop may grant a wish that it has granted before, to a call
 * that got no answer, and keep the id of that call: its row is the only one of both.
 *
 * @param calls in the order of invocation
 */
export function underToldCalls(
  rows: readonly MatchedRow[],
  calls: readonly MatchedCall[],
  { knowsIds }: Pick<Comparable, 'knowsIds'>,
): readonly MatchedRow[] {
  const unanswered = new Map<string, MatchedCall>();
  for (const call of calls.filter(isUnanswered)) {
    for (const callId of call.callIds) unanswered.set(callId, call);
  }
  const left = rows.flatMap((row) => {
    const asked = row.callIds.map((callId) => unanswered.get(callId)).find((call) => call);
    return asked === undefined ? [] : [{ row, asked }];
  });
  if (left.length === 0) return rows;

  const named = new Set(rows.flatMap(({ callIds }) => callIds));
  const ofWish = groupBy(left, ({ asked }) => wishOf(asked));
  const toldOf = new Map<MatchedRow, MatchedCall>();
  for (const call of calls.filter(mustHaveRow)) {
    if (call.callIds.some((callId) => named.has(callId))) continue;
    const { id, operation } = call;
    const first = ofWish
      .get(wishOf(call))
      ?.find(
        ({ row, asked }) =>
          !toldOf.has(row) &&
          asked.operation.invokedAtNs < operation.completedAtNs &&
          (!knowsIds || id === undefined || row.id === null || row.id === id),
      );
    if (first !== undefined) toldOf.set(first.row, call);
  }
  return rows.map((row) => {
    const told = toldOf.get(row);
    return told === undefined ? row : { ...row, callIds: told.callIds };
  });
}

/** A text that is the same for calls that ask for the same. */
function wishOf({ operation: { kind, hold }, sku, buyer, quantity }: MatchedCall): string {
  return [kind, sku, buyer, quantity, kind === 'confirm' && hold].join(' ');
}
