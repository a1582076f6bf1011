import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { referenceTarget } from '../../target/reference.ts';
import { createConnector, createDialer } from '../http/connector.ts';
import { createCookieJar } from '../http/cookie-jar.ts';
import { createUrlSplitter } from '../http/url.ts';
import { createTally, type Tally } from '../metrics/tally.ts';
import { createOperationRecorder } from '../operations/operation-recorder.ts';
import { IterationInterrupted } from '../schedule/iteration.ts';
import { createMemoryHistory, type MemoryHistory } from '../testing/memory-history.ts';
import { loadOptions } from '../testing/script.ts';
import { refusedOrigin, serve, type TestServer } from '../testing/servers.ts';
import type { CallRequest, CallResult, Calls } from './call-request.ts';
import type { Caller } from './caller.ts';
import { createCalls } from './calls.ts';

let server: TestServer;
let requests: string[];
beforeAll(async () => {
  server = await serve((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.cookie ?? ''}`);
    if (request.url === '/from') {
      response.writeHead(302, { location: '/to', 'set-cookie': 'seen=1' }).end();
    } else if (request.url === '/slow') return;
    else if (request.url === '/nowhere') response.writeHead(302, { location: 'http://[' }).end();
    else if (request.url === '/cut-off') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{}').subarray(0, -4));
    } else if (request.url === '/packed') {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    } else response.writeHead(request.url === '/missing' ? 404 : 201).end('{}');
  });
});
afterAll(() => server.close());

let tally: Tally;
let history: MemoryHistory;
let caller: Caller & { interrupted: boolean };
let events: string[];
let latencies: number[];
let iteration: { latenessMs: number };
let calls: Calls;
beforeEach(() => {
  requests = [];
  events = [];
  latencies = [];
  iteration = { latenessMs: 0 };
  const options = loadOptions();
  tally = createTally(options, { describeError: String, log: () => {}, observe: undefined });
  history = createMemoryHistory();
  caller = {
    interrupted: false,
    group: '::shop',
    cookies: createCookieJar(() => 0),
    http: options.http,
    currentIteration: iteration,
    release: undefined,
    began: () => events.push('began'),
    ended: () => events.push('ended'),
    pause: () => Promise.resolve(),
    log: () => {},
    tag: (name) => (name === 'scenario' ? 'rush' : undefined),
    allTags: () => ({ scenario: 'rush' }),
  };
  calls = createCalls(
    {
      now: () => performance.now(),
      nowMs: () => 0,
      told: {},
      traffic: tally.traffic,
      connector: createConnector(createDialer(options.http)),
      operations: createOperationRecorder({
        target: referenceTarget,
        history,
        nextCallId: () => 'call-1',
      }),
      outcomes: tally.outcomes,
      counts: tally.counts,
      httpMetrics: tally.httpMetrics,
      splitUrl: createUrlSplitter(),
      onLatency: (latencyMs) => latencies.push(latencyMs),
    },
    caller,
  );
});

function send(path: string, request: Partial<CallRequest> = {}): Promise<CallResult> {
  const whole: CallRequest = {
    method: 'GET',
    url: server.origin + path,
    headers: undefined,
    body: null,
    timeoutMs: 5_000,
    redirectsMax: 5,
    tags: undefined,
    cookies: undefined,
    isExpected: (status) => status < 400,
    ...request,
  };
  return new Promise((done, failed) => calls.send(whole, { done, failed }));
}

const sample = (metric: string, figure: string) =>
  tally.metrics.get(metric)?.sink.figure(figure, 0);

it('records a call that is an operation, counts it and measures it', async () => {
  const { exchange } = await send('/api/v1/reservations', {
    method: 'POST',
    body: '{"skuId":"LAMP"}',
  });
  calls.close();
  expect(exchange.status).toBe(201);
  expect(history.operations).toMatchObject([
    { kind: 'reserve', sku: 'LAMP', callId: 'call-1', completion: { outcome: 'ok', status: 201 } },
  ]);
  expect(tally.outcomes).toMatchObject({ sent: 1, ok: 1 });
  expect(sample('http_reqs', 'count')).toBe(1);
  expect(sample('http_req_failed', 'rate')).toBe(0);
  expect(latencies).toHaveLength(1);
  expect(events).toEqual(['began', 'ended']);
});

it('counts an unexpected status as failed, and judges nothing without a judgement', async () => {
  await send('/missing');
  expect(sample('http_req_failed', 'rate')).toBe(1);
  await send('/missing', { isExpected: null });
  expect(tally.metrics.get('http_req_failed')?.sink.samples).toBe(1);
  calls.close();
});

it('adds the lateness of the iteration to its first request alone', async () => {
  iteration.latenessMs = 60_000;
  await send('/');
  await send('/');
  calls.close();
  expect(latencies.map((latencyMs) => latencyMs >= 60_000)).toEqual([true, false]);
});

it('follows redirects with the cookies they set, up to the maximum', async () => {
  const { url, exchange } = await send('/from');
  expect([url, exchange.status]).toEqual([`${server.origin}/to`, 201]);
  expect(requests).toEqual(['GET /from ', 'GET /to seen=1']);
  expect((await send('/from', { redirectsMax: 0 })).exchange.status).toBe(302);
  calls.close();
  expect(tally.outcomes.sent).toBe(3);
});

it.each([
  ['/nowhere', 'BAD_REDIRECT'],
  ['/cut-off', 'CUT_OFF_BODY'],
])('takes the answer to %s for a failure, and counts it as one', async (path, code) => {
  const { exchange } = await send(path);
  calls.close();
  expect([exchange.failure?.code, exchange.status]).toEqual([code, 0]);
  expect(sample('http_req_failed', 'rate')).toBe(1);
  expect(tally.outcomes).toMatchObject({ sent: 1, unknown: 1 });
});

it('unpacks the body of an answer, and keeps none that nobody reads', async () => {
  expect((await send('/packed')).exchange.json()).toEqual({ a: 1 });
  expect((await send('/packed', { dropsBody: true })).exchange.bytes()).toHaveLength(0);
  // The history reads the answer of an operation, whatever the script does with it.
  const operation = { method: 'POST', body: '{"skuId":"LAMP"}', dropsBody: true };
  expect((await send('/api/v1/reservations', operation)).exchange.text()).toBe('{}');
  calls.close();
});

it('returns a call that was never sent, and fails one that cannot be written in HTTP', async () => {
  const { exchange } = await send('', { url: await refusedOrigin() });
  expect(exchange.failure?.code).toBe('ECONNREFUSED');
  expect(tally.outcomes).toMatchObject({ sent: 0, notSent: 1 });
  await expect(send('/', { method: 'NO METHOD' })).rejects.toThrow(
    /^NO METHOD .* cannot be sent: /,
  );
  await expect(send('', { url: 'ftp://one/' })).rejects.toThrow();
});

it('reports its first request after a rendezvous to the release', async () => {
  caller.release = {
    written() {
      events.push('written');
      return { ended: () => events.push('released') };
    },
    passed() {},
  };
  await send('/');
  await send('/');
  calls.close();
  expect(caller.release).toBeUndefined();
  expect(events).toEqual(['began', 'written', 'ended', 'released', 'began', 'ended']);
});

it('fails calls of an interrupted VU, those in flight too', async () => {
  const inFlight = send('/slow');
  await expect.poll(() => requests).toHaveLength(1);
  caller.interrupted = true;
  calls.cancelAll();
  await expect(inFlight).rejects.toThrow(IterationInterrupted);
  await expect(send('/')).rejects.toThrow(IterationInterrupted);
  expect(requests).toHaveLength(1);
  expect(tally.outcomes).toMatchObject({ sent: 1, unknown: 1 });
  calls.close();
});
