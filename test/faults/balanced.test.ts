import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { RunningStack } from '../../src/stack/stack.ts';
import { type Balancer, startBalancer } from '../nginx.ts';
import { canTestWith } from '../services.ts';
import { until } from '../until.ts';
import { sellUnder } from './sell-under.ts';

/** Long enough that each instance has served some buyers, and short in comparison with the sale. */
const IN_BETWEEN_MS = 300;
/** nginx asks an instance that has failed no more for ten seconds, longer than this sale; here it asks again soon. */
const askAgainSoon = (config: string): string =>
  config.replace(/^( +server 127\.0\.0\.1:\d+);/gm, '$1 fail_timeout=1s;');
/** The verdict reads the metrics of the instances, and the balancer hides them. */
const showMetrics = (config: string): string =>
  config.replace(/ +location ~\* \^\/metrics\(\/\|\$\) \{\s+return 404;\s+\}\n/, '');

const redis = inject('redisUrl') !== undefined;

describe.skipIf(!canTestWith('nginx'))('S3.6 three instances behind the balancer', () => {
  let balancer: Balancer | undefined;
  afterAll(() => balancer?.stop());

  const balance = async ({ targets }: RunningStack): Promise<string[]> => {
    const hosts = targets.map((target) => new URL(target).host);
    balancer = await startBalancer(hosts, { edit: (config) => showMetrics(askAgainSoon(config)) });
    return [balancer.url];
  };
  /** The requests that an instance has answered. */
  const answeredBy = async (target: string): Promise<number> => {
    const page = await fetch(`${target}/metrics`).then((answer) => answer.text());
    const counts = page.matchAll(
      /^flashsale_http_requests_total\{[^}]*route="\/api[^}]*\} (\d+)/gm,
    );
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  it('sell every unit once, while one is killed and comes back, and all of them serve', async () => {
    const served: number[] = [];
    const report = await sellUnder({
      ...{ scenario: 'rush', instances: 3, redis, stock: 300, buyers: 6_000 },
      // Units that the dead instance was about to answer for lapse, and those who come later buy them.
      ...{ holdTtlMs: 1_000, databaseUrl: inject('postgresUrl'), targetsOf: balance },
      async fault({ targets, parts }) {
        await delay(IN_BETWEEN_MS);
        await parts.servers[1]?.kill();
        // It is back when it answers, and the balancer has found that out when it gets requests again: those of buyers,
        // or these reads where the sale is over by then.
        await until(async () => {
          await fetch(`${balancer?.url}/api/v1/products?limit=1`).catch(() => {});
          const counts = await Promise.all(targets.map((each) => answeredBy(each).catch(() => 0)));
          served.splice(0, 3, ...counts);
          return counts.every((count) => count > 0);
        });
      },
    });
    const complaints = report.verdict.checks.filter(({ status }) => status === 'invalid');
    expect(complaints).toEqual([]);
    for (const name of ['never-oversold', 'no-lost-acknowledged']) {
      expect(report.verdict.checks).toContainEqual(
        expect.objectContaining({ name, status: 'valid' }),
      );
    }
    expect(report.verdict.status).toBe('valid');
    expect(served.every((count) => count > 0)).toBe(true);
  });
});
