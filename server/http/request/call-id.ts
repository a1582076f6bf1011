import type { Request } from 'express';
import { CALL_ID_FORM, CALL_ID_HEADER } from '../../../src/protocol/headers.ts';
import { ProblemError } from '../response/problem.ts';

/**
 * The id that the client gave to this call, stored with the effect of the call; undefined when the client sent none.
 *
 * @throws ProblemError VALIDATION_FAILED for an id of another form
 */
export function callIdOf(req: Request): string | undefined {
  const sent = req.headers[CALL_ID_HEADER];
  if (sent === undefined) return undefined;
  if (typeof sent === 'string' && CALL_ID_FORM.test(sent)) return sent;
  throw new ProblemError('VALIDATION_FAILED', 'The request was not understood.', {
    errors: [{ path: CALL_ID_HEADER, message: 'up to 100 letters, digits and . _ : -' }],
  });
}
