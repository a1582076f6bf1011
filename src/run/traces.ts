import { UserError } from '../kernel/errors.ts';
import type { Resource } from '../stack/resource.ts';
import { type CallTracer, createCallTracer } from '../tracing/call-tracer.ts';
import { assertCollectorUrl } from '../tracing/collector-url.ts';
import type { SpanExport } from '../tracing/span-export.ts';
import type { RunOptions } from './context.ts';

/** The traces of a run. */
export interface RunTraces {
  /** Traces the calls of this thread; absent where none are made. Worker threads have tracers of their own. */
  tracer?: CallTracer;
  /** Sends the rest. Answers with a sentence about spans that did not arrive. */
  close(): Promise<string | undefined>;
}

/**
 * The way of a run's traces to a collector, if it has one. The packages of its protocol are loaded only then.
 *
 * @throws UserError (usage) when there is no such collector, or k6 fires the load
 */
export function runTraces({
  tracesUrl,
  k6,
}: Pick<RunOptions, 'tracesUrl' | 'k6'>): Resource<RunTraces> {
  let spans: SpanExport | undefined;
  return {
    name: 'the traces',
    async start() {
      if (tracesUrl === undefined) return { close: async () => undefined };
      assertCollectorUrl(tracesUrl, '--traces');
      if (k6 !== undefined) {
        throw UserError.usage('k6 sends no traces of its calls', {
          why: '--traces is for calls of this tool’s own engine',
          next: 'leave --traces or --runner k6 out',
        });
      }
      const { openSpanExport } = await import('../tracing/span-export.ts');
      const opened = await openSpanExport(tracesUrl, { name: 'flashsale-run', instance: 'run' });
      spans = opened;
      return { tracer: createCallTracer(opened), close: opened.close };
    },
    async stop() {
      await spans?.close();
    },
  };
}
