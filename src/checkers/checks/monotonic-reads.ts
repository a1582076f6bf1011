import { countWhere } from '../../kernel/count-where.ts';
import { count } from '../../kernel/wording.ts';
import type { Checker } from '../checker.ts';
import { findWrongCounts } from './monotonic-reads/counts.ts';
import { findChangedDecision, isDecisionRead } from './monotonic-reads/decisions.ts';
import { findDecisionOfNothing } from './monotonic-reads/decisions-of-nothing.ts';
import { isStockRead } from './monotonic-reads/finding.ts';
import { measureStaleness } from './monotonic-reads/numbers.ts';

/**
 * A buyer who was shown something older than what somebody had been told before the call, or something that never was: a
 * sequence number that goes back in a read or a refusal; counts that the stock never had, or that are not its total; a
 * decision over an attempt that is another one the next time, or over one that was not made.
 *
 * A target may answer reads from a cache (`readLagMs`). Numbers make the check exact; without them, counts are compared
 * with the ledger's movements at that time, and with the fewest and the most units that the answers allow.
 */
export const monotonicReads: Checker = {
  name: 'monotonic-reads',
  needs: [],
  check(evidence) {
    const { operations } = evidence;
    const stockReads = countWhere(operations, isStockRead);
    const decisionReads = countWhere(operations, isDecisionRead);
    const refusals = countWhere(
      operations,
      ({ outcome, sequence }) => outcome === 'fail' && sequence !== undefined,
    );
    if (stockReads + decisionReads + refusals === 0) {
      return { status: 'skipped', summary: 'nobody was shown the stock or a decision' };
    }
    const { readsBehindMs, wrong: stale } = measureStaleness(evidence);
    const wrong =
      stale ??
      findWrongCounts(evidence) ??
      findChangedDecision(evidence) ??
      findDecisionOfNothing(evidence);
    if (wrong !== undefined) return { status: 'invalid', ...wrong };
    const behind =
      readsBehindMs === undefined
        ? ''
        : `; reads were at most ${Number(readsBehindMs.toFixed(1))} ms behind`;
    const parts = [
      ...(stockReads > 0 ? [count(stockReads, 'stock read')] : []),
      ...(decisionReads > 0
        ? [count(decisionReads, 'read of a decision', 'reads of decisions')]
        : []),
      ...(refusals > 0 ? [count(refusals, 'numbered refusal')] : []),
    ];
    return {
      status: 'valid',
      summary: `${new Intl.ListFormat('en').format(parts)} never went back${behind}`,
    };
  },
};
