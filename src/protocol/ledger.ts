import * as z from 'zod';
import { OrderStatus } from './orders.ts';
import { Money, SkuId } from './products.ts';
import { ReservationStatus } from './reservations.ts';

export const MovementKind = z.enum(['RESERVED', 'SOLD', 'RELEASED', 'EXPIRED', 'RETURNED']);
export type MovementKind = z.infer<typeof MovementKind>;

/** A SKU's row of the stock ledger. */
export const LedgerInventory = z.object({
  row: z.literal('inventory'),
  skuId: SkuId,
  total: z.int(),
  available: z.int(),
  reserved: z.int(),
  sold: z.int(),
  sequence: z.int(),
});
export type LedgerInventory = z.infer<typeof LedgerInventory>;

/** A hold, live or ended. `lapsed`: it is RESERVED past its expiry, not yet swept, and no longer its buyer's. */
export const LedgerReservation = z.object({
  row: z.literal('reservation'),
  reservationId: z.uuid(),
  userId: z.uuid(),
  skuId: SkuId,
  quantity: z.int(),
  status: ReservationStatus,
  lapsed: z.boolean(),
  callId: z.string().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type LedgerReservation = z.infer<typeof LedgerReservation>;

export const LedgerOrder = z.object({
  row: z.literal('order'),
  orderId: z.uuid(),
  reservationId: z.uuid(),
  userId: z.uuid(),
  skuId: SkuId,
  quantity: z.int(),
  totalPrice: Money,
  status: OrderStatus,
  callId: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type LedgerOrder = z.infer<typeof LedgerOrder>;

/** One change of stock. Per SKU, `sequence` counts 1, 2, 3 … without gaps in the order the changes took effect. */
export const LedgerMovement = z.object({
  row: z.literal('movement'),
  skuId: SkuId,
  sequence: z.int(),
  kind: MovementKind,
  quantity: z.int(),
  reservationId: z.uuid(),
  at: z.iso.datetime(),
});
export type LedgerMovement = z.infer<typeof LedgerMovement>;

/** A voucher: one unit of its campaign's SKU, issued with the order that sold it, redeemed at most once by its owner. */
export const LedgerVoucher = z.object({
  row: z.literal('voucher'),
  voucherId: z.uuid(),
  /** The code that its owner was told. */
  code: z.string(),
  campaignId: z.string(),
  skuId: SkuId,
  userId: z.uuid(),
  orderId: z.uuid(),
  issuedAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  /** The id of the call that redeemed it. */
  usedByCallId: z.string().nullable(),
});
export type LedgerVoucher = z.infer<typeof LedgerVoucher>;

/** An accepted flash-sale attempt. PENDING until the worker has decided it; a SUCCESS names its order. */
export const LedgerAttempt = z.object({
  row: z.literal('attempt'),
  saleId: z.string(),
  skuId: SkuId,
  userId: z.uuid(),
  status: z.enum(['PENDING', 'SUCCESS', 'FAILED']),
  orderId: z.uuid().nullable(),
  callId: z.string().nullable(),
  createdAt: z.iso.datetime(),
});
export type LedgerAttempt = z.infer<typeof LedgerAttempt>;

/** A payment for an order, in the server's books. */
export const LedgerPayment = z.object({
  row: z.literal('payment'),
  transactionId: z.string(),
  skuId: SkuId,
  userId: z.uuid(),
  orderId: z.uuid().nullable(),
  amount: Money,
  status: z.enum(['PENDING', 'CHARGED', 'DECLINED', 'REFUNDED']),
});
export type LedgerPayment = z.infer<typeof LedgerPayment>;

/** An event that a consumer group has handled. `sequence` is that of the stock movement it describes. */
export const LedgerDelivery = z.object({
  row: z.literal('delivery'),
  group: z.string(),
  eventId: z.string(),
  topic: z.string(),
  type: z.string(),
  skuId: SkuId,
  sequence: z.int().nullable(),
});
export type LedgerDelivery = z.infer<typeof LedgerDelivery>;

/** Events of a SKU that are not delivered: still in the outbox (`pending`), or given up. */
export const LedgerBacklog = z.object({
  row: z.literal('backlog'),
  skuId: SkuId,
  pending: z.int(),
  deadLetters: z.int(),
});
export type LedgerBacklog = z.infer<typeof LedgerBacklog>;

/** Units of a SKU available in the hot store; null when it has none stored. Read beside the snapshot, not in it. */
export const LedgerHotStock = z.object({
  row: z.literal('hot_stock'),
  skuId: SkuId,
  available: z.int().nullable(),
});
export type LedgerHotStock = z.infer<typeof LedgerHotStock>;

/** The kinds of rows of a ledger. */
export const LedgerRowKind = z.enum([
  'inventory',
  'reservation',
  'order',
  'movement',
  'voucher',
  'attempt',
  'payment',
  'delivery',
  'backlog',
  'hot_stock',
]);
export type LedgerRowKind = z.infer<typeof LedgerRowKind>;

/** The last line of a ledger stream, with the number of rows of each kind. A stream without it was cut off. */
export const LedgerEnd = z.object({
  row: z.literal('end'),
  counts: z.partialRecord(LedgerRowKind, z.int().min(0)),
});
export type LedgerEnd = z.infer<typeof LedgerEnd>;

/** One row of a ledger. */
export const LedgerEntry = z.discriminatedUnion('row', [
  LedgerInventory,
  LedgerReservation,
  LedgerOrder,
  LedgerMovement,
  LedgerVoucher,
  LedgerAttempt,
  LedgerPayment,
  LedgerDelivery,
  LedgerBacklog,
  LedgerHotStock,
]);
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** One line of `GET /api/v1/admin/ledger` (NDJSON): the whole ledger as one consistent snapshot. */
export const LedgerRow = z.discriminatedUnion('row', [...LedgerEntry.options, LedgerEnd]);
export type LedgerRow = z.infer<typeof LedgerRow>;

/** Answer of `GET /api/v1/admin/evidence`: the evidence of a sale that this server gives. */
export const EvidenceDescription = z.object({
  /** The kinds of rows in `GET /api/v1/admin/ledger`. */
  ledger: z.array(LedgerRowKind),
  /** True if answers carry the numbers of stock movements. */
  sequences: z.boolean(),
  /** True if one clock gives the times of all rows, each between the beginning of its change and its commit. */
  oneClock: z.boolean().optional(),
  /** The consumer groups that handle events, each with its topics. */
  consumers: z.array(z.object({ group: z.string(), topics: z.array(z.string()) })),
});
export type EvidenceDescription = z.infer<typeof EvidenceDescription>;
