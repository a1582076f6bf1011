import type { IncomingHttpHeaders } from 'node:http';

/** Version, trace id, parent id, flags. Ids of zeros only are invalid. Later versions may append fields. */
const TRACEPARENT =
  /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?=$|-)/;

/**
 * The trace of a request according to its `traceparent` header (W3C Trace Context). Undefined without the header or with
 * a malformed one. This server makes no spans, so its answers repeat the header unchanged.
 */
export function traceOf(
  headers: IncomingHttpHeaders,
): { traceId: string; traceparent: string } | undefined {
  const sent = headers.traceparent;
  if (typeof sent !== 'string' || sent.length > TRACEPARENT_LENGTH_MAX) return undefined;
  const match = TRACEPARENT.exec(sent);
  if (match === null || (sent.startsWith('00') && sent.length !== 55)) return undefined;
  return { traceId: match[1]!, traceparent: sent };
}

const TRACEPARENT_LENGTH_MAX = 512;
