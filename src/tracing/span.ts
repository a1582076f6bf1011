import type { TracePlace } from '../kernel/trace-ids.ts';

/** One piece of work in a trace. */
export interface Span extends TracePlace {
  /** The span that this is a part of; absent for the first one of a trace. */
  parentSpanId?: string | undefined;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  /** Wall time in milliseconds. */
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number | undefined>;
  /** Work of other traces that this was done for, or by. */
  links?: readonly TracePlace[];
  failed?: boolean;
}

/** Takes spans that have ended. */
export interface SpanSink {
  /** Called on hot paths, so it neither throws nor blocks. */
  add(span: Span): void;
}
