import * as z from 'zod';
import { BucketSize } from './bucket-size.ts';
import { OrderStatus } from './orders.ts';
import { TotalMoney } from './products.ts';
import { VoucherOutcome } from './quests.ts';
import { ReservationStatus } from './reservations.ts';

/**
 * Rows of the books of any shop. Ids are any text, and a column that a shop does not have is null in all its rows: then the
 * checks that need it are skipped. The reference server has every column.
 */
const Id = z.string();
const Time = z.iso.datetime();

export const MovementKind = z.enum(['RESERVED', 'SOLD', 'RELEASED', 'EXPIRED', 'RETURNED']);
export type MovementKind = z.infer<typeof MovementKind>;

/** A SKU's row of the stock ledger. */
export const LedgerInventory = z.object({
  row: z.literal('inventory'),
  skuId: Id,
  total: z.int().nullable(),
  available: z.int().nullable(),
  reserved: z.int().nullable(),
  sold: z.int().nullable(),
  /** The number of its last stock movement. */
  sequence: z.int().nullable(),
});
export type LedgerInventory = z.infer<typeof LedgerInventory>;

/**
 * A hold, live or ended. `lapsed`: it is RESERVED past its expiry, not yet swept, and no longer its buyer's; null if nobody
 * knows that.
 */
export const LedgerReservation = z.object({
  row: z.literal('reservation'),
  reservationId: Id.nullable(),
  userId: Id.nullable(),
  skuId: Id,
  quantity: z.int().nullable(),
  status: ReservationStatus.nullable(),
  lapsed: z.boolean().nullable(),
  callId: z.string().nullable(),
  createdAt: Time.nullable(),
  expiresAt: Time.nullable(),
});
export type LedgerReservation = z.infer<typeof LedgerReservation>;

export const LedgerOrder = z.object({
  row: z.literal('order'),
  orderId: Id.nullable(),
  reservationId: Id.nullable(),
  userId: Id.nullable(),
  skuId: Id,
  quantity: z.int().nullable(),
  totalPrice: TotalMoney.nullable(),
  status: OrderStatus,
  callId: z.string().nullable(),
  createdAt: Time.nullable(),
});
export type LedgerOrder = z.infer<typeof LedgerOrder>;

/** One change of stock. Per SKU, `sequence` counts 1, 2, 3 … without gaps in the order the changes took effect. */
export const LedgerMovement = z.object({
  row: z.literal('movement'),
  skuId: Id,
  sequence: z.int(),
  kind: MovementKind,
  quantity: z.int(),
  reservationId: Id.nullable(),
  at: Time.nullable(),
});
export type LedgerMovement = z.infer<typeof LedgerMovement>;

/** A voucher: one unit of its campaign's SKU, issued with the order that sold it, redeemed at most once by its owner. */
export const LedgerVoucher = z.object({
  row: z.literal('voucher'),
  voucherId: Id,
  /** The code that its owner was told. */
  code: z.string(),
  campaignId: z.string().nullable(),
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  issuedAt: Time.nullable(),
  /** Null: it was not used, or the shop does not tell. */
  usedAt: Time.nullable(),
  /** The id of the call that redeemed it. */
  usedByCallId: z.string().nullable(),
});
export type LedgerVoucher = z.infer<typeof LedgerVoucher>;

/**
 * A completed quest that promised a voucher of the SKU, a campaign of rewards. GIVEN names the order that sold the voucher;
 * GONE: there was none left, or the campaign was over.
 */
export const LedgerReward = z.object({
  row: z.literal('reward'),
  questId: z.string(),
  skuId: Id,
  userId: Id,
  outcome: VoucherOutcome,
  orderId: Id.nullable(),
});
export type LedgerReward = z.infer<typeof LedgerReward>;

/** An accepted flash-sale attempt. PENDING until the worker has decided it; a SUCCESS names its order. */
export const LedgerAttempt = z.object({
  row: z.literal('attempt'),
  saleId: z.string(),
  skuId: Id,
  userId: Id,
  status: z.enum(['PENDING', 'SUCCESS', 'FAILED']),
  orderId: Id.nullable(),
  callId: z.string().nullable(),
  createdAt: Time,
});
export type LedgerAttempt = z.infer<typeof LedgerAttempt>;

/** A ticket: one unit of its SKU, issued with the order that sold it, let in at most once. It stands as long as its order does. */
export const LedgerTicket = z.object({
  row: z.literal('ticket'),
  ticketId: Id,
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  issuedAt: Time.nullable(),
  /** Null: it was not let in, or the shop does not tell. */
  checkedInAt: Time.nullable(),
  /** The organizer who let it in. */
  checkedInBy: Id.nullable(),
  gate: z.string().nullable(),
  /** The id of the call that let it in. */
  checkedInByCallId: z.string().nullable(),
});
export type LedgerTicket = z.infer<typeof LedgerTicket>;

