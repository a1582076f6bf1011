import type { LedgerRowKind } from '../../../src/protocol/ledger.ts';

/** The differences between a described shop and our own server. */
export interface Disguise {
  seed: number;
  /** Kinds of rows that the shop gives. */
  rows: LedgerRowKind[];
  /** Columns that the shop does not have, as `order.quantity`. */
  hidden: readonly Column[];
  /** The ids of calls that the shop stores: all, those of wishes alone never. */
  callIds: 'stored' | 'sent' | 'none';
  /** True if answers to buyers name holds, and their requests do. */
  tellsHolds: boolean;
  tellsOrders: boolean;
  sequences: boolean;
  /** The texts by which refusals are told apart: all reasons, or sold out and everything else. */
  codes: 'own' | 'reasons' | 'sold-out alone';
  /** True if a refusal of a basket names the lines that could not be had. */
  tellsLines: boolean;
  /** True if orders and reservations name the basket that they are a line of. */
  tellsBaskets: boolean;
  /** Ids in the rows that are of another kind than those in the answers. */
  renamed: readonly ('order' | 'reservation' | 'buyer')[];
  /** False: the shop deletes orders that are cancelled and stores none before they are paid. */
  keepsEndedOrders: boolean;
  /** False: the shop deletes the rows of holds that were sold, given back or have lapsed. */
  keepsEndedHolds: boolean;
  /** True if the run says when it read the books. */
  tellsReading: boolean;
  /** Share of answers that no rule of the target file fits, and of refusals that come from a rate limit. */
  unclassifiedRate: number;
  limitedRate: number;
  /** Share of the buyers who are not of the run. */
  strangersRate: number;
  knowsTtl: boolean;
  knowsLimit: boolean;
  knowsPrice: boolean;
  /** Orders of each SKU that are older than the sale; absent: it was not on sale before. */
  olderOrders?: number;
}

export const COLUMNS = [
  'order.orderId',
  'order.reservationId',
  'order.userId',
  'order.quantity',
  'order.totalPrice',
  'order.createdAt',
  'reservation.reservationId',
  'reservation.userId',
  'reservation.quantity',
  'reservation.status',
  'reservation.lapsed',
  'reservation.createdAt',
  'reservation.expiresAt',
  'inventory.total',
  'inventory.available',
  'inventory.reserved',
  'inventory.sold',
] as const;
export type Column = (typeof COLUMNS)[number];

/** A shop with no evidence but its answers, which name the order, and that nobody else buys from. */
export const plainShop: Disguise = {
  seed: 1,
  rows: [],
  hidden: [],
  callIds: 'none',
  tellsHolds: false,
  tellsOrders: true,
  sequences: false,
  codes: 'sold-out alone',
  tellsLines: false,
  tellsBaskets: false,
  renamed: [],
  keepsEndedOrders: true,
  keepsEndedHolds: true,
  tellsReading: false,
  unclassifiedRate: 0,
  limitedRate: 0,
  strangersRate: 0,
  knowsTtl: false,
  knowsLimit: true,
  knowsPrice: false,
};
