import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { serverMetrics } from '../../../src/metrics/catalogue.ts';
import { createScope } from '../../../src/stack/resource.ts';
import { runFolder } from '../../../src/stack/run-folder.ts';
import { createPrometheus } from '../../../src/stack/services/prometheus.ts';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { silentLog } from '../../../test/silent-log.ts';
import { until } from '../../../test/until.ts';
import { createMetrics } from '../../platform/metrics.ts';
import type { StockLedger } from '../../stock/ledger.ts';
import { createApp } from '../server.ts';
import { createMetricsRoutes } from './metrics.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { ROLES: 'api' } });
});
afterAll(() => server.stop());

const scrape = async (): Promise<string> => (await server.call('GET', '/metrics')).body;

/** The value of a series; undefined without the series. */
const readValue = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

describe('S0.7 metrics', () => {
  test('has every metric of the catalogue, and those of the process', async () => {
    const text = await scrape();
    for (const { name, type } of Object.values(serverMetrics)) {
      expect(text).toContain(`# TYPE ${name} ${type}\n`);
    }
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  test('counts requests under the path templates of their routes, never under URLs', async () => {
    const { token } = await server.newBuyer();
    const id = newId();
    await server.call('GET', `/api/v1/reservations/${id}`, { token });
    await server.call('GET', '/api/auth/login');
    await server.call('GET', '/login');
    await server.call('GET', `/nowhere/${id}`);
    const text = await scrape();
    const requests = (method: string, route: string, status: number) =>
      readValue(
        text,
        `flashsale_http_requests_total{method="${method}",route="${route}",status="${status}"}`,
      );
    expect(requests('GET', '/api/v1/reservations/:id', 404)).toBe(1);
    expect(requests('GET', '/api/auth/login', 405)).toBe(2);
    expect(requests('GET', 'unmatched', 404)).toBe(1);
    expect(text).not.toContain(id);
  });

  test('counts the decisions of the ledger by outcome', async () => {
    const skuId = await server.newProduct(1);
    const [first, second] = [await server.newBuyer(), await server.newBuyer()];
    const before = await scrape();
    const reserve = (token: string) =>
      server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } });
    const { body } = await reserve(first.token);
    await reserve(second.token);
    await server.call('POST', '/api/v1/orders/checkout', {
      token: first.token,
      body: {
        reservationId: body.reservationId,
        paymentMethod: 'card',
        transactionId: newId(),
      },
    });
    const after = await scrape();
    const grewBy = (series: string) =>
      (readValue(after, series) ?? 0) - (readValue(before, series) ?? 0);
    expect(grewBy('flashsale_reservations_total{outcome="held"}')).toBe(1);
    expect(grewBy('flashsale_reservations_total{outcome="out_of_stock"}')).toBe(1);
    expect(grewBy('flashsale_orders_total{outcome="sold"}')).toBe(1);
    expect(grewBy('flashsale_stock_movements_total{kind="RESERVED"}')).toBe(1);
    expect(grewBy('flashsale_stock_movements_total{kind="SOLD"}')).toBe(1);
    expect(grewBy('flashsale_db_query_duration_seconds_count{query="hold"}')).toBe(2);
  });
});

test('S0.7 a crowd that asks for metrics has them made twice at most', async () => {
  const metrics = createMetrics();
  let [made, arrived] = [0, 0];
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const refresh = () => {
    made += 1;
    return held;
  };
  const app = createApp();
  app.use((req, _res, next) => {
    arrived += 1;
    req.id = `r-${arrived}`;
    next();
  });
  app.use(createMetricsRoutes({ metrics, log: silentLog, refreshers: [refresh] }));
  const http = app.listen(0);
  const { port } = http.address() as AddressInfo;
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const asked = Array.from({ length: 50 }, ask);
  await until(() => arrived === 50);
  goOn();
  // The first one made a page; those that came meanwhile share the next.
  for (const page of await Promise.all(asked)) expect(page).toContain('# HELP');
  expect(made).toBe(2);
  http.close();
});

