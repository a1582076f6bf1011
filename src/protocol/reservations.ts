import * as z from 'zod';
import { SkuId } from './products.ts';

export const QUANTITY_MAX = 10;

/** A "sold out" without a sequence number may be this much behind the ledger. */
export const REFUSAL_LAG_MS = 500;

export const ReserveRequest = z.strictObject({
  skuId: SkuId,
  quantity: z.int().min(1).max(QUANTITY_MAX),
});
export type ReserveRequest = z.infer<typeof ReserveRequest>;

export const ReservationStatus = z.enum(['RESERVED', 'CONFIRMED', 'EXPIRED', 'CANCELLED']);
export type ReservationStatus = z.infer<typeof ReservationStatus>;

export const Reservation = z.object({
  reservationId: z.uuid(),
  userId: z.uuid(),
  skuId: SkuId,
  quantity: z.int(),
  status: ReservationStatus,
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  confirmedAt: z.iso.datetime().nullable(),
  /** Number of the stock movement that made the hold; in the answer to a cancellation, of the one that released it. */
  sequence: z.int().optional(),
});
export type Reservation = z.infer<typeof Reservation>;
