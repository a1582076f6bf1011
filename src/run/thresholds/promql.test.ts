import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { until } from '../../../test/until.ts';
import { systemClock } from '../../kernel/clock.ts';
import { refusedOrigin, serve, type TestServer } from '../../load/testing/servers.ts';
import { createPrometheus, type PrometheusServer } from '../../stack/services/prometheus.ts';
import { prometheusSource } from './promql.ts';
import type { QuerySource } from './source.ts';

const deps = { clock: systemClock, signal: new AbortController().signal };

describeWithPrometheus('a Prometheus', () => {
  let folder: string;
  let shop: TestServer;
  let sold = 0;
  let prometheus: PrometheusServer & { stop(): Promise<void> };
  let source: QuerySource;
  beforeAll(async () => {
    shop = await serve((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/plain' })
        .end(`sold{sku="lamp"} ${sold}\nsold{sku="desk"} 1\nnothing NaN\n`);
    });
    folder = mkdtempSync(join(tmpdir(), 'thresholds-'));
    const configFile = join(folder, 'prometheus.yml');
    writeFileSync(
      configFile,
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['${new URL(shop.origin).host}'] }]
  - job_name: gone
    scrape_interval: 1h
    static_configs: [{ targets: ['127.0.0.1:1'] }]
`,
    );
    const resource = createPrometheus({ folder, configFile });
    prometheus = { ...(await resource.start()), stop: resource.stop };
    source = prometheusSource(prometheus.url, deps);
    await until(async () => 'value' in (await source.ask('sold{sku="lamp"}')));
  });
  afterAll(async () => {
    await prometheus.stop();
    await shop.close();
    rmSync(folder, { recursive: true });
  });

  it('is asked when it knows what happened last, even if a target is down', async () => {
    for (sold = 1; sold <= 3; sold += 1) {
      expect(await source.catchUp?.()).toBeUndefined();
      expect(await source.ask('sold{sku="lamp"}')).toEqual({ value: sold });
    }
  });

  it.each([
    ['count(sold)', { value: 2 }],
    ['scalar(sold{sku="desk"}) / 4', { value: 0.25 }],
    ['sold', { reason: 'it has 2 samples instead of one' }],
    ['no_such_metric', { reason: 'it has no sample' }],
    ['nothing', { reason: 'its value is NaN' }],
    ['sold[5m]', { reason: 'it is a matrix of other things than numbers' }],
    ['sum(', { reason: expect.stringContaining('parse error') }],
  ])('answers %s', async (promql, answer) => {
    expect(await source.ask(promql)).toEqual(answer);
  });

  it('refuses before the load what is not PromQL, and accepts a query that has no value yet', async () => {
    await source.validate('no_such_metric');
    await expect(source.validate('sum(')).rejects.toMatchObject({
      exitCode: 2,
      why: expect.stringContaining('parse error'),
    });
  });
});

it('is not waited for longer than two of its longest intervals, and the log says so', async () => {
  const slow = await serve((request, response) => {
    const target = (scrapeInterval: string, health: string) => ({ scrapeInterval, health });
    const activeTargets = [target('15s', 'up'), target('1m30s', 'up'), target('1h', 'down')];
    // Both the current time and the last scrapes are 100: nothing is ever scraped again.
    const result = [{ value: [100, '100'] }, { value: [100, '100'] }];
    const data = request.url?.startsWith('/api/v1/targets')
      ? { activeTargets }
      : { resultType: 'vector', result };
    response.end(JSON.stringify({ status: 'success', data }));
  });
  let atNs = 0;
  const clock = { ...systemClock, monotonicNs: () => (atNs += 100e9) };
  expect(await prometheusSource(slow.origin, { ...deps, clock }).catchUp?.()).toBe(
    'what happened last may be missing: within 180 s Prometheus did not scrape 2 targets again',
  );
  await slow.close();
});

describe('a server that is no Prometheus', () => {
  it('is reported before the load, without the password', async () => {
    const origin = (await refusedOrigin()).replace('//', '//me:secret@');
    const source = prometheusSource(origin, deps);
    const failure = await source.validate('up').catch((error) => error);
    expect(failure).toMatchObject({ exitCode: 3, why: expect.stringContaining('ECONNREFUSED') });
    expect(failure.message).not.toContain('secret');
  });

  it('has no value after the load, and no scrape', async () => {
    const shop = await serve((_request, response) => response.writeHead(404).end('no page'));
    const source = prometheusSource(`${shop.origin}/prometheus`, deps);
    const why = 'it answered 404, and not as Prometheus does';
    expect(await source.ask('up')).toEqual({ reason: `Prometheus does not answer: ${why}` });
    expect(await source.catchUp?.()).toContain(why);
    await shop.close();
  });

  it('gets user and password in a header', async () => {
    const seen: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}');
    });
    const source = prometheusSource(proxy.origin.replace('//', '//me:se%40cret@'), deps);
    expect(await source.ask('up')).toEqual({ value: 7 });
    expect(seen).toEqual([`Basic ${Buffer.from('me:se@cret').toString('base64')}`]);
    await proxy.close();
  });
});