describe('S1.15 stock gauges', () => {
  test('come from the ledger, and count oversold units from the holds', async () => {
    const own = await startTestServer({ env: { ROLES: 'api' } });
    const skuId = await own.newProduct(1);
    const { token } = await own.newBuyer();
    await own.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } });
    // A broken strategy leaves this state: columns that look right, and more holds than units.
    await own.pool.query(
      `INSERT INTO reservations (reservation_id, user_id, sku_id, quantity, status, created_at, expires_at)
       VALUES (gen_random_uuid(), gen_random_uuid(), $1, 2, 'CONFIRMED', now(), now()),
              (gen_random_uuid(), gen_random_uuid(), $1, 4, 'RESERVED', now(), now() - interval '1 s')`,
      [skuId],
    );
    const text: string = (await own.call('GET', '/metrics')).body;
    await own.stop();
    expect(readValue(text, `flashsale_stock_units{sku="${skuId}",state="available"}`)).toBe(0);
    expect(readValue(text, `flashsale_stock_units{sku="${skuId}",state="reserved"}`)).toBe(1);
    expect(readValue(text, `flashsale_oversold_units{sku="${skuId}"}`)).toBe(2);
    // Nobody sweeps here.
    expect(readValue(text, 'flashsale_lapsed_holds')).toBe(1);
    expect(readValue(text, 'flashsale_lapsed_hold_age_seconds')).toBeGreaterThanOrEqual(1);
  });

  test('show which SKU buyers are sent away from although it has units', async () => {
    const refusing = { hold: async () => ({ outcome: 'out_of_stock' }) } as unknown as StockLedger;
    const own = await startTestServer({ env: { ROLES: 'api' }, ledger: refusing });
    const skuId = await own.newProduct(5);
    const { token } = await own.newBuyer();
    const page = async (): Promise<string> => (await own.call('GET', '/metrics')).body;
    expect(await page()).not.toContain('flashsale_contradicted_refusals_total{');
    const body = { skuId, quantity: 1 };
    const refused = await own.call('POST', '/api/v1/reservations', { token, body });
    expect(refused.body.code).toBe('OUT_OF_STOCK');
    const series = `flashsale_contradicted_refusals_total{sku="${skuId}"}`;
    await until(async () => readValue(await page(), series) === 1);
    await own.stop();
  });

  test('are missing, not outdated, when the ledger cannot be read', async () => {
    const own = await startTestServer({ env: { ROLES: 'api' } });
    await own.newProduct(1);
    await own.pool.query('ALTER TABLE inventory RENAME TO lost');
    const { status, body } = await own.call('GET', '/metrics');
    await own.stop();
    expect(status).toBe(200);
    expect(body).not.toContain('flashsale_stock_units{');
    expect(body).toContain('flashsale_http_requests_total{');
  });
});

describeWithPrometheus('exemplars in a Prometheus', () => {
  test('S0.7 lead from the latency of a request to its trace', async () => {
    const scope = createScope();
    const folder = await scope.start(runFolder({ keep: false }));
    const configFile = join(folder, 'prometheus.yml');
    const targets = [new URL(server.url).host];
    writeFileSync(
      configFile,
      JSON.stringify({
        scrape_configs: [
          { job_name: 'shop', scrape_interval: '1s', static_configs: [{ targets }] },
        ],
      }),
    );
    const features = ['exemplar-storage'];
    const { url } = await scope.start(createPrometheus({ folder, configFile, features }));
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
    const query = `${url}/api/v1/query_exemplars?query=flashsale_http_request_duration_seconds_bucket&start=0&end=4e9`;
    const found: { labels: object; value: string }[] = [];
    await until(async () => {
      await server.call('GET', '/api/v1/products', { headers });
      const { data } = (await (await fetch(query)).json()) as {
        data: { seriesLabels: { route: string }; exemplars: typeof found }[];
      };
      found.push(...data.flatMap(({ exemplars }) => exemplars));
      return found.length > 0;
    });
    expect(found[0]?.labels).toEqual({ trace_id: traceId });
    const up = await fetch(`${url}/api/v1/query?query=flashsale_http_requests_total`);
    expect(((await up.json()) as { data: { result: unknown[] } }).data.result).not.toEqual([]);
    await scope.stop();
  });
});
