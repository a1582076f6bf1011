import type { RefusalReasons } from '../history/refusal-reason.ts';
import { CALL_ID_HEADER, IDEMPOTENCY_KEY_HEADER } from '../protocol/headers.ts';
import { ProblemCode } from '../protocol/problem.ts';
import { REFUSAL_LAG_MS } from '../protocol/reservations.ts';
import type { Answer, Target } from './target.ts';

/** Codes that say nothing about the sale are left out: nobody can be told by them that a sale is other than it is. */
const REFUSALS = {
  UNKNOWN_SKU: 'not-found',
  NOT_FOUND: 'not-found',
  OUT_OF_STOCK: 'sold-out',
  CAMPAIGN_FULL: 'sold-out',
  ALREADY_RESERVED: 'has-hold',
  ALREADY_PURCHASED: 'has-bought',
  ALREADY_REGISTERED: 'has-bought',
  ALREADY_ATTEMPTED: 'has-attempted',
  RESERVATION_EXPIRED: 'hold-lapsed',
  RESERVATION_NOT_ACTIVE: 'hold-ended',
  ORDER_EXISTS: 'hold-ordered',
  ORDER_NOT_CANCELLABLE: 'order-ended',
  VOUCHER_USED: 'voucher-used',
  VOUCHER_EXPIRED: 'voucher-ended',
  CAMPAIGN_NOT_STARTED: 'sale-not-begun',
  SALE_NOT_STARTED: 'sale-not-begun',
  CAMPAIGN_ENDED: 'sale-over',
  SALE_ENDED: 'sale-over',
} satisfies Partial<Record<ProblemCode, RefusalReasons[string]>>;

/** The reference server of this project. */
export const referenceTarget: Target = {
  name: 'reference',
  callIdHeader: CALL_ID_HEADER,
  idempotencyHeader: IDEMPOTENCY_KEY_HEADER,
  operations: [
    {
      kind: 'reserve',
      method: 'POST',
      path: '/api/v1/reservations',
      sku: 'body.skuId',
      quantity: 'body.quantity',
      answerHold: 'answer.reservationId',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
    },
    {
      kind: 'confirm',
      method: 'POST',
      path: '/api/v1/orders/checkout',
      hold: 'body.reservationId',
      answerHold: 'answer.reservationId',
      answerOrder: 'answer.orderId',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
    },
    {
      kind: 'release',
      method: 'DELETE',
      path: '/api/v1/reservations/:id',
      hold: 'path.id',
      answerHold: 'answer.reservationId',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
    },
    {
      kind: 'cancel',
      method: 'POST',
      path: '/api/v1/orders/:id/cancel',
      order: 'path.id',
      answerHold: 'answer.reservationId',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
    },
    {
      kind: 'register',
      method: 'POST',
      path: '/api/v1/register',
      sku: 'body.campaignId',
      answerHold: 'answer.reservationId',
      answerOrder: 'answer.orderId',
      answerVoucher: 'answer.code',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
    },
    {
      kind: 'redeem',
      method: 'POST',
      path: '/api/v1/voucher/use',
      voucher: 'body.code',
    },
    {
      kind: 'attempt',
      method: 'POST',
      path: '/api/flash-sale/attempt/:saleId',
      sku: 'path.saleId',
      answerSku: 'answer.productId',
    },
    {
      kind: 'read',
      method: 'GET',
      path: '/api/orders/status/:productId',
      sku: 'path.productId',
      answerObserved: { decision: 'answer.status' },
    },
    {
      kind: 'read',
      method: 'GET',
      path: '/api/v1/products/:skuId/availability',
      sku: 'path.skuId',
      answerSku: 'answer.skuId',
      answerSequence: 'answer.sequence',
      answerObserved: {
        available: 'answer.available',
        reserved: 'answer.reserved',
        sold: 'answer.sold',
      },
    },
  ],
  refusals: REFUSALS,
  refusalLagMs: REFUSAL_LAG_MS,
  // The server allows one reservation of any quantity.
  holdsPerBuyerMax: 1,
  buyerOf,
  classify,
};

/** Reads the user of a bearer token (`sub`) without verifying the token: the server does that. */
function buyerOf(authorization: string): string | undefined {
  if (!BEARER.test(authorization)) return undefined;
  const start = authorization.indexOf('.') + 1;
  const end = authorization.indexOf('.', start);
  const payload = Buffer.from(authorization.slice(start, end), 'base64url').toString('utf8');
  const subject = PLAIN_SUBJECT.exec(payload)?.[1];
  if (subject !== undefined) return subject;
  try {
    const { sub } = JSON.parse(payload);
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

const BEARER = /^Bearer [\w-]+\.[\w-]+\./i;
/** A payload with nothing nested and nothing escaped, as nearly every token has. JSON.parse would take three times as long per request. */
const PLAIN_SUBJECT = /^\{[^{}\\]*"sub":"([^"\\]*)"[^{}\\]*\}$/;

const codes = new Set<string>(ProblemCode.options);
/** Codes of a 503 that mean that nothing was begun. */
const NEVER_BEGAN = new Set<string>([
  ProblemCode.enum.UNAVAILABLE,
  ProblemCode.enum.PAYMENT_UNAVAILABLE,
]);

/**
 * Only an answer with a code of the contract is a definite refusal. An answer of a proxy in between is none, and neither is
 * a 5xx, except with the codes that mean that the server has begun nothing (it drains, or has no connection to the database
 * or the payment provider).
 */
function classify(status: number, code: string | undefined): Answer {
  // The order is placed and its payment is under way; the final ledger has the outcome.
  if (status === 202) return 'accepted';
  if (status >= 200 && status < 300) return 'ok';
  if (code === undefined || !codes.has(code)) return 'error';
  if (REFUSALS[code as keyof typeof REFUSALS] === 'sold-out') return 'sold_out';
  if (status >= 400 && status < 500) return 'refused';
  if (status === 503 && NEVER_BEGAN.has(code)) return 'refused';
  return 'error';
}
