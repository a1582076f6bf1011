import { describe, expect, it } from 'vitest';
import { Exchange } from '../http/exchange.ts';
import { createHttpMetrics, timingsOf } from './http-metrics.ts';
import { createMetrics, untagged } from './metrics.ts';

function ended(moments: Partial<Exchange>): Exchange {
  const exchange = new Exchange(
    { method: 'GET', origin: 'http://h', path: '/', headers: [], body: null, timeoutMs: 1 },
    { beforeWrite() {}, ended() {} },
    () => 0,
  );
  return Object.assign(exchange, moments);
}

const ANSWERED = ended({
  ...{ written: true, status: 200, calledAtMs: 100, connectingMs: 3, tlsMs: 4 },
  ...{ writtenAtMs: 110, sentAtMs: 112, answeredAtMs: 120, endedAtMs: 125 },
});

describe('the timings of an exchange', () => {
  it('are its phases, and the duration is sending, waiting and receiving', () => {
    expect(timingsOf(ANSWERED)).toEqual({
      ...{ blocked: 3, connecting: 3, tls_handshaking: 4 },
      ...{ sending: 2, waiting: 8, receiving: 5, duration: 15 },
    });
  });

  it('end with the last phase that it reached', () => {
    const unanswered = ended({ written: true, writtenAtMs: 10, sentAtMs: 12, endedAtMs: 20 });
    expect(timingsOf(unanswered)).toMatchObject({ waiting: 8, receiving: 0, duration: 10 });
    const unsent = ended({ written: true, writtenAtMs: 10, endedAtMs: 20 });
    expect(timingsOf(unsent)).toMatchObject({ sending: 10, waiting: 0, receiving: 0 });
  });

  it('are only blocked time if nothing was written', () => {
    expect(timingsOf(ended({ calledAtMs: 5, endedAtMs: 9 }))).toEqual({
      ...{ blocked: 4, connecting: 0, tls_handshaking: 0 },
      ...{ sending: 0, waiting: 0, receiving: 0, duration: 0 },
    });
  });
});

describe('the metrics of requests', () => {
  it('have a sample for each phase, and the time since the scheduled start', () => {
    const metrics = createMetrics();
    createHttpMetrics(metrics).record(ANSWERED, { expected: true, latenessMs: 7, tags: untagged });
    const average = (name: string) => metrics.get(name)?.sink.figure('avg', 0);
    expect(average('http_req_duration')).toBe(15);
    expect(average('http_req_blocked')).toBe(3);
    expect(average('http_req_waiting')).toBe(8);
    expect(average('flashsale_scheduled_duration')).toBe(32);
    expect(metrics.get('http_reqs')?.sink.figure('count', 0)).toBe(1);
    expect(metrics.get('http_req_failed')?.sink.figure('rate', 0)).toBe(0);
  });

  it('have no durations for requests that were never written, nor a verdict that the script turned off', () => {
    const metrics = createMetrics();
    const unwritten = ended({ calledAtMs: 5, endedAtMs: 9 });
    const { record } = createHttpMetrics(metrics);
    record(unwritten, { expected: undefined, latenessMs: 0, tags: untagged });
    expect(metrics.get('http_req_failed')?.sink.samples).toBe(0);
    record(unwritten, { expected: false, latenessMs: 0, tags: untagged });
    expect(metrics.get('http_reqs')?.sink.samples).toBe(2);
    expect(metrics.get('http_req_failed')?.sink.figure('rate', 0)).toBe(1);
    expect(metrics.get('http_req_duration')?.sink.samples).toBe(0);
  });
});
