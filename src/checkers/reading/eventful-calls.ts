import type { Operation } from '../../history/operation.ts';
import { memoized } from '../../kernel/memo.ts';

/**
 * The calls that changed something, or may have, with the refused checkouts and the reads of decisions: all but reads of the
 * stock and other refusals. In a big sale nearly all calls are one of these two, and most checks look at none of them.
 */
export const eventfulCalls = memoized((calls: readonly Operation[]): Operation[] =>
  calls.filter((call) => {
    const { kind } = call;
    if (kind === 'read') return call.observed?.decision !== undefined;
    return kind === 'confirm' || call.outcome !== 'fail';
  }),
);
