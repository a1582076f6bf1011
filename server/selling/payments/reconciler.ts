import type { Payment } from './payment.ts';
import type { PaymentStore } from './store.ts';

/** Payments settled at the same time. A provider that hangs makes each of them wait for as long as a call may take. */
const AT_ONCE = 16;

/**
 * Settles payments that nobody else has: asks the provider what became of a charge, sells what was paid for, gives back
 * what has to go back. Any number of processes may do so at the same time.
 *
 * @returns a pass over up to `limit` payments that are due; answers how many those were
 * @throws when some could not be looked after; the others were, and these come again
 */
export function createReconciler(deps: {
  store: Pick<PaymentStore, 'claimDue' | 'forgetEvents'>;
  settle(payment: Payment): Promise<void>;
  /** How long a webhook can be played again. */
  forgetEventsAfterMs: number;
}): (limit: number) => Promise<number> {
  const { store, settle, forgetEventsAfterMs } = deps;

  return async function settleDue(limit) {
    await store.forgetEvents(forgetEventsAfterMs);
    let count = 0;
    const failures: unknown[] = [];
    while (count < limit) {
      const due = await store.claimDue(Math.min(AT_ONCE, limit - count));
      const results = await Promise.allSettled(due.map(settle));
      failures.push(
        ...results.flatMap((result) => (result.status === 'rejected' ? result.reason : [])),
      );
      count += due.length;
      if (due.length < AT_ONCE) break;
    }
    if (failures.length > 0) {
      throw new AggregateError(failures, `${failures.length} payments could not be looked after`);
    }
    return count;
  };
}
