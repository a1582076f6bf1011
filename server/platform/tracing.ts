import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { TracePlace } from '../../src/kernel/trace-ids.ts';
import type { Span, SpanSink } from '../../src/tracing/span.ts';

/** The traces that this process makes. A server without a collector has none of this, and pays nothing for it. */
export interface Tracing {
  /** The span under which the present work is done. */
  current(): TracePlace | undefined;
  /** Does work under a span: whatever it awaits is part of it. */
  under<Result>(place: TracePlace, work: () => Result): Result;
  /** A new span in the trace of another, or the first one of a new trace. */
  newPlace(parent?: TracePlace): TracePlace;
  /** Wall time in milliseconds, with its fraction. */
  nowMs(): number;
  add(span: Span): void;
}

export function createTracing(spans: SpanSink): Tracing {
  const storage = new AsyncLocalStorage<TracePlace>();
  const prefix = randomBytes(10).toString('hex');
  let made = 0;
  const nextId = () => {
    made += 1;
    return prefix + made.toString(16).padStart(12, '0');
  };
  return {
    current: () => storage.getStore(),
    under: (place, work) => storage.run(place, work),
    newPlace(parent) {
      const id = nextId();
      return { traceId: parent?.traceId ?? id, spanId: id.slice(16) };
    },
    nowMs: () => performance.timeOrigin + performance.now(),
    add: spans.add,
  };
}
