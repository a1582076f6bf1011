import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { saleOf } from '../../../test/judge/story.ts';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { until } from '../../../test/until.ts';
import type { CountedFact } from '../../history/counted.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { systemClock } from '../../kernel/clock.ts';
import { serve } from '../../load/testing/servers.ts';
import { createPrometheusApi } from '../../metrics/prometheus-api.ts';
import { createPrometheus } from '../../stack/services/prometheus.ts';
import { recordCounters } from './record-counters.ts';

const { signal } = new AbortController();
const NOBODY = 'http://127.0.0.1:9';

/** Records the counters of a shop's sale that ends now, and answers with the facts and the lines of the log. */
async function record(url: string, facts: Partial<SaleFacts>) {
  const counted: CountedFact[] = [];
  const lines: string[] = [];
  const sale = { ...saleOf({ shop: 'corner' }), ...facts };
  await recordCounters(
    url,
    { sale, endedNs: systemClock.monotonicNs() },
    { counted: (fact) => counted.push(fact) },
    {
      ...{ clock: systemClock, signal },
      onEvent: (event) => event.type === 'log' && lines.push(event.line),
    },
  );
  return { counted, lines };
}

const counters = { sold: 'orders_total{sku="$sku"}' };

it('asks no Prometheus about a shop whose counters nobody knows', async () => {
  expect(await record(NOBODY, {})).toEqual({ counted: [], lines: [] });
});

it('logs why a Prometheus cannot be read, and the run goes on', async () => {
  const { counted, lines } = await record(NOBODY, { evidence: { ...answersOnly, counters } });
  expect(counted).toEqual([]);
  expect(lines).toEqual([
    expect.stringContaining('the counters of Prometheus at http://127.0.0.1:9 cannot be read'),
  ]);
});

describeWithPrometheus('the counters of a sale', () => {
  it('are read after Prometheus has scraped its end', { timeout: 30_000 }, async () => {
    let orders = 0;
    const shop = await serve((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/plain' })
        .end(`orders_total{sku="SKU-1"} ${orders}\n`);
    });
    const folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
    const configFile = join(folder, 'prometheus.yml');
    const { host } = new URL(shop.origin);
    writeFileSync(
      configFile,
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ['${host}'] }] }]
`,
    );
    const prometheus = createPrometheus({ folder, configFile });
    try {
      const { url } = await prometheus.start();
      const api = createPrometheusApi(url);
      await until(async () => {
        const answer = await api.query('orders_total', signal);
        return 'values' in answer && answer.values.length === 1;
      });
      // The scrape above is so long before the sale that clocks do not matter.
      const startedAtMs = systemClock.nowMs() + 1_500;
      const startedAtNs = systemClock.monotonicNs() + 1_500e6;
      await until(() => systemClock.nowMs() > startedAtMs);
      orders = 5;
      const { counted, lines } = await record(url, {
        ...{ target: [shop.origin], startedAtMs, startedAtNs },
        evidence: { ...answersOnly, counters },
      });
      expect(lines).toEqual([]);
      expect(counted).toMatchObject([{ decision: 'sold', most: 5 }]);
    } finally {
      await prometheus.stop();
      await shop.close();
      rmSync(folder, { recursive: true });
    }
  });
});
