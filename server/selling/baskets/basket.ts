import type { Basket } from '../../../src/protocol/baskets.ts';
import type { Order } from '../../../src/protocol/orders.ts';
import type { Problem, ProblemCode } from '../../../src/protocol/problem.ts';
import type { Reservation } from '../../../src/protocol/reservations.ts';
import type { BasketLine, BasketLineOutcome } from '../../stock/ledger.ts';

/** A basket as it is stored, with the lines in the order in which they were wanted. */
export interface StoredBasket {
  basketId: string;
  lines: Reservation[];
  /** The orders that have not failed. */
  orders: Order[];
}

export interface Refusal {
  code: ProblemCode;
  detail: string;
  lines?: Problem['lines'];
}

type LineRefused = Exclude<BasketLineOutcome['outcome'], 'held' | 'not_alone'>;

const CODES: Record<LineRefused, ProblemCode> = {
  already_purchased: 'ALREADY_PURCHASED',
  already_reserved: 'ALREADY_RESERVED',
  out_of_stock: 'OUT_OF_STOCK',
  sold_another_way: 'SOLD_ANOTHER_WAY',
  not_begun: 'SALE_NOT_STARTED',
  over: 'SALE_ENDED',
  over_limit: 'LIMIT_EXCEEDED',
  unknown_sku: 'UNKNOWN_SKU',
  contention_lost: 'CONTENTION_LOST',
};

/** The lines as a basket that was just held; or the refusal, with the code of the first line that cannot be held. */
export function describeHeld(
  basketId: string,
  wanted: BasketLine[],
  decided: BasketLineOutcome[],
): { basket: Basket } | Refusal {
  const lines: Reservation[] = [];
  const refused: NonNullable<Problem['lines']> = [];
  for (const [place, line] of decided.entries()) {
    if (line.outcome === 'held') {
      const { holdId, createdAt, expiresAt, ...hold } = line.hold;
      lines.push({
        ...{ reservationId: holdId, ...hold, status: 'RESERVED' },
        ...{ createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() },
        ...{ confirmedAt: null, sequence: line.sequence },
      });
    } else if (line.outcome !== 'not_alone') {
      const { skuId } = wanted[place] as BasketLine;
      const sequence = 'sequence' in line ? { sequence: line.sequence } : {};
      refused.push({ skuId, code: CODES[line.outcome], ...sequence });
    }
  }
  const [first] = refused;
  if (first === undefined) return { basket: { basketId, lines, orders: [] } };
  return {
    code: first.code as ProblemCode,
    detail: `Nothing of the basket was held, because of ${refused.map(({ skuId }) => skuId).join(', ')}.`,
    lines: refused,
  };
}

/** The refusal to give a basket back or to cancel it, because of the lines with these SKUs. */
export function refuseEnd(reason: keyof typeof END_REFUSALS, skuIds: string[]): Refusal {
  const { code, detail } = END_REFUSALS[reason];
  if (skuIds.length === 0) return { code, detail };
  return { code, detail, lines: skuIds.map((skuId) => ({ skuId, code })) };
}

/** The refusals of baskets that cannot be given back or cancelled. */
export const END_REFUSALS: Record<
  'not_found' | 'expired' | 'not_active' | 'not_cancellable',
  Refusal
> = {
  not_found: {
    code: 'NOT_FOUND',
    detail: 'You have no basket with this id that it can be done to.',
  },
  expired: { code: 'RESERVATION_EXPIRED', detail: 'Its units are already back on sale.' },
  not_active: { code: 'RESERVATION_NOT_ACTIVE', detail: 'It was bought or cancelled before.' },
  not_cancellable: {
    code: 'ORDER_NOT_CANCELLABLE',
    detail: 'An order of it has failed, or was fulfilled or cancelled before.',
  },
};
