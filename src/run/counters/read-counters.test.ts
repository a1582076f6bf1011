import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saleOf } from '../../../test/judge/story.ts';
import { describeWithPrometheus } from '../../../test/prometheus.ts';
import { until } from '../../../test/until.ts';
import { systemClock } from '../../kernel/clock.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { createPrometheusApi } from '../../metrics/prometheus-api.ts';
import { createPrometheus, type PrometheusServer } from '../../stack/services/prometheus.ts';
import { readCounters } from './read-counters.ts';

const signal = new AbortController().signal;
const SOLD = { sold: 'orders_total{sku="$sku"}' };

describeWithPrometheus('the counters of a shop with two instances', () => {
  const counts = [7, 3];
  let folder: string;
  let shops: TestServer[];
  let prometheus: PrometheusServer & { stop(): Promise<void> };
  beforeAll(async () => {
    shops = await Promise.all(
      counts.map((_, place) =>
        serve((_request, response) => {
          response
            .writeHead(200, { 'content-type': 'text/plain' })
            .end(`orders_total{sku="SKU-1"} ${counts[place]}\norders_total{sku="other"} 99\n`);
        }),
      ),
    );
    folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
    const configFile = join(folder, 'prometheus.yml');
    const targets = shops.map(({ origin }) => `'${new URL(origin).host}'`).join(', ');
    writeFileSync(
      configFile,
      `global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: shop, static_configs: [{ targets: [${targets}] }] }]
`,
    );
    const resource = createPrometheus({ folder, configFile });
    prometheus = { ...(await resource.start()), stop: resource.stop };
  });
  afterAll(async () => {
    await prometheus.stop();
    await Promise.all(shops.map((shop) => shop.close()));
    rmSync(folder, { recursive: true });
  });

  /** Waits until each instance was scraped after a time. */
  async function untilScrapedAfter(atMs: number): Promise<void> {
    const api = createPrometheusApi(prometheus.url);
    await until(async () => {
      const answer = await api.query('timestamp(up)', signal);
      const times = 'values' in answer ? answer.values.map(Number) : [];
      return times.length === 2 && times.every((atS) => atS * 1_000 > atMs);
    });
  }

  it('are the rise over both during the sale, and unknown behind a balancer', {
    timeout: 60_000,
  }, async () => {
    await untilScrapedAfter(systemClock.nowMs());
    const startedAtMs = systemClock.nowMs() + 1_500;
    await untilScrapedAfter(startedAtMs);
    counts[0] = 11;
    counts[1] = 5;
    const endedMs = systemClock.nowMs();
    await untilScrapedAfter(endedMs + 1_000);
    const sale = saleOf({ target: shops.map(({ origin }) => origin), startedAtMs });
    const endedNs = (endedMs - startedAtMs) * 1e6;
    const deps = { clock: systemClock, signal };

    const [fact, ...others] = await readCounters(prometheus.url, SOLD, { sale, endedNs }, deps);
    expect(fact).toMatchObject({
      decision: 'sold',
      selector: 'orders_total{sku="SKU-1"}',
      most: 6,
    });
    expect(fact?.least).toBeLessThanOrEqual(6);
    expect(others).toEqual([]);

    const balanced = { ...sale, target: ['http://balancer'] };
    expect(
      await readCounters(prometheus.url, SOLD, { sale: balanced, endedNs }, deps),
    ).toMatchObject([{ most: null }]);
    expect(
      await readCounters(prometheus.url, { sold: 'none_total' }, { sale, endedNs }, deps),
    ).toEqual([]);
    await expect(
      readCounters(prometheus.url, { sold: 'sum(' }, { sale, endedNs }, deps),
    ).rejects.toMatchObject({ exitCode: 3, why: expect.stringContaining('parse error') });
    const clock = { nowMs: () => systemClock.nowMs() + 60_000 };
    await expect(
      readCounters(prometheus.url, SOLD, { sale, endedNs }, { clock, signal }),
    ).rejects.toMatchObject({ why: 'its clock differs from that of this machine by -60 s' });
  });
});
