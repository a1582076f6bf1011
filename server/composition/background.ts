import { createFraudDetection } from '../events/consumers/fraud.ts';
import { createInventorySync } from '../events/consumers/inventory-sync.ts';
import type { Consumer } from '../events/event.ts';
import { createEvents } from '../events/index.ts';
import { createSweeper } from '../platform/sweeper.ts';
import type { Access } from './access.ts';
import type { Analytics } from './analytics.ts';
import type { Engagement } from './engagement.ts';
import type { Foundation } from './foundation.ts';
import type { Notifications } from './notifications.ts';
import type { Selling } from './selling.ts';
import type { Stock } from './stock.ts';

/** Rows that harm nobody and last for days, such as expired sessions, are deleted at leisure. */
const LEISURE_MS = 60_000;
const TRACK_SWEEP_INTERVAL_MS = 600_000;
const IMAGE_SWEEP_INTERVAL_MS = 1_000;

/** The features that hear of sales and do not sell. */
export interface OtherFeatures {
  engagement: Engagement;
  analytics: Analytics;
  notifications: Notifications;
}

/**
 * The sweepers of holds that lapsed, payments that are still open, tickets of cancelled events, vouchers that quests owe,
 * images that wait, sessions that expired, old notifications, and tracks whose time is over.
 */
export function composeSweepers(
  { config, log }: Foundation,
  { ledger, admission }: Stock,
  { payments, tickets, shows }: Selling,
  { accounts }: Access,
  { engagement, analytics, notifications }: OtherFeatures,
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
      what: 'vouchers that quests owe',
      sweep: engagement.settleVouchers,
      intervalMs: config.sweepIntervalMs,
      log,
    }),
    createSweeper({
      what: 'images of events',
      sweep: shows.bringImages,
      intervalMs: IMAGE_SWEEP_INTERVAL_MS,
      log,
    }),
    createSweeper({
      what: 'expired sessions',
      sweep: accounts.sweepSessions,
      intervalMs: LEISURE_MS,
      log,
    }),
    createSweeper({
      what: 'old notifications',
      sweep: notifications.sweep,
      intervalMs: LEISURE_MS,
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
  { config, log, metrics, nowMs, tracing }: Foundation,
  { admission }: Stock,
  { flashSaleWorker, tickets }: Selling,
  { engagement, analytics, notifications }: OtherFeatures,
  given?: Consumer[],
) =>
  createEvents({
    config,
    consumers: given ?? [
      flashSaleWorker,
      analytics.domainEvents,
      notifications.consumer,
      createInventorySync((skuId) => admission.unitsCameBack(skuId)),
      createFraudDetection(),
      tickets.showCounts,
      ...engagement.consumers,
    ],
    metrics,
    log,
    nowMs,
    tracing,
  });
