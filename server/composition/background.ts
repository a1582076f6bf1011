import { createFraudDetection } from '../events/consumers/fraud.ts';
import { createInventorySync } from '../events/consumers/inventory-sync.ts';
import { createNotification, mailbox } from '../events/consumers/notification.ts';
import type { Consumer } from '../events/event.ts';
import { createEvents } from '../events/index.ts';
import { createSweeper } from '../platform/sweeper.ts';
import type { Access } from './access.ts';
import type { Analytics } from './analytics.ts';
import type { Foundation } from './foundation.ts';
import type { Selling } from './selling.ts';
import type { Stock } from './stock.ts';

/** Expired sessions harm nobody and last for days, so their rows are deleted at leisure. */
const SESSION_SWEEP_INTERVAL_MS = 60_000;
const TRACK_SWEEP_INTERVAL_MS = 600_000;

/**
 * The sweepers of holds that lapsed, payments that are still open, tickets of cancelled events, sessions that expired, and
 * tracks whose time is over.
 */
export function composeSweepers(
  { config, log }: Foundation,
  { ledger, admission }: Stock,
  { payments, tickets }: Selling,
  { accounts }: Access,
  analytics: Analytics,
) {
  return [
    createSweeper({
      what: 'lapsed holds',
      // After each pass the admission filter is brought in line with the ledger.
      sweep: (limit) => ledger.expireLapsed(limit).finally(() => admission.reconcile()),
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'open payments',
      sweep: payments.settleDue,
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'tickets of cancelled events',
      sweep: tickets.clearCancelled,
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'expired sessions',
      sweep: accounts.sweepSessions,
      intervalMs: SESSION_SWEEP_INTERVAL_MS,
      log,
    }),
    createSweeper({
      what: 'old tracks',
      sweep: analytics.upkeep,
      intervalMs: TRACK_SWEEP_INTERVAL_MS,
      log,
    }),
  ];
}

/**
 * The delivery of events to the consumers.
 *
 * @param given consumers to use instead of those of this server
 */
export const composeEvents = (
  { config, log, metrics, nowMs }: Foundation,
  { admission }: Stock,
  { flashSaleWorker, tickets }: Selling,
  { domainEvents }: Analytics,
  given?: Consumer[],
) =>
  createEvents({
    config,
    consumers: given ?? [
      flashSaleWorker,
      domainEvents,
      createNotification(mailbox),
      createInventorySync((skuId) => admission.unitsCameBack(skuId)),
      createFraudDetection(),
      tickets.showCounts,
    ],
    metrics,
    log,
    nowMs,
  });
