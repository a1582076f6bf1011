import { randomBytes } from 'node:crypto';
import { type TracePlace, traceOfCall, traceparentOf } from '../kernel/trace-ids.ts';
import type { SpanSink } from './span.ts';

/** Traces the calls of buyers. */
export interface CallTracer {
  /** The header that begins a trace, and the call in it. */
  begin(callId: string | undefined): { place: TracePlace; traceparent: string };
  end(place: TracePlace, call: TracedCall): void;
}

/** The facts of a call that has ended. */
export interface TracedCall {
  name: string;
  startMs: number;
  endMs: number;
  failed: boolean;
  attributes: Record<string, string | number | undefined>;
}

/** A call of an operation has the trace of its call id; any other one a new trace. */
export function createCallTracer(spans: SpanSink): CallTracer {
  const prefix = randomBytes(10).toString('hex');
  let made = 0;
  return {
    begin(callId) {
      made += 1;
      const place = traceOfCall(callId) ?? newTrace(prefix, made);
      return { place, traceparent: traceparentOf(place) };
    },
    end: (place, call) => spans.add({ ...place, ...call, kind: 'client' }),
  };
}

function newTrace(prefix: string, number: number): TracePlace {
  const traceId = prefix + number.toString(16).padStart(12, '0');
  return { traceId, spanId: traceId.slice(16) };
}
