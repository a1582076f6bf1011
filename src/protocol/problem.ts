import * as z from 'zod';
import { CheckIn } from './tickets.ts';

/**
 * Every error code of the reference server. Codes are the contract: one table maps them to statuses and titles
 * (`server/http/response/problem.ts`), and the load engine decides by them whether a call definitely failed.
 */
export const ProblemCode = z.enum([
  'MALFORMED_REQUEST',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
  'VALIDATION_FAILED',
  'MALFORMED_BODY',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'RANGE_NOT_SATISFIABLE',
  'UNAUTHENTICATED',
  'INVALID_CREDENTIALS',
  'INVALID_REFRESH_TOKEN',
  'TOO_MANY_ATTEMPTS',
  'FORBIDDEN',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'USERNAME_TAKEN',
  'UNKNOWN_SKU',
  'OUT_OF_STOCK',
  'ALREADY_RESERVED',
  'ALREADY_PURCHASED',
  'CONTENTION_LOST',
  'SOLD_ANOTHER_WAY',
  'LIMIT_EXCEEDED',
  'PART_OF_BASKET',
  'RESERVATION_EXPIRED',
  'RESERVATION_NOT_ACTIVE',
  'ORDER_EXISTS',
  'ORDER_NOT_CANCELLABLE',
  'ORDER_NOT_FULFILLABLE',
  'CAMPAIGN_NOT_STARTED',
  'CAMPAIGN_ENDED',
  'CAMPAIGN_FULL',
  'ALREADY_REGISTERED',
  'VOUCHER_USED',
  'VOUCHER_EXPIRED',
  'SALE_NOT_STARTED',
  'SALE_ENDED',
  'PRODUCT_HAS_SALE',
  'ALREADY_ATTEMPTED',
  'SEVERAL_EVENTS',
  'EVENT_CANCELLED',
  'EVENT_NOT_CANCELLABLE',
  'TICKET_CHECKED_IN',
  'TICKET_CANCELLED',
  'QUEST_LOCKED',
  'QUEST_STARTED',
  'QUEST_NOT_STARTED',
  'QUEST_COMPLETED',
  'QUEST_NOT_COMPLETED',
  'WRONG_CODE',
  'NOT_SUBMITTABLE',
  'NOT_A_REWARD',
  'PAYMENT_DECLINED',
  'PAYMENT_UNAVAILABLE',
  'TRANSACTION_REUSED',
  'INVALID_SIGNATURE',
  'UPGRADE_REQUIRED',
  'ORIGIN_REFUSED',
  'TOO_MANY_STREAMS',
  'CHANNEL_NOT_CONFIGURED',
  'CODE_REFUSED',
  'STOCK_CONFLICT',
  'RATE_LIMITED',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENCY_IN_FLIGHT',
  'UNAVAILABLE',
  'INTERNAL_ERROR',
]);
export type ProblemCode = z.infer<typeof ProblemCode>;

/** RFC 9457 problem details, the body of every error of the server (`application/problem+json`). */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: ProblemCode,
    detail: z.string(),
    /** True when the same call may succeed later without a change. */
    retryable: z.boolean(),
    requestId: z.string(),
    /** The SKU's stock sequence number when the refusal was decided. */
    sequence: z.int().optional(),
    /** The order that a reservation has already: one that stands, waits for its payment, or was cancelled. */
    existingOrderId: z.uuid().optional(),
    lines: z
      .array(z.object({ skuId: z.string(), code: z.string(), sequence: z.int().optional() }))
      .optional()
      .describe(
        'The lines of a basket because of which it was refused, each with its own reason; nothing was done for any line. Absent where the reason is that of the whole basket, such as its payment.',
      ),
    /** The check-in of a ticket that was let in before. */
    checkIn: CheckIn.optional(),
    /** One entry per wrong field of a request that failed validation. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
