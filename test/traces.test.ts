import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScript } from '../src/k6/testing/run-script.ts';
import { traceOfCall } from '../src/kernel/trace-ids.ts';
import { startLoad } from '../src/load/engine/start-load.ts';
import { createCallTracer } from '../src/tracing/call-tracer.ts';
import { openSpanExport } from '../src/tracing/span-export.ts';
import { type ReceivedSpan, startCollector } from './collector.ts';
import { startTestServer, type TestServer } from './server.ts';
import { until } from './until.ts';

const BUYERS = 5;

/** All buyers of a lamp reserve it, side by side. */
const SCRIPT = `
  import http from 'k6/http';
  export const options = {
    scenarios: { crowd: { executor: 'per-vu-iterations', vus: ${BUYERS}, iterations: 1 } },
  };
  const tokens = JSON.parse(__ENV.TOKENS);
  export default () => {
    const headers = { authorization: 'Bearer ' + tokens[__VU - 1], 'content-type': 'application/json' };
    const body = JSON.stringify({ skuId: __ENV.SKU, quantity: 1 });
    http.post(__ENV.BASE + '/api/v1/reservations', body, { headers });
  }`;

describe('a traced sale', () => {
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let server: TestServer;
  let callIds: string[];
  beforeAll(async () => {
    collector = await startCollector();
    server = await startTestServer({ env: { TRACES_URL: collector.url } });
    const skuId = await server.newProduct(BUYERS);
    const buyers = await server.newBuyers(BUYERS);
    const spans = await openSpanExport(collector.url, { name: 'run', instance: 'run' });
    const tracer = createCallTracer(spans);
    await runScript(SCRIPT, {
      env: {
        ...{ BASE: server.url, SKU: skuId },
        TOKENS: JSON.stringify(buyers.map(({ token }) => token)),
      },
      start: (spec) => startLoad({ ...spec, tracer }),
    });
    expect(await spans.close()).toBeUndefined();
    const { rows } = await server.pool.query<{ call_id: string }>(
      'SELECT call_id FROM reservations WHERE sku_id = $1',
      [skuId],
    );
    callIds = rows.map(({ call_id: callId }) => callId);
    await until(() => named('handle CREATED').length >= BUYERS);
    await server.stop();
  }, 60_000);
  afterAll(() => collector.stop());

  const named = (name: string): ReceivedSpan[] =>
    collector.spans.filter((span) => span.name === name);
  const placesOf = (spans: { traceId: string; spanId: string }[]) =>
    spans.map(({ traceId, spanId }) => `${traceId} ${spanId}`).toSorted();

  it('begins with the buyer, in the trace that the call id names', () => {
    expect(callIds).toHaveLength(BUYERS);
    const calls = named('POST /api/v1/reservations').filter(({ service }) => service === 'run');
    expect(placesOf(calls)).toEqual(
      placesOf(
        callIds.map((callId) => traceOfCall(callId) as NonNullable<ReturnType<typeof traceOfCall>>),
      ),
    );
    expect(calls[0]?.attributes).toMatchObject({
      'flashsale.operation': 'reserve',
      'flashsale.outcome': 'ok',
      'http.response.status_code': 201,
    });
  });

  it('goes on in the request, and in the call of the ledger', () => {
    const requests = named('POST /api/v1/reservations').filter(
      ({ service }) => service === 'server',
    );
    expect(requests).toHaveLength(BUYERS);
    for (const { traceId, parentSpanId } of requests) {
      expect(parentSpanId).toBe(traceId.slice(16));
    }
    const holds = named('ledger hold');
    expect(
      holds.map(({ traceId, parentSpanId }) => `${traceId} ${parentSpanId}`).toSorted(),
    ).toEqual(placesOf(requests));
    expect(holds[0]?.attributes).toMatchObject({ 'flashsale.outcome': 'held' });
  });

  it('links each batch of the ledger with the requests in it, and these with their batch', () => {
    const batches = named('ledger batch hold');
    const holds = named('ledger hold');
    expect(placesOf(batches.flatMap(({ links }) => links))).toEqual(placesOf(holds));
    const known = new Set(placesOf(batches));
    for (const { links } of holds) {
      expect(links).toHaveLength(1);
      expect(known).toContain(placesOf(links)[0]);
    }
    const sizes = batches.map(({ attributes }) => Number(attributes['db.operation.batch.size']));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(BUYERS);
  });

  it('reaches the consumers: each event is in the trace of the call that caused it', () => {
    const handled = named('handle CREATED');
    const traces = new Set(callIds.map((callId) => traceOfCall(callId)?.traceId));
    for (const { traceId, parentSpanId, links } of handled) {
      expect(traces).toContain(traceId);
      expect(parentSpanId).toBe(traceId.slice(16));
      expect(links).toHaveLength(1);
    }
    const groups = new Set(
      handled.map(({ attributes }) => attributes['messaging.consumer.group.name']),
    );
    for (const group of groups) {
      const batches = named(`handle batch ${group}`);
      const ofGroup = collector.spans.filter(
        ({ name, attributes }) =>
          name.startsWith('handle ') &&
          !name.startsWith('handle batch') &&
          attributes['messaging.consumer.group.name'] === group,
      );
      expect(placesOf(batches.flatMap(({ links }) => links))).toEqual(placesOf(ofGroup));
    }
  });
});

it('spans that do not reach the collector are told of, without its password', async () => {
  const spans = await openSpanExport('http://me:secret@127.0.0.1:9', {
    name: 'run',
    instance: '1',
  });
  const place = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
  spans.add({ ...place, name: 'x', kind: 'client', startMs: 0, endMs: 1, attributes: {} });
  expect(await spans.close()).toMatch(/^1 span did not reach the collector at http:\/\/127/);
  expect(await spans.close()).not.toContain('secret');
}, 30_000);
