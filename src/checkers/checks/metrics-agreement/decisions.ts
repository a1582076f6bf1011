import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { MovementKind } from '../../../protocol/ledger.ts';
import { ACCEPTED, type RequestKind } from './answered-calls.ts';

/** A counter that rises by one when a call is decided, and the answer that the call gets then. */
export interface Tally {
  /** Plural noun: `purchases`. */
  what: string;
  metric: string;
  labels: Record<string, string>;
  kind: RequestKind;
  /** See `answerOf`. */
  answer: string;
  /** The stock movement that goes with each of them. */
  movement?: MovementKind;
  /** True when calls that are not in the history raise the counter as well. */
  countsOthers?: boolean;
}

/** The labels of the counters of decisions, each with the answer that goes with it. */
const DECISIONS: { metric: string; kind: RequestKind; answers: Record<string, string> }[] = [
  {
    metric: serverMetrics.reservations.name,
    kind: 'reserve',
    answers: {
      held: 'ok',
      out_of_stock: 'OUT_OF_STOCK',
      already_reserved: 'ALREADY_RESERVED',
      already_purchased: 'ALREADY_PURCHASED',
      contention_lost: 'CONTENTION_LOST',
      unknown_sku: 'UNKNOWN_SKU',
      sold_another_way: 'SOLD_ANOTHER_WAY',
      not_begun: 'SALE_NOT_STARTED',
      over: 'SALE_ENDED',
      over_limit: 'LIMIT_EXCEEDED',
    },
  },
  {
    metric: serverMetrics.orders.name,
    kind: 'confirm',
    answers: {
      sold: 'ok',
      pending: ACCEPTED,
      payment_declined: 'PAYMENT_DECLINED',
      payment_unavailable: 'PAYMENT_UNAVAILABLE',
      not_found: 'NOT_FOUND',
      order_exists: 'ORDER_EXISTS',
      expired: 'RESERVATION_EXPIRED',
      not_active: 'RESERVATION_NOT_ACTIVE',
      transaction_reused: 'TRANSACTION_REUSED',
      sold_another_way: 'SOLD_ANOTHER_WAY',
    },
  },
  {
    metric: serverMetrics.registrations.name,
    kind: 'register',
    answers: {
      registered: 'ok',
      full: 'CAMPAIGN_FULL',
      already_registered: 'ALREADY_REGISTERED',
      contention_lost: 'CONTENTION_LOST',
      not_started: 'CAMPAIGN_NOT_STARTED',
      ended: 'CAMPAIGN_ENDED',
      sold_another_way: 'SOLD_ANOTHER_WAY',
      over_limit: 'LIMIT_EXCEEDED',
      unknown: 'NOT_FOUND',
    },
  },
  {
    metric: serverMetrics.purchases.name,
    kind: 'buy',
    answers: {
      sold: 'ok',
      pending: ACCEPTED,
      out_of_stock: 'OUT_OF_STOCK',
      already_reserved: 'ALREADY_RESERVED',
      already_purchased: 'ALREADY_PURCHASED',
      contention_lost: 'CONTENTION_LOST',
      over_limit: 'LIMIT_EXCEEDED',
      payment_declined: 'PAYMENT_DECLINED',
      payment_unavailable: 'PAYMENT_UNAVAILABLE',
      order_exists: 'ORDER_EXISTS',
      not_active: 'RESERVATION_NOT_ACTIVE',
      transaction_reused: 'TRANSACTION_REUSED',
      not_begun: 'SALE_NOT_STARTED',
      over: 'SALE_ENDED',
      sold_another_way: 'SOLD_ANOTHER_WAY',
      unknown: 'NOT_FOUND',
    },
  },
  {
    metric: serverMetrics.basketPurchases.name,
    kind: 'buy-basket',
    // Answers whose codes stand for several outcomes are left out.
    answers: {
      sold: 'ok',
      pending: ACCEPTED,
      out_of_stock: 'OUT_OF_STOCK',
      already_purchased: 'ALREADY_PURCHASED',
      contention_lost: 'CONTENTION_LOST',
      over_limit: 'LIMIT_EXCEEDED',
      payment_declined: 'PAYMENT_DECLINED',
      payment_unavailable: 'PAYMENT_UNAVAILABLE',
      transaction_reused: 'TRANSACTION_REUSED',
      not_begun: 'SALE_NOT_STARTED',
      over: 'SALE_ENDED',
      several_events: 'SEVERAL_EVENTS',
    },
  },
  {
    metric: serverMetrics.attempts.name,
    kind: 'attempt',
    answers: {
      accepted: 'ok',
      sold_out: 'OUT_OF_STOCK',
      already_attempted: 'ALREADY_ATTEMPTED',
      already_reserved: 'ALREADY_RESERVED',
      already_purchased: 'ALREADY_PURCHASED',
      not_started: 'SALE_NOT_STARTED',
      ended: 'SALE_ENDED',
      unknown: 'NOT_FOUND',
    },
  },
];

/** Names in texts, where the label and the answer do not make one. */
const NAMES: Record<string, Pick<Tally, 'what' | 'movement'>> = {
  'reserve ok': { what: 'reservations made', movement: 'RESERVED' },
  'reserve OUT_OF_STOCK': { what: 'refusals for want of stock' },
  'confirm ok': { what: 'purchases', movement: 'SOLD' },
  'buy ok': { what: 'purchases of tickets' },
  'buy-basket ok': { what: 'purchases of baskets' },
  'register ok': { what: 'registrations' },
  'attempt ok': { what: 'accepted attempts' },
  [`confirm ${ACCEPTED}`]: { what: 'checkouts with a pending payment' },
};

/** Every counter of decisions. */
export const DECISION_TALLIES: readonly Tally[] = DECISIONS.flatMap(({ metric, kind, answers }) =>
  Object.entries(answers).map(
    ([outcome, answer]): Tally => ({
      ...{ metric, labels: { outcome }, kind, answer },
      what: `answers ${answer} to calls that ${kind}`,
      ...NAMES[`${kind} ${answer}`],
    }),
  ),
);
