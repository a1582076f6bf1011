import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import type { RunOptions } from '../../src/run/context.ts';
import { startRun } from '../../src/run/run.ts';
import { createScope } from '../../src/stack/resource.ts';
import { runFolder } from '../../src/stack/run-folder.ts';
import { createPrometheus } from '../../src/stack/services/prometheus.ts';
import { describeWithPrometheus } from '../../test/prometheus.ts';
import { dashboards } from './all.ts';
import { annotations } from './annotations.ts';

const hasRedis = inject('redisUrl') !== undefined;
const INSTANCES = 2;

/** The panels that have data after these sales. */
const panels = dashboards.flatMap(({ name, rows }) =>
  rows.flatMap((row) =>
    row.panels
      .filter(({ needs }) => needs === undefined || (needs === 'Redis' && hasRedis))
      .map(({ title, queries }) => ({ title: `${name}: ${title}`, queries })),
  ),
);

describeWithPrometheus('G.1 the dashboards in a Prometheus', () => {
  it('have data in every panel after short sales, one with a fault', {
    timeout: 120_000,
  }, async () => {
    const scope = createScope();
    try {
      const folder = await scope.start(runFolder({ keep: false }));
      const addresses = await scope.start(lastingAddresses());
      const configFile = join(folder, 'prometheus.yml');
      writeFileSync(configFile, JSON.stringify(configOf(addresses.hosts)));
      const { url } = await scope.start(
        createPrometheus({ folder, configFile, receivesRemoteWrites: true }),
      );

      const fromSeconds = Date.now() / 1_000;
      const sell = (options: SaleOptions) => runSale(url, options, addresses.leadTo);
      await sell({
        ...{ scenario: 'scenarios/rush.ts', stock: 300, buyers: 4_000 },
        ...{ redis: hasRedis, faults: 'server:pause@500ms+1s' },
      });
      await sell({ scenario: 'scenarios/vouchers.ts', buyers: 4_000 });
      await sell({ scenario: 'scenarios/tickets.ts', buyers: 1_500 });

      // Nothing is broken.
      const marks = annotations.filter(({ name }) => name !== 'Violations');
      const queries = [
        ...panels,
        ...marks.map(({ name, target }) => ({ title: name, queries: [target] })),
      ].flatMap(({ title, queries }) => queries.map(({ expr }) => ({ title, expr })));
      const empty: typeof queries = [];
      for (const query of queries) {
        if (!(await hasData(url, query.expr, fromSeconds))) empty.push(query);
      }
      expect(empty).toEqual([]);
    } finally {
      await scope.stop();
    }
  });
});

type SaleOptions = Partial<RunOptions> & Pick<RunOptions, 'scenario'>;

/** Sells on servers of its own, which Prometheus reads while they live, and writes the metrics of the run to it. */
async function runSale(
  prometheusUrl: string,
  options: SaleOptions,
  onServers: (urls: string[]) => void,
): Promise<void> {
  const { outputProblems } = await startRun(
    {
      ...{ outputs: [`prometheus-rw=${prometheusUrl}/api/v1/write`], instances: INSTANCES },
      ...{ seed: 1, strategy: 'batched', unsafe: false, keep: false, redis: false, kafka: false },
      ...{ databaseUrl: inject('postgresUrl'), holdTtlMs: 120_000, version: '1', command: '' },
      ...options,
    },
    {
      clock: systemClock,
      onEvent(event) {
        if (event.type === 'targets') onServers(event.targets);
      },
    },
  ).report;
  expect(outputProblems).toEqual([]);
}

const configOf = (targets: string[]): object => ({
  global: { scrape_interval: '500ms' },
  scrape_configs: [{ job_name: 'flashsale', static_configs: [{ targets }] }],
});

/**
 * Addresses that stay the same, at which Prometheus finds the metrics of servers that come and go: it would take five
 * seconds to notice a new address, which is longer than such a sale.
 */
function lastingAddresses() {
  let urls: string[] = [];
  const servers = Array.from({ length: INSTANCES }, (_, index) =>
    createServer(async (request, response) => {
      try {
        const { accept = '' } = request.headers;
        const page = await fetch(`${urls[index]}/metrics`, { headers: { accept } });
        const text = await page.text();
        const type = page.headers.get('content-type') ?? 'text/plain';
        response.writeHead(page.status, { 'content-type': type }).end(text);
      } catch {
        response.writeHead(503).end();
      }
    }),
  );
  return {
    name: 'addresses for Prometheus',
    async start() {
      for (const server of servers) server.listen(0, '127.0.0.1');
      await Promise.all(servers.map((server) => once(server, 'listening')));
      return {
        hosts: servers.map((server) => `127.0.0.1:${(server.address() as AddressInfo).port}`),
        leadTo(now: string[]) {
          urls = now;
        },
      };
    },
    async stop() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

/** True if a panel with this expression would show something of the time since then. */
async function hasData(prometheusUrl: string, expr: string, fromSeconds: number) {
  const query = expr.replaceAll('$__rate_interval', '10s').replaceAll(/\$\w+/g, '.*');
  const range = { start: String(fromSeconds), end: String(Date.now() / 1_000 + 1), step: '1' };
  const answer = await fetch(
    `${prometheusUrl}/api/v1/query_range?${new URLSearchParams({ query, ...range })}`,
  );
  const { error, data } = (await answer.json()) as {
    error?: string;
    data?: { result: { values: [number, string][] }[] };
  };
  if (data === undefined) throw new Error(`${query}: ${error}`);
  return data.result.some(({ values }) => values.some(([, value]) => value !== 'NaN'));
}
