import type { Request } from 'express';
import { CALL_ID_HEADER } from '../../../src/protocol/headers.ts';
import { ProblemError } from '../response/problem.ts';

const SANE_ID = /^[\w.:-]{1,100}$/;

/** The client's name for this call, stored with its effect; clients need not give one. */
export function callIdOf(req: Request): string | undefined {
  const sent = req.headers[CALL_ID_HEADER];
  if (sent === undefined) return undefined;
  if (typeof sent === 'string' && SANE_ID.test(sent)) return sent;
  throw new ProblemError('VALIDATION_FAILED', 'The request was not understood.', {
    errors: [{ path: CALL_ID_HEADER, message: 'up to 100 letters, digits and . _ : -' }],
  });
}
