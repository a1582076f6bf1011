import type { Checker } from '../checker.ts';
import { allOrNothing } from './all-or-nothing.ts';
import { analyticsAgreement } from './analytics-agreement.ts';
import { cacheAgreement } from './cache-agreement.ts';
import { clockAgreement } from './clock-agreement.ts';
import { conservation } from './conservation.ts';
import { eventLogAgreement } from './event-log-agreement.ts';
import { exactlyOnce } from './exactly-once.ts';
import { legalTransitions } from './legal-transitions.ts';
import { metricsAgreement } from './metrics-agreement.ts';
import { moneyAgreement } from './money-agreement.ts';
import { monotonicReads } from './monotonic-reads.ts';
import { neverOversold } from './never-oversold.ts';
import { noContradiction } from './no-contradiction.ts';
import { noFalseRefusal } from './no-false-refusal.ts';
import { noFalseSoldOut } from './no-false-sold-out.ts';
import { noLostAcknowledged } from './no-lost-acknowledged.ts';
import { noPhantom } from './no-phantom.ts';
import { noStrandedStock } from './no-stranded-stock.ts';
import { notifiedOnce } from './notified-once.ts';
import { offerAgreement } from './offer-agreement.ts';
import { onePerBuyer } from './one-per-buyer.ts';
import { ownership } from './ownership.ts';
import { rewardCapacity } from './reward-capacity.ts';
import { sequenceOrder } from './sequence-order.ts';
import { singleCheckIn } from './single-check-in.ts';
import { singleRedemption } from './single-redemption.ts';
import { ticketsMatchSales } from './tickets-match-sales.ts';
import { voucherCapacity } from './voucher-capacity.ts';

/**
 * Every check, in the order of a report: the gravest anomalies first, and a cause before what buyers notice of it. A verdict
 * quotes the first one that is broken.
 */
export const checkers: readonly Checker[] = [
  neverOversold,
  onePerBuyer,
  voucherCapacity,
  rewardCapacity,
  singleRedemption,
  singleCheckIn,
  ownership,
  exactlyOnce,
  allOrNothing,
  noLostAcknowledged,
  noPhantom,
  conservation,
  ticketsMatchSales,
  moneyAgreement,
  offerAgreement,
  legalTransitions,
  noStrandedStock,
  noFalseSoldOut,
  noFalseRefusal,
  noContradiction,
  sequenceOrder,
  clockAgreement,
  monotonicReads,
  eventLogAgreement,
  notifiedOnce,
  analyticsAgreement,
  cacheAgreement,
  metricsAgreement,
];
