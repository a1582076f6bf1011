import type { Exchange } from '../http/exchange.ts';
import type { Metric, Metrics, TagSource } from './metrics.ts';

/** The metrics of requests: k6's, and `flashsale_scheduled_duration` of this engine. */
export interface HttpMetrics {
  /**
   * Records one ended exchange.
   *
   * @param facts `expected` is false for a failed request, undefined if the script turned off this judgement;
   *   `latenessMs` is the time between the scheduled start of the iteration and its real start
   */
  record(
    exchange: Exchange,
    facts: { expected: boolean | undefined; latenessMs: number; tags: TagSource },
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
      // A request that was never written has no timings, and zeros would lower the percentiles.
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

/** The phases of an exchange in milliseconds, by k6's names. `duration` = sending + waiting + receiving. */
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
