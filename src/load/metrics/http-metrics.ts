import type { Exchange } from '../http/exchange.ts';
import type { Metric, Metrics, Tagged } from './metrics.ts';

/** k6's metrics of a request, and ours beside them. */
export interface HttpMetrics {
  /** Takes the samples of one ended exchange; `expected` is absent where the script said not to judge. */
  record(
    exchange: Exchange,
    facts: { expected: boolean | undefined; latenessMs: number; tags: Tagged },
  ): void;
}

export function createHttpMetrics(metrics: Metrics): HttpMetrics {
  const time = (name: string): Metric => metrics.define(name, 'trend', 'time');
  const requests = metrics.define('http_reqs', 'counter');
  const failed = metrics.define('http_req_failed', 'rate');
  const duration = time('http_req_duration');
  const blocked = time('http_req_blocked');
  const connecting = time('http_req_connecting');
  const tlsHandshaking = time('http_req_tls_handshaking');
  const sending = time('http_req_sending');
  const waiting = time('http_req_waiting');
  const receiving = time('http_req_receiving');
  const scheduled = time('flashsale_scheduled_duration');

  return {
    record(exchange, { expected, latenessMs, tags }) {
      requests.add(1, tags);
      if (expected !== undefined) failed.add(expected ? 0 : 1, tags);
      scheduled.add(exchange.endedAtMs - exchange.calledAtMs + latenessMs, tags);
      // What was never written took no time on the wire; zeros would only flatter the percentiles.
      if (!exchange.written) return;
      const timings = timingsOf(exchange);
      duration.add(timings.duration, tags);
      blocked.add(timings.blocked, tags);
      connecting.add(timings.connecting, tags);
      tlsHandshaking.add(timings.tls_handshaking, tags);
      sending.add(timings.sending, tags);
      waiting.add(timings.waiting, tags);
      receiving.add(timings.receiving, tags);
    },
  };
}

/** Where the time of an exchange went, in milliseconds, by k6's names. `duration` = sending + waiting + receiving. */
export interface Timings {
  blocked: number;
  connecting: number;
  tls_handshaking: number;
  sending: number;
  waiting: number;
  receiving: number;
  duration: number;
}

export function timingsOf(exchange: Exchange): Timings {
  const { calledAtMs, writtenAtMs, sentAtMs, answeredAtMs, endedAtMs } = exchange;
  const { connectingMs, tlsMs } = exchange;
  if (!exchange.written) {
    const blocked = endedAtMs - calledAtMs;
    return {
      blocked,
      connecting: 0,
      tls_handshaking: 0,
      sending: 0,
      waiting: 0,
      receiving: 0,
      duration: 0,
    };
  }
  const sent = sentAtMs || endedAtMs;
  const answered = answeredAtMs || endedAtMs;
  return {
    blocked: Math.max(0, writtenAtMs - calledAtMs - connectingMs - tlsMs),
    connecting: connectingMs,
    tls_handshaking: tlsMs,
    sending: Math.max(0, sent - writtenAtMs),
    waiting: Math.max(0, answered - sent),
    receiving: Math.max(0, endedAtMs - answered),
    duration: endedAtMs - writtenAtMs,
  };
}
