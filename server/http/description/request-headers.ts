import * as z from 'zod';
import {
  CALL_ID_FORM,
  CALL_ID_HEADER,
  IDEMPOTENCY_KEY_FORM,
  IDEMPOTENCY_KEY_HEADER,
  REQUEST_ID_HEADER,
} from '../../../src/protocol/headers.ts';
import type { Endpoint } from './endpoint.ts';

/** Headers that every endpoint reads. One of another form is ignored, not refused. */
const OF_ALL = {
  [REQUEST_ID_HEADER]: z
    .string()
    .optional()
    .describe(
      'Id of this request in its answer and in the log: up to 64 letters, digits and . _ : -. Without one the server makes one up.',
    ),
  traceparent: z
    .string()
    .optional()
    .describe(
      'The trace of this request (W3C Trace Context), which the answer and the log repeat.',
    ),
};

const KEY_HEADER = {
  [IDEMPOTENCY_KEY_HEADER]: z
    .string()
    .regex(IDEMPOTENCY_KEY_FORM)
    .optional()
    .describe(
      'Requests of a user with the same key within a day count as one request and get the same answer.',
    ),
};

const CALL_HEADER = {
  [CALL_ID_HEADER]: z
    .string()
    .regex(CALL_ID_FORM)
    .optional()
    .describe(
      'The client’s id of this call. It is stored with the effect, so that the ledger shows if a call without an answer took effect.',
    ),
};

const CACHE_HEADER = {
  'if-none-match': z
    .string()
    .optional()
    .describe(
      'The ETag of an earlier answer: while it is the same, the answer is 304 without a body.',
    ),
};

/** The headers that an endpoint reads, beside the token and those that describe the body. */
export const requestHeadersOf = (endpoint: Endpoint): z.ZodObject =>
  z.object({
    ...endpoint.headers?.shape,
    ...(endpoint.takesKey && KEY_HEADER),
    ...(endpoint.takesCallId && CALL_HEADER),
    ...(endpoint.isCacheable && CACHE_HEADER),
    ...OF_ALL,
  });