/**
 * A line of a basket: units of one SKU that are held, sold and given back together with those of the other lines, or not at
 * all. It names its hold, its order, or both.
 */
export const LedgerLine = z.object({
  row: z.literal('line'),
  basketId: Id,
  skuId: Id,
  userId: Id.nullable(),
  reservationId: Id.nullable(),
  orderId: Id.nullable(),
});
export type LedgerLine = z.infer<typeof LedgerLine>;

/** A payment for an order, in the server's books. */
export const LedgerPayment = z.object({
  row: z.literal('payment'),
  transactionId: z.string(),
  skuId: Id,
  userId: Id.nullable(),
  orderId: Id.nullable(),
  amount: TotalMoney,
  status: z.enum(['PENDING', 'CHARGED', 'DECLINED', 'REFUNDED']),
});
export type LedgerPayment = z.infer<typeof LedgerPayment>;

/**
 * An event that a consumer group has handled. `sequence` is that of the stock movement it describes. `eventId` tells the
 * events of one topic and SKU apart.
 */
export const LedgerDelivery = z.object({
  row: z.literal('delivery'),
  group: z.string(),
  eventId: z.string(),
  topic: z.string(),
  type: z.string(),
  skuId: Id,
  sequence: z.int().nullable(),
});
export type LedgerDelivery = z.infer<typeof LedgerDelivery>;

/** The consumer group that tells users of events, each in the transaction in which it handles the event. */
export const NOTIFICATION_GROUP = 'notification';

/**
 * An event of which a user was told. `kind` is its type. Either `sequence` is that of the stock movement that caused it, or
 * it has an `eventId`.
 */
export const LedgerNotification = z.object({
  row: z.literal('notification'),
  skuId: Id,
  kind: z.string(),
  userId: Id,
  sequence: z.int().nullable(),
  eventId: z.string().nullable(),
});
export type LedgerNotification = z.infer<typeof LedgerNotification>;

/** Events of a SKU that are not delivered: some group has still to handle them (`pending`), or has given up. */
export const LedgerBacklog = z.object({
  row: z.literal('backlog'),
  skuId: Id,
  pending: z.int(),
  deadLetters: z.int(),
});
export type LedgerBacklog = z.infer<typeof LedgerBacklog>;

/** Units of a SKU available in the hot store; null when it has none stored. Read beside the snapshot, not in it. */
export const LedgerHotStock = z.object({
  row: z.literal('hot_stock'),
  skuId: Id,
  available: z.int().nullable(),
});
export type LedgerHotStock = z.infer<typeof LedgerHotStock>;

/** The tracks about one SKU that a call stored, and how many it stored in all. */
export const LedgerTrack = z.object({
  row: z.literal('track'),
  skuId: Id,
  callId: z.string(),
  userId: Id.nullable(),
  records: z.int(),
  callRecords: z.int(),
});
export type LedgerTrack = z.infer<typeof LedgerTrack>;

/**
 * The count of what happened to a SKU in one bucket of time, beside a recount of the stored tracks; null for events of the
 * queue, of which the deliveries tell. `events` counts samples by their weight, and `units` the units in them.
 */
export const LedgerBucket = z.object({
  row: z.literal('bucket'),
  skuId: Id,
  type: z.string(),
  size: BucketSize,
  at: Time,
  records: z.int(),
  events: z.int(),
  units: z.int(),
  storedRecords: z.int().nullable(),
  storedEvents: z.int().nullable(),
  storedUnits: z.int().nullable(),
});
export type LedgerBucket = z.infer<typeof LedgerBucket>;

/** The kinds of rows of a ledger. */
export const LedgerRowKind = z.enum([
  'inventory',
  'reservation',
  'order',
  'movement',
  'voucher',
  'reward',
  'attempt',
  'payment',
  'ticket',
  'line',
  'delivery',
  'notification',
  'backlog',
  'hot_stock',
  'track',
  'bucket',
]);
export type LedgerRowKind = z.infer<typeof LedgerRowKind>;

/** A row with a value in every column, but for those that are null in the books of a shop that has them. */
export type Whole<Row, Empty extends keyof Row = never> = {
  [Column in keyof Row]: Column extends Empty ? Row[Column] : NonNullable<Row[Column]>;
};

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
  LedgerReward,
  LedgerAttempt,
  LedgerPayment,
  LedgerTicket,
  LedgerLine,
  LedgerDelivery,
  LedgerNotification,
  LedgerBacklog,
  LedgerHotStock,
  LedgerTrack,
  LedgerBucket,
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
