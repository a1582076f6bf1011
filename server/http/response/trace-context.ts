import type { IncomingHttpHeaders } from 'node:http';

/** Version, trace id, parent id, flags. Ids of zeros only are invalid. Later versions may append fields. */
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?=$|-)/;

/**
 * The trace of a request according to its `traceparent` header (W3C Trace Context). Undefined without the header or with
 * a malformed one. Answers repeat the header unchanged: a caller looks for the trace that it began.
 */
export function traceOf(
  headers: IncomingHttpHeaders,
): { traceId: string; spanId: string; isSampled: boolean; traceparent: string } | undefined {
  const sent = headers.traceparent;
  if (typeof sent !== 'string' || sent.length > TRACEPARENT_LENGTH_MAX) return undefined;
  const match = TRACEPARENT.exec(sent);
  if (match === null || (sent.startsWith('00') && sent.length !== 55)) return undefined;
  const [, traceId, spanId, flags] = match as unknown as [string, string, string, string];
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, isSampled, traceparent: sent };
}

const TRACEPARENT_LENGTH_MAX = 512;
