import type { Operation } from '../../history/operation.ts';
import type { Evidence } from '../evidence.ts';
import { ofBuyer } from './ledger-index.ts';

/** A call for units, as far as it matters for a race. */
export type RacingCall = Pick<
  Operation,
  'kind' | 'outcome' | 'code' | 'invokedAtNs' | 'completedAtNs'
>;

/** The calls for one SKU, with its attempts as their buyers learned of them. */
export interface DecidedCalls {
  calls: RacingCall[];
  /** True for an attempt that failed when its SKU was sold out. */
  isSoldOut(call: RacingCall): boolean;
}

/**
 * Reads attempts as if they had been answered when their buyers were told of the decision. Their buyers learn "no" without a
 * reason, so it means "sold out" only where those who were told "yes" have all the units.
 */
export function createAttemptReader({
  operations,
}: Evidence): (calls: Operation[], total: number) => DecidedCalls {
  const told = new Map<string, Operation>();
  for (const read of operations) {
    const decision = read.observed?.decision;
    if (decision !== 'SUCCESS' && decision !== 'FAILED') continue;
    const key = ofBuyer(read.sku, read.buyer);
    const before = told.get(key);
    // A buyer with a success has it from the first answer that told of it, whatever other attempts came to.
    const isNews = before === undefined || before.observed?.decision !== 'SUCCESS';
    if (isNews && (before === undefined || decision === 'SUCCESS')) told.set(key, read);
  }
  return (calls, total) => {
    if (told.size === 0) return { calls, isSoldOut: () => false };
    const declined = new Set<RacingCall>();
    const sold = new Map<string, number>();
    const decided = calls.map((call): RacingCall => {
      const key = ofBuyer(call.sku, call.buyer);
      const answer = call.kind === 'attempt' && call.outcome === 'ok' ? told.get(key) : undefined;
      if (answer === undefined) return call;
      const isSold = answer.observed?.decision === 'SUCCESS';
      const asTold: RacingCall = {
        kind: call.kind,
        outcome: isSold ? 'ok' : 'fail',
        invokedAtNs: call.invokedAtNs,
        completedAtNs: Math.max(call.completedAtNs, answer.completedAtNs),
      };
      if (isSold) sold.set(key, call.quantity);
      else declined.add(asTold);
      return asTold;
    });
    const units = [...sold.values()].reduce((sum, quantity) => sum + quantity, 0);
    return { calls: decided, isSoldOut: (call) => units >= total && declined.has(call) };
  };
}
