import { z } from 'zod';
import type { Role } from './accounts.ts';
import { OrderStatus } from './orders.ts';
import { Money, SkuId } from './products.ts';
import { ReservationStatus } from './reservations.ts';

/** No control characters: PostgreSQL refuses NUL, and no name needs the others. */
const PlainText = z.string().regex(/^\P{Cc}*$/u, 'no control characters');

/** `PUT /api/v1/admin/products`: makes the catalogue contain these. An existing SKU keeps its stock and history. */
export const SeedProducts = z.strictObject({
  products: z
    .array(
      z.strictObject({
        skuId: SkuId,
        name: PlainText.min(1).max(200),
        basePrice: Money,
        flashSalePrice: Money,
        totalInventory: z.int().min(0).max(1_000_000_000),
        category: PlainText.max(100).default('flash-sale'),
      }),
    )
    .min(1)
    .max(10_000),
});
export type SeedProducts = z.input<typeof SeedProducts>;

export const SeededProducts = z.object({ created: z.array(SkuId), existing: z.array(SkuId) });
export type SeededProducts = z.infer<typeof SeededProducts>;

/** Users of one call: a token each must be signed, so callers ask for large crowds in pages of this size. */
export const SEED_USERS_MAX = 10_000;

/**
 * `PUT /api/v1/admin/users`: makes users `${prefix}${first}` … exist (role buyer, no password, so nobody can log in as
 * them) and answers with a token for each. The same call again answers with the same users.
 */
export const SeedUsers = z.strictObject({
  prefix: z
    .string()
    .min(1)
    .max(40)
    .regex(/^[\w.-]+$/),
  first: z.int().min(1).default(1),
  count: z.int().min(1).max(SEED_USERS_MAX),
});
export type SeedUsers = z.input<typeof SeedUsers>;

export const SeededUsers = z.object({
  users: z.array(z.object({ userId: z.uuid(), username: z.string(), token: z.string() })),
});
export type SeededUsers = z.infer<typeof SeededUsers>;

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

/** A hold, live or ended. `lapsed` is RESERVED past its expiry: not yet swept, and no longer anybody's. */
export const LedgerReservation = z.object({
  row: z.literal('reservation'),
  reservationId: z.uuid(),
  userId: z.uuid(),
  skuId: SkuId,
  quantity: z.int(),
  status: ReservationStatus,
  lapsed: z.boolean(),
  attemptId: z.string().nullable(),
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
  attemptId: z.string().nullable(),
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

/** The last line of a ledger stream; a stream without it was cut off and proves nothing. */
export const LedgerEnd = z.object({ row: z.literal('end'), rows: z.int() });

/** One line of `GET /api/v1/admin/ledger` (NDJSON): the whole ledger as one consistent snapshot. */
export const LedgerRow = z.discriminatedUnion('row', [
  LedgerInventory,
  LedgerReservation,
  LedgerOrder,
  LedgerMovement,
  LedgerEnd,
]);
export type LedgerRow = z.infer<typeof LedgerRow>;

/** For the admin role only: seeding hands out tokens, so it asks for no less. */
export const ADMIN_ROLE: Role = 'admin';
