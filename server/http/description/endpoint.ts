import type { z } from 'zod';
import type { Role } from '../../../src/protocol/accounts.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';

/**
 * One endpoint of the API as data. Each feature declares its own in `endpoints.ts`, beside its routes; the OpenAPI
 * document is made of them, and a test compares them with the routes that Express really has.
 */
export interface Endpoint {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it (`/orders/:id`); every spelling, if there are several. */
  path: string | readonly string[];
  /** A heading of the documentation. */
  tag: string;
  summary: string;
  /** Who may call it: everybody, whoever is logged in, or only those of some roles. */
  access: 'public' | 'user' | readonly Role[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Everybody comes here when a sale opens. */
  isHot?: true;
  /** Takes an Idempotency-Key. */
  takesKey?: true;
  /** What it answers with when it succeeds, by status; nothing for an answer without a schema. */
  answers: Record<number, z.ZodType | undefined>;
  /** Of these answers; JSON unless said. */
  contentType?: string;
  /** What it refuses with, beyond what follows from `access`, `query` and `body`. */
  refusals?: readonly ProblemCode[];
}

export const pathsOf = ({ path }: Endpoint): readonly string[] =>
  typeof path === 'string' ? [path] : path;

/** Every code an endpoint may refuse with. */
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
