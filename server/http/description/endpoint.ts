import type * as z from 'zod';
import type { Role } from '../../../src/protocol/accounts.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';

/**
 * One endpoint of the API as data. Each feature describes its endpoints in `endpoints.ts`, beside its routes. The OpenAPI
 * document is made from the descriptions, and a test compares them with the routes of the Express app.
 */
export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In Express's notation (`/orders/:id`); a list when the same endpoint has several paths. */
  path: string | readonly string[];
  /** A heading of the documentation. */
  tag: string;
  summary: string;
  /** The callers it is open to: everybody, every user with a session, or the users with one of these roles. */
  access: 'public' | 'user' | readonly Role[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** Headers that it alone reads. Those of all endpoints, and those that follow from fields below, are left out. */
  headers?: z.ZodObject;
  body?: z.ZodType;
  /** All buyers call it when a sale opens, so the admission limit applies to it. */
  isHot?: true;
  /** It accepts an Idempotency-Key. */
  takesKey?: true;
  /** It accepts the id that the client gives to the call, and stores it with the effect. */
  takesCallId?: true;
  /** Browsers and CDNs may keep its answers: these have an ETag, and `If-None-Match` is answered with 304. */
  isCacheable?: true;
  /** The schemas of its successful answers by status; undefined for an answer without a schema. */
  answers: Record<number, z.ZodType | undefined>;
  /** Content type of these answers, or each of them; JSON by default. */
  contentType?: string | readonly string[];
  /** The calls that a successful answer leads on to. */
  leadsTo?: readonly Link[];
  /** Its problem codes, except for those that follow from `access`, `params`, `query`, `body` and what it takes. */
  refusals?: readonly ProblemCode[];
}

/** A call that can be made with what an answer says. Values are runtime expressions of OpenAPI. */
export interface Link {
  /** Method and path of the endpoint that is called, as its description has them; the first path where there are several. */
  to: string;
  params?: Record<string, string>;
  body?: Record<string, unknown>;
}

export const pathsOf = ({ path }: Endpoint): readonly string[] =>
  typeof path === 'string' ? [path] : path;

/** Every problem code that an endpoint may answer with. */
export function refusalsOf(endpoint: Endpoint): ProblemCode[] {
  const { access, params, query, body, takesKey, takesCallId, refusals = [] } = endpoint;
  const codes: ProblemCode[] = [...refusals, 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_ERROR'];
  if (access !== 'public') codes.push('UNAUTHENTICATED');
  if (typeof access !== 'string') codes.push('FORBIDDEN');
  if (params !== undefined) codes.push('MALFORMED_REQUEST');
  if (query !== undefined || body !== undefined || takesCallId) codes.push('VALIDATION_FAILED');
  if (body !== undefined) codes.push('MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE');
  if (takesKey) {
    codes.push('VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT');
  }
  return [...new Set(codes)];
}
