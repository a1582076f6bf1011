import type { Payment } from './payment.ts';
import type { PaymentStore } from './store.ts';

/** Payments that are settled at the same time. With a provider that hangs, each takes as long as a call may take. */
const AT_ONCE = 16;

/**
 * Settles payments that neither a checkout nor a webhook has settled: looks up the result of a charge, sells units that
 * were paid for, refunds payments of orders that failed. Any number of processes may do this at the same time.
 *
 * @returns a function that settles up to `limit` payments that are due and resolves to their number. It rejects when some
 *   could not be settled; all others were, and the failed ones become due again.
 */
export function createReconciler(deps: {
  store: Pick<PaymentStore, 'claimDue' | 'deleteEvents'>;
  settle(payment: Payment): Promise<void>;
  /** Time after which a repeated webhook is refused anyway, because its signature is too old. */
  deleteEventsAfterMs: number;
}): (limit: number) => Promise<number> {
  const { store, settle, deleteEventsAfterMs } = deps;

  return async function settleDue(limit) {
    await store.deleteEvents(deleteEventsAfterMs);
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
      throw new AggregateError(failures, `${failures.length} payments could not be settled`);
    }
    return count;
  };
}
