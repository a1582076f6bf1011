import type { HoldOutcome } from '../../stock/ledger.ts';
import type { PayOutcome } from './payments.ts';
import type { Refusal } from './ticket.ts';

/** The refusals for a buyer when the ledger does not hold the units. */
export const HOLD_REFUSALS: Record<Exclude<HoldOutcome['outcome'], 'held'>, Refusal> = {
  already_purchased: {
    outcome: 'already_purchased',
    code: 'ALREADY_PURCHASED',
    detail: 'One purchase of these tickets is allowed, and you have made it; see /tickets.',
  },
  already_reserved: {
    outcome: 'already_reserved',
    code: 'ALREADY_RESERVED',
    detail:
      'Another purchase of yours holds another number of these tickets. It ends when it is paid, or after a short while.',
  },
  out_of_stock: {
    outcome: 'out_of_stock',
    code: 'OUT_OF_STOCK',
    detail: 'Fewer of these tickets are available than you asked for.',
  },
  unknown_sku: {
    outcome: 'unknown',
    code: 'NOT_FOUND',
    detail: 'There are no such tickets, or they have been taken off sale.',
  },
  not_begun: {
    outcome: 'not_begun',
    code: 'SALE_NOT_STARTED',
    detail: 'These tickets are not on sale yet.',
  },
  over: { outcome: 'over', code: 'SALE_ENDED', detail: 'These tickets are not on sale any more.' },
  sold_another_way: {
    outcome: 'sold_another_way',
    code: 'SOLD_ANOTHER_WAY',
    detail: 'Its units are not sold as tickets.',
  },
  over_limit: {
    outcome: 'over_limit',
    code: 'LIMIT_EXCEEDED',
    detail: 'One buyer may not have so many of these tickets. Nothing was bought.',
  },
  contention_lost: {
    outcome: 'contention_lost',
    code: 'CONTENTION_LOST',
    detail: 'Too many bought these tickets at the same moment. Nothing was bought.',
  },
};

/** The refusals for payments that have failed for good. A pending payment is not among them, as it may still succeed. */
export const PAY_REFUSALS: Record<
  Exclude<PayOutcome['outcome'], 'sold' | 'pending' | 'declined'>,
  Refusal
> = {
  order_exists: {
    outcome: 'order_exists',
    code: 'ORDER_EXISTS',
    detail: 'Another purchase of yours pays for these tickets, or has paid for them.',
  },
  in_basket: {
    outcome: 'in_basket',
    code: 'ALREADY_RESERVED',
    detail:
      'Another purchase of yours holds these tickets with others. It ends when it is paid, or after a short while.',
  },
  transaction_reused: {
    outcome: 'transaction_reused',
    code: 'TRANSACTION_REUSED',
    detail: 'This transaction belongs to another order of yours; one transaction pays one order.',
  },
  unavailable: {
    outcome: 'payment_unavailable',
    code: 'PAYMENT_UNAVAILABLE',
    detail: 'The payment provider cannot be reached; nothing was charged and nothing was bought.',
  },
  expired: {
    outcome: 'expired',
    code: 'RESERVATION_EXPIRED',
    detail: 'The payment took longer than the tickets were held. Money that was taken goes back.',
  },
  not_found: {
    outcome: 'not_found',
    code: 'RESERVATION_EXPIRED',
    detail: 'The tickets are held no longer. Money that was taken goes back.',
  },
  not_active: {
    outcome: 'not_active',
    code: 'RESERVATION_NOT_ACTIVE',
    detail: 'The purchase was cancelled while it was paid for. Money that was taken goes back.',
  },
  sold_another_way: {
    outcome: 'sold_another_way',
    code: 'SOLD_ANOTHER_WAY',
    detail: 'Its units are not sold as tickets. Money that was taken goes back.',
  },
};
