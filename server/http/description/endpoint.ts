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
  body?: z.ZodType;
  /** All buyers call it when a sale opens, so the admission limit applies to it. */
  isHot?: true;
  /** It accepts an Idempotency-Key. */
  takesKey?: true;
  /** The schemas of its successful answers by status; undefined for an answer without a schema. */
  answers: Record<number, z.ZodType | undefined>;
  /** Content type of these answers; JSON by default. */
  contentType?: string;
  /** Its problem codes, except for those that follow from `access`, `query`, `body` and `takesKey`. */
  refusals?: readonly ProblemCode[];
}

export const pathsOf = ({ path }: Endpoint): readonly string[] =>
  typeof path === 'string' ? [path] : path;

/** Every problem code that an endpoint may answer with. */
export function refusalsOf(endpoint: Endpoint): ProblemCode[] {
  const { access, query, body, takesKey, refusals = [] } = endpoint;
  const codes: ProblemCode[] = [...refusals, 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL_ERROR'];
  if (access !== 'public') codes.push('UNAUTHENTICATED');
  if (typeof access !== 'string') codes.push('FORBIDDEN');
  if (query !== undefined || body !== undefined) codes.push('VALIDATION_FAILED');
  if (body !== undefined) codes.push('MALFORMED_BODY', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE');
  if (takesKey) {
    codes.push('VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_IN_FLIGHT');
  }
  return [...new Set(codes)];
}
