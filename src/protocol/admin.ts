import * as z from 'zod';
import { Role } from './accounts.ts';
import { Money, SkuId } from './products.ts';
import { QUANTITY_MAX } from './reservations.ts';

/**
 * Text without control characters and halves of characters: PostgreSQL refuses NUL, JSON in it also a half, and no name needs
 * the others.
 */
export const PlainText = z
  .string()
  .regex(
    /^(?:[ -~\u00a0-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff])*$/,
    'no control characters, and no half of a character',
  );

/** Body of `PUT /api/v1/admin/products`, which adds these to the catalogue. An existing SKU keeps its stock and history. */
export const SeedProducts = z.strictObject({
  products: z
    .array(
      z.strictObject({
        skuId: SkuId,
        name: PlainText.min(1).max(200),
        basePrice: Money,
        flashSalePrice: Money,
        totalInventory: z.int().min(0).max(1_000_000_000),
        /** Units that one buyer may have. */
        unitsPerBuyerMax: z.int().min(1).max(QUANTITY_MAX).default(QUANTITY_MAX),
        category: PlainText.max(100).default('flash-sale'),
      }),
    )
    .min(1)
    .max(10_000)
    .describe('Each SKU is listed once.'),
});
export type SeedProducts = z.input<typeof SeedProducts>;

export const SeededProducts = z.object({ created: z.array(SkuId), existing: z.array(SkuId) });
export type SeededProducts = z.infer<typeof SeededProducts>;

/** The most users in one call. A token must be signed for each, so callers make large crowds in pages of this size. */
export const SEED_USERS_MAX = 10_000;

/**
 * Body of `PUT /api/v1/admin/users`, which creates the users `${prefix}${first}` and the following (without passwords, so
 * nobody can log in as them) and answers with a session's token for each. The same call again gives new tokens.
 */
export const SeedUsers = z.strictObject({
  prefix: z
    .string()
    .min(1)
    .max(40)
    .regex(/^[\w.-]+$/),
  /** Far below 2^53, above which two numbers may be one. */
  first: z.int().min(1).max(1_000_000_000_000).default(1),
  count: z.int().min(1).max(SEED_USERS_MAX),
  /** Administrators cannot be created in bulk. */
  role: Role.exclude(['admin']).default('buyer'),
  /** Gives each user who has no email the confirmed address `${username}@${emailDomain}`. */
  emailDomain: z.hostname().max(100).optional(),
});
export type SeedUsers = z.input<typeof SeedUsers>;

export const SeededUsers = z.object({
  users: z.array(z.object({ userId: z.uuid(), username: z.string(), token: z.string() })),
});
export type SeededUsers = z.infer<typeof SeededUsers>;

/** The role that seeding needs, because seeding hands out tokens. */
export const ADMIN_ROLE: Role = 'admin';
