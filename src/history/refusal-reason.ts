/**
 * The reasons of refusals that say something about the sale, which is true or false. A refusal for any other reason (a
 * request that is not valid, a missing right, too many requests, a rival that was faster) says nothing about it.
 */
export const REFUSAL_REASONS = [
  /** Fewer units are on sale than were asked for. */
  'sold-out',
  /** The buyer has a hold of the SKU. */
  'has-hold',
  /** The buyer has bought the SKU. */
  'has-bought',
  /** The buyer has a hold of the SKU or has bought it. */
  'has-one',
  /** The buyer's attempt at the flash sale was accepted before. */
  'has-attempted',
  /** The hold has lapsed. */
  'hold-lapsed',
  /** The hold has ended: sold, given back or lapsed. */
  'hold-ended',
  /** The hold was checked out before. */
  'hold-ordered',
  /** The order has ended: it failed, was cancelled or was handed over. */
  'order-ended',
  /** The voucher was used before. */
  'voucher-used',
  /** The time in which the voucher can be used is over. */
  'voucher-ended',
  /** The ticket was let in before. */
  'ticket-used',
  /** There is no such thing, or it is not this buyer's: the hold, order, voucher or SKU that the call names. */
  'not-found',
  /** The sale of the SKU has not begun. */
  'sale-not-begun',
  /** The sale of the SKU is over. */
  'sale-over',
  /** The SKU is sold in another way than it was asked for. */
  'sold-another-way',
  /** A buyer may not have so many units. */
  'above-limit',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** The reason that each error code of a target gives, of those codes that say something about the sale. */
export type RefusalReasons = Record<string, RefusalReason>;
