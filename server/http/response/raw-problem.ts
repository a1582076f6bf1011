import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { REQUEST_ID_HEADER } from '../../../src/protocol/headers.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { statusOf, writeProblem } from './problem.ts';

/** Answers with a problem on a connection that has no response object, and closes it. */
export function endWithProblem(
  socket: Duplex,
  code: ProblemCode,
  detail: string,
  requestId: string,
  retryAfterMs?: number,
): void {
  const status = statusOf(code);
  const body = writeProblem(code, detail, requestId);
  const challenge = code === 'UNAUTHENTICATED' ? 'WWW-Authenticate: Bearer\r\n' : '';
  const retry =
    retryAfterMs === undefined
      ? ''
      : `Retry-After: ${Math.max(1, Math.ceil(retryAfterMs / 1000))}\r\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Content-Type: application/problem+json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `${challenge}${retry}${REQUEST_ID_HEADER}: ${requestId}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}
