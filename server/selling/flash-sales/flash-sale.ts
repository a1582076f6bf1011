import type { AcceptedAttempt, FlashSaleStatus } from '../../../src/protocol/flash-sales.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';

export interface FlashSale {
  saleId: string;
  skuId: string;
  /** ISO 8601, as is `endTime`. */
  startTime: string;
  endTime: string;
}

export interface DescribedSale extends FlashSale {
  productName: string;
  productDescription: string;
}

/** The database's decision about an attempt. */
export type AttemptDecision =
  | 'accepted'
  | 'already_attempted'
  | 'already_purchased'
  | 'already_reserved'
  | 'sold_out'
  | 'not_begun'
  | 'over'
  | 'off_sale';

export interface Refusal {
  /** The name in the metrics. */
  outcome: string;
  code: ProblemCode;
  detail: string;
}

export const describeSale = (sale: DescribedSale, nowMs: number): FlashSaleStatus => ({
  id: sale.saleId,
  status: statusAt(sale, nowMs),
  startTime: sale.startTime,
  endTime: sale.endTime,
  currentTime: new Date(nowMs).toISOString(),
  productId: sale.skuId,
  productName: sale.productName,
  productDescription: sale.productDescription,
});

export function statusAt(sale: FlashSale, nowMs: number): FlashSaleStatus['status'] {
  if (nowMs < Date.parse(sale.startTime)) return 'UPCOMING';
  return nowMs < Date.parse(sale.endTime) ? 'ACTIVE' : 'ENDED';
}

/**
 * The refusal of an attempt at this sale at this moment, to spare the database the crowd that comes too early. Undefined:
 * ask the database, whose clock decides.
 */
export function refuseAttempt(sale: FlashSale | undefined, nowMs: number): Refusal | undefined {
  if (sale === undefined) {
    return { outcome: 'unknown', code: 'NOT_FOUND', detail: 'There is no sale with this id.' };
  }
  switch (statusAt(sale, nowMs)) {
    case 'UPCOMING':
      return { ...DECISION_REFUSALS.not_begun, detail: `It starts at ${sale.startTime}.` };
    case 'ENDED':
      return { ...DECISION_REFUSALS.over, detail: `It ended at ${sale.endTime}.` };
    case 'ACTIVE':
      return undefined;
  }
}

/** The answers to users whose attempts the database does not accept. */
export const DECISION_REFUSALS: Record<Exclude<AttemptDecision, 'accepted'>, Refusal> = {
  already_attempted: {
    outcome: 'already_attempted',
    code: 'ALREADY_ATTEMPTED',
    detail: 'One attempt is allowed, and you have made it; see /api/orders/status/:productId.',
  },
  already_purchased: {
    outcome: 'already_purchased',
    code: 'ALREADY_PURCHASED',
    detail: 'One purchase is allowed, and you have made it.',
  },
  already_reserved: {
    outcome: 'already_reserved',
    code: 'ALREADY_RESERVED',
    detail: 'Check your reservation out, or cancel it and attempt then.',
  },
  not_begun: {
    outcome: 'not_started',
    code: 'SALE_NOT_STARTED',
    detail: 'It has not started yet.',
  },
  over: { outcome: 'ended', code: 'SALE_ENDED', detail: 'It has ended.' },
  off_sale: {
    outcome: 'unknown',
    code: 'NOT_FOUND',
    detail: 'Its product has been taken off sale.',
  },
  sold_out: {
    outcome: 'sold_out',
    code: 'OUT_OF_STOCK',
    detail: 'As many attempts as there are units have been accepted.',
  },
};

/** The answer to an accepted attempt, also when the call is repeated later. */
export const describeAccepted = (attemptId: string, sale: FlashSale): AcceptedAttempt => ({
  attemptId,
  saleId: sale.saleId,
  productId: sale.skuId,
  status: 'PENDING',
});
