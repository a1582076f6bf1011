import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { rememberTwo } from '../../../src/kernel/memo.ts';
import type { Problem, ProblemCode } from '../../../src/protocol/problem.ts';
import { Unfinished } from '../../platform/after-effect.ts';
import type { Logger } from '../../platform/logging.ts';
import { answer } from './respond.ts';
import { traceOf } from './trace-context.ts';

/** The only place where a problem code gets its status and title, and where `retryable` marks that a repeat may succeed. */
const PROBLEMS: Record<ProblemCode, { status: number; title: string; retryable?: true }> = {
  MALFORMED_REQUEST: { status: 400, title: 'The request is not well-formed HTTP' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The request’s headers are too large' },
  REQUEST_TIMEOUT: { status: 408, title: 'The request took too long to arrive', retryable: true },
  VALIDATION_FAILED: { status: 400, title: 'The request does not have the expected form' },
  MALFORMED_BODY: { status: 400, title: 'The body is not valid JSON' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  RANGE_NOT_SATISFIABLE: { status: 416, title: 'There is no such part' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body must be application/json' },
  UNAUTHENTICATED: { status: 401, title: 'A valid token is needed' },
  INVALID_CREDENTIALS: { status: 401, title: 'Username or password is wrong' },
  INVALID_REFRESH_TOKEN: { status: 401, title: 'The refresh token is not valid' },
  TOO_MANY_ATTEMPTS: { status: 429, title: 'Too many attempts to log in', retryable: true },
  FORBIDDEN: { status: 403, title: 'Your role does not allow this' },
  NOT_FOUND: { status: 404, title: 'There is no such thing' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This method is not allowed here' },
  USERNAME_TAKEN: { status: 409, title: 'The username is taken' },
  UNKNOWN_SKU: { status: 404, title: 'There is no such product' },
  OUT_OF_STOCK: { status: 400, title: 'The product is out of stock' },
  ALREADY_RESERVED: { status: 409, title: 'You already hold a reservation of this product' },
  ALREADY_PURCHASED: { status: 409, title: 'You have already bought this product' },
  CONTENTION_LOST: { status: 409, title: 'Others were faster; try again', retryable: true },
  SOLD_ANOTHER_WAY: { status: 409, title: 'The product is sold in another way' },
  LIMIT_EXCEEDED: { status: 409, title: 'More units than one buyer may have' },
  PART_OF_BASKET: { status: 409, title: 'It belongs to a basket' },
  RESERVATION_EXPIRED: { status: 409, title: 'The reservation has expired' },
  RESERVATION_NOT_ACTIVE: { status: 409, title: 'The reservation is no longer active' },
  ORDER_EXISTS: { status: 409, title: 'The reservation has already been ordered' },
  ORDER_NOT_CANCELLABLE: { status: 409, title: 'The order can no longer be cancelled' },
  ORDER_NOT_FULFILLABLE: { status: 409, title: 'The order cannot be fulfilled' },
  CAMPAIGN_NOT_STARTED: { status: 409, title: 'The campaign has not started' },
  CAMPAIGN_ENDED: { status: 409, title: 'The campaign has ended' },
  CAMPAIGN_FULL: { status: 409, title: 'The campaign is full' },
  ALREADY_REGISTERED: { status: 409, title: 'You are already registered for this campaign' },
  VOUCHER_USED: { status: 409, title: 'The voucher has been used' },
  VOUCHER_EXPIRED: { status: 409, title: 'The voucher has expired' },
  SALE_NOT_STARTED: { status: 409, title: 'The sale has not started' },
  SALE_ENDED: { status: 409, title: 'The sale has ended' },
  PRODUCT_HAS_SALE: { status: 409, title: 'The product has another flash sale' },
  ALREADY_ATTEMPTED: { status: 409, title: 'You have already made your attempt' },
  SEVERAL_EVENTS: { status: 409, title: 'The tickets are of several events' },
  EVENT_CANCELLED: { status: 409, title: 'The event is cancelled' },
  EVENT_NOT_CANCELLABLE: { status: 409, title: 'The event can no longer be cancelled' },
  TICKET_CHECKED_IN: { status: 409, title: 'The ticket has been checked in' },
  TICKET_CANCELLED: { status: 409, title: 'The ticket was cancelled' },
  QUEST_LOCKED: { status: 409, title: 'The quest cannot be started yet' },
  QUEST_STARTED: { status: 409, title: 'The quest has been started' },
  QUEST_NOT_STARTED: { status: 409, title: 'The quest has not been started' },
  QUEST_COMPLETED: { status: 409, title: 'The quest has been completed' },
  QUEST_NOT_COMPLETED: { status: 409, title: 'The quest has not been completed' },
  WRONG_CODE: { status: 409, title: 'The code is wrong' },
  NOT_SUBMITTABLE: { status: 409, title: 'The server counts this by itself' },
  NOT_A_REWARD: { status: 409, title: 'The campaign is no reward that is free' },
  PAYMENT_DECLINED: { status: 402, title: 'The payment was declined' },
  PAYMENT_UNAVAILABLE: {
    status: 503,
    title: 'The payment provider cannot be reached',
    retryable: true,
  },
  TRANSACTION_REUSED: { status: 409, title: 'The transaction belongs to another order' },
  UPGRADE_REQUIRED: { status: 426, title: 'This is a WebSocket' },
  ORIGIN_REFUSED: { status: 403, title: 'Pages of this origin may not connect' },
  TOO_MANY_STREAMS: { status: 429, title: 'Too many streams are open', retryable: true },
  CHANNEL_NOT_CONFIGURED: { status: 409, title: 'The server sends nothing on this channel' },
  CODE_REFUSED: { status: 409, title: 'The code is wrong or too old' },
  INVALID_SIGNATURE: { status: 401, title: 'The signature is not valid' },
  STOCK_CONFLICT: { status: 409, title: 'The stock does not allow this' },
  RATE_LIMITED: { status: 429, title: 'Too many requests', retryable: true },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'The key belongs to another request' },
  IDEMPOTENCY_IN_FLIGHT: {
    status: 409,
    title: 'The request is still being worked on',
    retryable: true,
  },
  UNAVAILABLE: { status: 503, title: 'The server cannot answer now', retryable: true },
  INTERNAL_ERROR: { status: 500, title: 'The server made a mistake' },
};

/** The parts of a problem that depend on its code alone. */
const FIXED_PARTS = Object.fromEntries(
  Object.entries(PROBLEMS).map(([code, { status, title, retryable = false }]) => {
    const type = `urn:flashsale:problem:${code.toLowerCase().replaceAll('_', '-')}`;
    return [code, { type, title, status, code, retryable }];
  }),
) as Record<ProblemCode, Pick<Problem, 'type' | 'title' | 'status' | 'code' | 'retryable'>>;

/** The same parts as JSON, without the closing brace. */
const FIXED_TEXTS = Object.fromEntries(
  Object.entries(FIXED_PARTS).map(([code, parts]) => [code, JSON.stringify(parts).slice(0, -1)]),
) as Record<ProblemCode, string>;

/** Most answers in a row have the same detail. */
const quote = rememberTwo((text: string) => JSON.stringify(text));

export const statusOf = (code: ProblemCode): number => PROBLEMS[code].status;

type Extras = Pick<Problem, 'sequence' | 'existingOrderId' | 'lines' | 'checkIn' | 'errors'>;

/** A refusal thrown by code that has no response at hand, such as a parser. The error handler answers it as `refuse` does. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly extras: Extras | undefined;

  constructor(code: ProblemCode, detail: string, extras?: Extras, cause?: unknown) {
    super(detail, { cause });
    this.name = 'ProblemError';
    this.code = code;
    this.extras = extras;
  }
}

/** Answers with a problem. `detail` is a sentence for people; programs use `code`. */
export function refuse(res: Response, code: ProblemCode, detail: string, extras?: Extras): void {
  const { status, retryable } = FIXED_PARTS[code];
  const body = writeProblem(code, detail, res.req.id, extras);
  answer(res, status, 'application/problem+json', body, !retryable && status < 500);
}

/**
 * The RFC 9457 body of a problem as JSON. The fixed parts are serialized in advance, because a sale refuses a hundred
 * buyers for each one that it serves.
 */
export function writeProblem(
  code: ProblemCode,
  detail: string,
  requestId: string,
  extras?: Extras,
): string {
  if (extras === undefined) {
    return `${FIXED_TEXTS[code]},"detail":${quote(detail)},"requestId":${JSON.stringify(requestId)}}`;
  }
  const own = JSON.stringify({ detail, requestId, ...extras } satisfies Partial<Problem>);
  return `${FIXED_TEXTS[code]},${own.slice(1)}`;
}

export const notFound: RequestHandler = (req, res) => {
  refuse(res, 'NOT_FOUND', `There is nothing at ${req.path}.`);
};

/** Comes last in a route (`.all(methodNotAllowed)`) and answers with the methods that the route has. */
export const methodNotAllowed: RequestHandler = (req, res) => {
  const allowed = Object.keys(req.route.methods)
    .filter((method) => method !== '_all')
    .map((method) => method.toUpperCase());
  res.setHeader('allow', allowed.join(', '));
  refuse(res, 'METHOD_NOT_ALLOWED', `${req.method} is not one of ${allowed.join(', ')}.`);
};

const FAULT = new ProblemError(
  'INTERNAL_ERROR',
  'It was logged under the request id. Whether the request took effect is not known.',
);

/** Answers when a handler has thrown. Bugs and faults are logged with their causes and never shown to the client. */
export function createErrorHandler(log: Logger): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const refusal = asRefusal(error);
    if (refusal === undefined || refusal.code === 'UNAVAILABLE') {
      log.error(
        {
          err: error,
          requestId: req.id,
          traceId: traceOf(req.headers)?.traceId,
          method: req.method,
          url: req.path,
        },
        'request failed',
      );
    }
    if (res.headersSent) {
      // The connection is closed, because a client must not take half an answer for a whole one.
      res.destroy();
      return;
    }
    const { code, message, extras } = refusal ?? FAULT;
    refuse(res, code, message, extras);
  };
}

function asRefusal(error: unknown): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  if (hadNoConnection(error)) {
    return new ProblemError('UNAVAILABLE', 'The database cannot be reached; nothing was changed.');
  }
  // Express throws this for a path with a broken percent-encoding.
  if (error instanceof URIError) {
    return new ProblemError('MALFORMED_REQUEST', 'The path has a broken percent-encoding.');
  }
  return undefined;
}

/**
 * Codes of failures to get a connection at all: refused, not found, starting up, too many. Only these become UNAVAILABLE,
 * because that code promises the client that nothing happened. A connection that breaks during a statement may have
 * broken after the commit, so that stays an INTERNAL_ERROR, which promises nothing; and so does a failure after an effect.
 */
const NO_CONNECTION = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|57P03|53300)$/;
const NO_CONNECTION_IN_TIME = 'timeout exceeded when trying to connect';

function hadNoConnection(error: unknown): boolean {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof Unfinished) return false;
    if ('code' in current && NO_CONNECTION.test(String(current.code))) return true;
    if (current.message === NO_CONNECTION_IN_TIME) return true;
  }
  return false;
}
