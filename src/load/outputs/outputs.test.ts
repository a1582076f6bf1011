import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { until } from '../../../test/until.ts';
import { runScript } from '../../k6/testing/run-script.ts';
import { systemClock } from '../../kernel/clock.ts';
import { findFreePort } from '../../stack/processes/free-port.ts';
import { createPrometheus, type PrometheusServer } from '../../stack/services/prometheus.ts';
import { createCallTracer } from '../../tracing/call-tracer.ts';
import { startLoad } from '../engine/start-load.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { refusedOrigin, serve, type TestServer } from '../testing/servers.ts';
import type { OutputContext } from './output.ts';
import { openOutputs } from './outputs.ts';
import { openNativeRemoteWrite, openRemoteWrite } from './remote-write.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outputs-'));
  server = await serve((request, response) => {
    const status = request.url === '/gone' ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const SCRIPT = `
  import http from 'k6/http';
  import { check, group } from 'k6';
  import { Counter, Trend } from 'k6/metrics';
  const sold = new Counter('sold');
  const effort = new Trend('effort', true);
  export const options = {
    iterations: 3,
    tags: { run: 'first' },
    thresholds: { sold: ['count>0'], 'http_req_duration{status:200}': ['p(95)<60000'] },
  };
  export default async function () {
    const r = await http.get(__ENV.BASE + '/lamp', { tags: { name: '/:product', shop: 'a,"b"' } });
    group('pay', () => check(r, { 'is there': (r) => r.status === 200 }, { by: 'us' }));
    await http.get(__ENV.BASE + '/gone');
    sold.add(2, { color: 'red' });
    effort.add(1500);
  }`;

const context: OutputContext = {
  options: { thresholds: [], summaryTrendStats: ['avg', 'p(99)', 'count'] },
  clock: systemClock,
};

const runWith = (...outputs: string[]) =>
  runScript(SCRIPT, { env: { BASE: server.origin }, outputs });

describe('--out json', () => {
  it('describes each metric before its first sample and writes every sample in k6’s lines', async () => {
    const path = join(folder, 'all.json');
    const { outputProblems, result } = await runWith(`json=${path}`);
    expect(outputProblems).toEqual([]);
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    const seen = new Set<string>();
    for (const { type, metric } of lines) {
      if (type === 'Metric') seen.add(metric);
      else expect(seen).toContain(metric);
    }
    expect(lines.find(({ type, metric }) => type === 'Metric' && metric === 'sold')).toEqual({
      type: 'Metric',
      data: {
        name: 'sold',
        type: 'counter',
        contains: 'default',
        thresholds: ['count>0'],
        submetrics: null,
      },
      metric: 'sold',
    });
    expect(
      lines.find(({ type, metric }) => type === 'Metric' && metric === 'http_req_duration').data
        .submetrics,
    ).toEqual([
      { name: 'http_req_duration{status:200}', suffix: 'status:200', tags: { status: '200' } },
    ]);

    const points = (metric: string) =>
      lines.filter((line) => line.type === 'Point' && line.metric === metric);
    expect(points('http_reqs')).toHaveLength(6);
    expect(points('http_req_duration')).toHaveLength(6);
    expect(points('iterations')).toHaveLength(3);
    expect(points('vus').length).toBeGreaterThan(0);
    expect(points('http_reqs')[0]).toEqual({
      metric: 'http_reqs',
      type: 'Point',
      data: {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        value: 1,
        tags: {
          expected_response: 'true',
          group: '',
          method: 'GET',
          name: '/:product',
          proto: 'HTTP/1.1',
          run: 'first',
          scenario: 'default',
          shop: 'a,"b"',
          status: '200',
          url: '/:product',
        },
      },
    });
    expect(points('http_reqs')[1].data.tags).toMatchObject({
      status: '404',
      error_code: '1404',
      expected_response: 'false',
      url: `${server.origin}/gone`,
    });
    expect(points('checks')[0].data).toMatchObject({
      value: 1,
      tags: { check: 'is there', group: '::pay', by: 'us', scenario: 'default' },
    });
    expect(points('sold')[0].data).toMatchObject({ value: 2, tags: { color: 'red' } });
    expect(result.metrics.sold?.values.count).toBe(6);
  });
});

describe('--out csv', () => {
  it('writes k6’s header and a row for every sample', async () => {
    const path = join(folder, 'all.csv');
    await runWith(`csv=${path}`);
    const [header, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(header).toBe(
      'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata',
    );
    expect(rows.filter((row) => row.startsWith('http_reqs,'))).toHaveLength(6);
    expect(rows.find((row) => row.startsWith('http_reqs,'))).toMatch(
      /^http_reqs,\d{10},1\.000000,,,,true,,GET,\/:product,HTTP\/1\.1,default,,200,,,\/:product,"run=first&shop=a,""b""",$/,
    );
    expect(rows.find((row) => row.startsWith('sold,'))).toMatch(
      /^sold,\d{10},2\.000000,,,,,,,,,default,,,,,,run=first&color=red,$/,
    );
  });
});

describe('outputs that fail', () => {
  it('a full disk is reported, and the run has its result nevertheless', async () => {
    const { outputProblems, result } = await runWith('json=/dev/full', `csv=${folder}/beside.csv`);
    expect(outputProblems).toEqual([
      expect.stringMatching(/^the output \/dev\/full is incomplete: ENOSPC/),
    ]);
    expect(result.iterations).toBe(3);
    expect(readFileSync(`${folder}/beside.csv`, 'utf8')).toContain('http_reqs');
  });

  it.each([
    ['influxdb=http://127.0.0.1', 'the outputs are json, '],
    ['json', 'it does not say where to'],
    ['prometheus=99999', 'not a port'],
    ['prometheus-rw=127.0.0.1:9090', 'not a URL'],
    ['json=/dev/null/x', "mkdir '/dev/null'"],
  ])('%s is refused before anything runs', async (spec, why) => {
    await expect(openOutputs([spec], context)).rejects.toMatchObject({
      why: expect.stringContaining(why),
    });
  });

  it('a port that is taken is reported, and outputs opened before it are closed', async () => {
    const port = new URL(server.origin).port;
    const other = await findFreePort();
    await expect(
      openOutputs([`prometheus=${other}`, `prometheus=${port}`], context),
    ).rejects.toMatchObject({ why: expect.stringContaining('EADDRINUSE') });
    await (await openOutputs([`prometheus=${other}`], context)).close();
  });

  it('without outputs no tags are read', async () => {
    const outputs = await openOutputs([], context);
    expect(outputs.observe).toBeUndefined();
    const metrics = createMetrics([], outputs.observe);
    const metric = metrics.define('sold', 'counter');
    expect(metric.readsTags).toBe(false);
    metric.add(1, {
      tag: () => undefined,
      allTags() {
        throw new Error('tags were read');
      },
    });
  });
});

describe('--out prometheus', () => {
  it('serves the state of the run while it goes on, and is closed after it', async () => {
    const port = await findFreePort();
    const url = `http://127.0.0.1:${port}/metrics`;
    const seen: string[] = [];
    const { outputProblems } = await runScript(
      `import http from 'k6/http'; import { sleep } from 'k6';
       export default async function () {
         await http.get(__ENV.BASE); 
         const scraped = await http.get(__ENV.SCRAPE);
         console.log(scraped.body);
       }`,
      { env: { BASE: server.origin, SCRAPE: url }, outputs: [`prometheus=${port}`] },
    ).then((run) => {
      seen.push(...run.log);
      return run;
    });
    expect(outputProblems).toEqual([]);
    expect(seen.join('\n')).toContain(
      `k6_http_reqs_total{expected_response="true",method="GET",name="${server.origin}",proto="HTTP/1.1",scenario="default",status="200"} 1`,
    );
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('--out prometheus-rw', () => {
  it('a receiver that is not there is reported at the end, without its password', async () => {
    const origin = (await refusedOrigin()).replace('//', '//me:secret@');
    const { outputProblems, result } = await runWith(`prometheus-rw=${origin}/api/v1/write`);
    expect(outputProblems).toEqual([expect.stringContaining('ECONNREFUSED')]);
    expect(outputProblems[0]).not.toContain('secret');
    expect(result.iterations).toBe(3);
  });

  it('the answer of a receiver that refuses is quoted', async () => {
    const picky = await serve((_request, response) =>
      response.writeHead(400).end('out of order\nmore'),
    );
    const { outputProblems } = await runWith(`prometheus-rw=${picky.origin}`);
    await picky.close();
    expect(outputProblems).toEqual([expect.stringMatching(/it answered 400: out of order$/)]);
  });

  describeWithPrometheus('to a Prometheus', () => {
    let prometheus: PrometheusServer & { stop(): Promise<void> };
    beforeAll(async () => {
      const configFile = join(folder, 'prometheus.yml');
      writeFileSync(configFile, 'global: {}\n');
      const resource = createPrometheus({
        ...{ folder, configFile, receivesRemoteWrites: true },
        features: ['native-histograms', 'exemplar-storage'],
      });
      prometheus = { ...(await resource.start()), stop: resource.stop };
    });
    afterAll(() => prometheus.stop());

    async function query(expression: string): Promise<{ metric: object; value: string }[]> {
      const answer = await fetch(
        `${prometheus.url}/api/v1/query?query=${encodeURIComponent(expression)}`,
      );
      const { data } = (await answer.json()) as {
        data: { result: { metric: object; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value }) => ({ metric, value: value[1] }));
    }

    it('the totals of a run arrive', async () => {
      const { outputProblems } = await runWith(`prometheus-rw=${prometheus.url}/api/v1/write`);
      expect(outputProblems).toEqual([]);
      await until(async () => (await query('k6_sold_total')).length > 0);
      expect(await query('k6_sold_total')).toEqual([
        {
          metric: { __name__: 'k6_sold_total', color: 'red', run: 'first', scenario: 'default' },
          value: '6',
        },
      ]);
      expect(await query('sum(k6_http_reqs_total)')).toMatchObject([{ value: '6' }]);
      expect(await query('k6_effort_p99')).toMatchObject([{ value: '1.5' }]);
      expect(await query('k6_checks_rate')).toMatchObject([
        { metric: { check: 'is there', by: 'us' }, value: '1' },
      ]);
    });

    it('C.3 trends arrive as native histograms, with the labels and the metrics of the run', async () => {
      const output = await openNativeRemoteWrite(`${prometheus.url}/api/v1/write`, {
        ...context,
        labels: { testid: 'night-7', shop: 'of all' },
        readSeries: () => [{ name: 'of_the_run', type: 'gauge', labels: [], value: 5 }],
      });
      const took = createMetrics().define('took', 'trend', 'time');
      const shift = createMetrics().define('shift', 'trend');
      for (const value of [0, 10, 10, 1_000]) {
        output.add({ metric: took, value, timeMs: 0, tags: { shop: 'own' } });
      }
      for (const value of [-4, -4, 8]) output.add({ metric: shift, value, timeMs: 0, tags: {} });
      await output.close();
      await until(async () => (await query('of_the_run')).length > 0);
      expect(await query('histogram_count(k6_took_seconds)')).toEqual([
        { metric: { testid: 'night-7', shop: 'own' }, value: '4' },
      ]);
      expect(await query('histogram_sum(k6_took_seconds)')).toMatchObject([{ value: '1.02' }]);
      const half = await query('histogram_quantile(0.75, k6_took_seconds)');
      expect(Number(half[0]?.value)).toBeGreaterThan(0.009);
      expect(Number(half[0]?.value)).toBeLessThan(0.011);
      const below = await query('histogram_fraction(-5, -3, k6_shift)');
      expect(Number(below[0]?.value)).toBeCloseTo(2 / 3);
    });

    it('C.3 native histograms lead to the traces of requests, by exemplars', async () => {
      const spans: { traceId: string }[] = [];
      const tracer = createCallTracer({ add: (span) => spans.push(span) });
      const { outputProblems } = await runScript(SCRIPT, {
        env: { BASE: server.origin },
        outputs: [`prometheus-rw-native=${prometheus.url}/api/v1/write`],
        start: (spec) => startLoad({ ...spec, tracer }),
      });
      expect(outputProblems).toEqual([]);
      const asked = new URLSearchParams({
        query: 'k6_http_req_duration_seconds{status="404"}',
        start: String(Date.now() / 1_000 - 60),
        end: String(Date.now() / 1_000 + 60),
      });
      const answer = await fetch(`${prometheus.url}/api/v1/query_exemplars?${asked}`);
      const { data } = (await answer.json()) as {
        data: { exemplars: { labels: { trace_id: string }; value: string }[] }[];
      };
      const [exemplar] = data[0]?.exemplars ?? [];
      expect(spans.map(({ traceId }) => traceId)).toContain(exemplar?.labels.trace_id);
    });

    it('a message of many blocks arrives, with letters that are not ASCII', async () => {
      const output = await openRemoteWrite(`${prometheus.url}/api/v1/write`, context);
      const metric = createMetrics().define('long', 'counter');
      for (let id = 0; id < 500; id += 1) {
        const tags = { id: String(id), text: 'Käufer '.repeat(100) };
        output.add({ metric, value: id, timeMs: 0, tags });
      }
      await output.close();
      await until(async () => (await query('count(k6_long_total)'))[0]?.value === '500');
      expect(await query('sum(k6_long_total)')).toMatchObject([{ value: '124750' }]);
      expect(await query('k6_long_total{id="499"}')).toMatchObject([
        { metric: { text: 'Käufer '.repeat(100) }, value: '499' },
      ]);
    });
  });
});
