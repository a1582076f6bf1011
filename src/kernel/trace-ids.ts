/** A place in a trace: the trace, and the span under which something happened. */
export interface TracePlace {
  traceId: string;
  spanId: string;
}

/** The call ids of the load engine. Their version says that their digits are of no common kind, so no other client's look so. */
const CALL_ID = /^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/;

/**
 * The trace of a call of the load engine: its digits are those of the call id, so whoever has the id can name the trace, and
 * nothing else need be stored. Undefined for the call id of another client.
 */
export function traceOfCall(callId: string | undefined): TracePlace | undefined {
  if (callId === undefined || !CALL_ID.test(callId)) return undefined;
  const traceId = callId.replaceAll('-', '');
  return { traceId, spanId: traceId.slice(16) };
}

/** The value of the header `traceparent` (W3C Trace Context) that hands a trace on which is to be recorded. */
export const traceparentOf = ({ traceId, spanId }: TracePlace): string =>
  `00-${traceId}-${spanId}-01`;
