import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { splitCredentials } from '../kernel/credentials.ts';
import { rootMessage } from '../kernel/errors.ts';
import { count } from '../kernel/wording.ts';
import type { Span, SpanSink } from './span.ts';

/** Spans on their way to a collector. */
export interface SpanExport extends SpanSink {
  /** Sends the rest. Answers with a sentence about spans that did not arrive; undefined if all did. Safe to call again. */
  close(): Promise<string | undefined>;
}

const SEND_EVERY_MS = 500;
const SPANS_AT_ONCE = 2_000;
const ANSWER_WITHIN_MS = 5_000;

const LIMITS = {
  /** Spans that wait for a collector that is slower than what they tell of; those that come then are left out. */
  waitingMax: 50_000,
  /** The time that the rest has at the end, together. */
  closeWithinMs: 5_000,
};

/** As OpenTelemetry numbers them. */
const KINDS = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;
const [UNSET, ERROR] = [0, 2] as const;
const SAMPLED = 1;

/**
 * Opens the way to an OpenTelemetry collector, over OTLP/HTTP. The packages of OpenTelemetry are loaded here, because most
 * processes make no traces.
 *
 * @param url the collector's base URL, as http://127.0.0.1:4318; `/v1/traces` is added to it. It may hold user and password
 * @param service the name of the program, and facts about it
 */
export async function openSpanExport(
  url: string,
  service: { name: string; instance: string },
  { waitingMax, closeWithinMs } = LIMITS,
): Promise<SpanExport> {
  const [{ OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { url: base, headers } = splitCredentials(url);
  const endpoint = `${base.href.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({
    ...{ url: endpoint, headers, timeoutMillis: ANSWER_WITHIN_MS },
  });
  const resource = resourceFromAttributes({
    'service.name': service.name,
    'service.instance.id': service.instance,
  });
  let waiting: Span[] = [];
  let underWay = 0;
  let lost = 0;
  let why: string | undefined;
  let sending: Promise<void> | undefined;

  function lose(spans: number, reason: string): void {
    lost += spans;
    why ??= reason;
  }

  /** Sends what waits. One part is under way at a time, so all that a slow collector has not taken is counted in `waiting`. */
  function send(): Promise<void> {
    sending ??= sendParts().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  async function sendParts(): Promise<void> {
    while (waiting.length > 0) await sendPart(waiting.splice(0, SPANS_AT_ONCE));
  }

  /** Never rejects: traces are no evidence, so nothing may fail because they do. */
  function sendPart(spans: Span[]): Promise<void> {
    underWay = spans.length;
    return new Promise((sent) => {
      const fail = (error: unknown): void => {
        lose(spans.length, error === undefined ? 'it did not take them' : rootMessage(error));
      };
      const end = (): void => {
        underWay = 0;
        sent();
      };
      try {
        exporter.export(
          spans.map((span) => readable(span, resource)),
          ({ code, error }) => {
            if (code !== 0) fail(error);
            end();
          },
        );
      } catch (error) {
        // A span that cannot be written, such as one whose time is no number.
        fail(error);
        end();
      }
    });
  }

  const timer = setInterval(send, SEND_EVERY_MS);
  timer.unref();

  async function closeOnce(): Promise<string | undefined> {
    clearInterval(timer);
    if (await isDoneWithin(send(), closeWithinMs)) await exporter.shutdown();
    else {
      lose(waiting.length + underWay, 'it did not take them in time');
      waiting = [];
    }
    if (lost === 0) return undefined;
    return `${count(lost, 'span')} did not reach the collector at ${endpoint}: ${why}`;
  }
  let closed: Promise<string | undefined> | undefined;
  return {
    add(span) {
      if (waiting.length < waitingMax) waiting.push(span);
      else lose(1, 'it is slower than what they tell of');
    },
    close() {
      closed ??= closeOnce();
      return closed;
    },
  };
}

function isDoneWithin(work: Promise<void>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const overdue = setTimeout(() => resolve(false), ms);
    void work.then(() => {
      clearTimeout(overdue);
      resolve(true);
    });
  });
}

function readable(span: Span, resource: ReadableSpan['resource']): ReadableSpan {
  const { traceId, parentSpanId, links = [], failed = false } = span;
  const contextOf = (place: { traceId: string; spanId: string }) => ({
    ...{ traceId: place.traceId, spanId: place.spanId, traceFlags: SAMPLED },
  });
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => contextOf(span),
    ...(parentSpanId !== undefined && {
      parentSpanContext: contextOf({ traceId, spanId: parentSpanId }),
    }),
    startTime: hrTime(span.startMs),
    endTime: hrTime(span.endMs),
    duration: hrTime(span.endMs - span.startMs),
    status: { code: failed ? ERROR : UNSET },
    attributes: span.attributes,
    links: links.map((place) => ({ context: contextOf(place) })),
    ...{ events: [], ended: true, resource, instrumentationScope: { name: 'flashsale' } },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

/** Seconds and nanoseconds. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1e6)];
}
