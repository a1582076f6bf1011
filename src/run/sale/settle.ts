import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import { count } from '../../kernel/wording.ts';
import type { LedgerRow } from '../../protocol/ledger.ts';
import type { AdminApi } from './admin-api.ts';

const FIRST_PAUSE_MS = 250;

/**
 * Reads the books again and again until nothing in them is under way any more: no hold that may still lapse, no event to
 * be delivered, no attempt or payment undecided, no refund to be made, a hot store that agrees. Answers with what still
 * is when `waitMs` is over, in words; nothing when the books are at rest.
 *
 * A ledger takes longer to read the more was sold, so the pauses grow with it.
 */
export async function untilAtRest(
  admin: AdminApi,
  options: {
    skuIds: string[];
    /** Whether reservations are waited for: long-lived ones end the run as they are. */
    holds: boolean;
    waitMs: number;
    clock: Clock;
    signal: AbortSignal;
  },
): Promise<string[]> {
  const { skuIds, holds, waitMs, clock, signal } = options;
  const deadlineNs = clock.monotonicNs() + waitMs * 1e6;
  for (;;) {
    const readFromNs = clock.monotonicNs();
    const left = await readWhatIsOpen(admin, skuIds, holds).catch((): string[] => {
      signal.throwIfAborted();
      // A server on its way back from a fault; whoever reads the final books says what is wrong with it.
      return ['books that cannot be read'];
    });
    const leftMs = (deadlineNs - clock.monotonicNs()) / 1e6;
    if (left.length === 0 || leftMs <= 0) return left;
    const tookMs = (clock.monotonicNs() - readFromNs) / 1e6;
    await delay(Math.min(leftMs, Math.max(FIRST_PAUSE_MS, 2 * tookMs)), undefined, { signal });
  }
}

async function readWhatIsOpen(
  admin: AdminApi,
  skuIds: string[],
  withHolds: boolean,
): Promise<string[]> {
  let [holds, attempts, payments, refunds, events] = [0, 0, 0, 0, 0];
  const ended = new Set<string>();
  const available = new Map<string, number>();
  const believed = new Map<string, number>();
  const look = (row: LedgerRow): void => {
    if (row.row === 'reservation' && row.status === 'RESERVED') holds += 1;
    if (row.row === 'attempt' && row.status === 'PENDING') attempts += 1;
    // Orders come before their payments.
    if (row.row === 'order' && (row.status === 'FAILED' || row.status === 'CANCELLED')) {
      ended.add(row.orderId);
    }
    if (row.row === 'payment' && row.status === 'PENDING') payments += 1;
    if (row.row === 'payment' && row.status === 'CHARGED' && ended.has(row.orderId ?? '')) {
      refunds += 1;
    }
    if (row.row === 'backlog') events += row.pending;
    if (row.row === 'inventory') available.set(row.skuId, row.available);
    if (row.row === 'hot_stock' && row.available !== null) believed.set(row.skuId, row.available);
  };
  for (const skuId of skuIds) {
    for await (const row of admin.readLedger(skuId)) look(row);
  }
  const isDrifted = [...believed].some(([skuId, units]) => available.get(skuId) !== units);
  return [
    ...(withHolds && holds > 0 ? [count(holds, 'live reservation')] : []),
    ...(attempts > 0 ? [count(attempts, 'undecided attempt')] : []),
    ...(payments > 0 ? [count(payments, 'undecided payment')] : []),
    ...(refunds > 0 ? [count(refunds, 'refund')] : []),
    ...(events > 0 ? [`${count(events, 'event')} to deliver`] : []),
    ...(isDrifted ? ['a hot store that differs from the ledger'] : []),
  ];
}
