import { rememberTwo } from '../../../src/kernel/memo.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import type { Reservation, ReservationStatus } from '../../../src/protocol/reservations.ts';
import type { Hold, HoldOutcome, ReleaseOutcome } from '../../stock/ledger.ts';

/** A row of `reservations` as the store reads it: `status` is EXPIRED as soon as the hold has lapsed, swept or not. */
export interface ReservationRow {
  reservation_id: string;
  user_id: string;
  sku_id: string;
  quantity: number;
  status: ReservationStatus;
  created_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
  /** Set for the line of a basket, which ends with the others only. */
  basket_id: string | null;
}

export const describeReservation = (row: ReservationRow): Reservation => ({
  reservationId: row.reservation_id,
  userId: row.user_id,
  skuId: row.sku_id,
  quantity: row.quantity,
  status: row.status,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  confirmedAt: row.confirmed_at?.toISOString() ?? null,
});

/** The holds of a batch have two times in common. */
const writeTime = rememberTwo((time: Date) => time.toISOString());

/** The reservation of a hold that the ledger has just made. */
export const describeHold = (hold: Hold, sequence: number): Reservation => ({
  reservationId: hold.holdId,
  userId: hold.userId,
  skuId: hold.skuId,
  quantity: hold.quantity,
  status: 'RESERVED',
  createdAt: writeTime(hold.createdAt),
  expiresAt: writeTime(hold.expiresAt),
  confirmedAt: null,
  sequence,
});

interface Refusal {
  code: ProblemCode;
  detail: string;
}

/** The refusals for a buyer when the ledger does not hold the units. */
export const HOLD_REFUSALS: Record<Exclude<HoldOutcome['outcome'], 'held'>, Refusal> = {
  already_purchased: {
    code: 'ALREADY_PURCHASED',
    detail: 'One purchase of this product is allowed, and you have made it.',
  },
  already_reserved: {
    code: 'ALREADY_RESERVED',
    detail: 'Check out or cancel the reservation you have before making another.',
  },
  out_of_stock: {
    code: 'OUT_OF_STOCK',
    detail: 'Fewer units are available than you asked for.',
  },
  sold_another_way: {
    code: 'SOLD_ANOTHER_WAY',
    detail:
      'Register for a campaign at /api/v1/register; attempt a flash sale at /api/flash-sale/attempt/:saleId; buy tickets at /tickets/purchase.',
  },
  not_begun: { code: 'SALE_NOT_STARTED', detail: 'The product is not on sale yet.' },
  over: { code: 'SALE_ENDED', detail: 'The product is not on sale any more.' },
  over_limit: {
    code: 'LIMIT_EXCEEDED',
    detail: 'One buyer may not have so many units of this product. Nothing was reserved.',
  },
  unknown_sku: { code: 'UNKNOWN_SKU', detail: 'There is no product with this SKU.' },
  contention_lost: {
    code: 'CONTENTION_LOST',
    detail: 'Too many buyers changed this product at the same moment. Nothing was reserved.',
  },
};

/** The refusals for a buyer when the ledger does not release the units. */
export const RELEASE_REFUSALS: Record<Exclude<ReleaseOutcome['outcome'], 'released'>, Refusal> = {
  expired: { code: 'RESERVATION_EXPIRED', detail: 'Its units are already back on sale.' },
  not_active: {
    code: 'RESERVATION_NOT_ACTIVE',
    detail: 'It was bought or cancelled before.',
  },
  not_found: { code: 'NOT_FOUND', detail: 'You have no reservation with this id.' },
};
