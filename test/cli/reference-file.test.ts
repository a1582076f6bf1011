import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../../src/kernel/assets.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import { createPrometheus } from '../../src/stack/services/prometheus.ts';
import { describeWithPrometheus } from '../prometheus.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { until } from '../until.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

let server: TestServer;
const DAY_MS = 86_400_000;

/** Runs a scenario through one of our own target files; with `answersOnly` without the parts that read the books. */
async function run(
  args: string[],
  {
    file = 'reference',
    answersOnly = false,
    env = {},
  }: { file?: string; answersOnly?: boolean; env?: Record<string, string> } = {},
) {
  const whole = (await readFile(assetPath('scenarios', 'targets', `${file}.yaml`), 'utf8')).replace(
    /^url: .*/m,
    `url: ${server.url}`,
  );
  const text = answersOnly ? whole.replace(/^evidence:[\s\S]*/m, 'rest: { wait: 0s }\n') : whole;
  await writeFile(join(place.folder, 'server.yaml'), text);
  const { code, stdout, stderr } = await place.run(
    ['run', ...args, '--target', 'server.yaml', '--json'],
    {
      FLASHSALE_ADMIN_TOKEN: server.tokenFor({ userId: newId(), role: 'admin' }, DAY_MS),
      SHOP_DATABASE_URL: server.config.databaseUrl,
      ...env,
    },
  );
  if (stdout === '') throw new Error(stderr);
  const { verdict } = JSON.parse(stdout) as RunDocument;
  const namesOf = (status: string) =>
    verdict?.checks.filter((check) => check.status === status).map(({ name }) => name);
  return { code, verdict, namesOf };
}

/** The checks that answers and all rows of the files allow of any sale. */
const CHECKED = [
  ...['never-oversold', 'one-per-buyer', 'ownership', 'no-lost-acknowledged', 'no-phantom'],
  ...['conservation', 'legal-transitions', 'no-false-sold-out', 'no-stranded-stock'],
  'clock-agreement',
];

describe('our own server through its target files', () => {
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it.each([
    [['smoke', '--stock', '8', '--buyers', '60'], 'reference', 'money-agreement'],
    [['last-unit', '--buyers', '30'], 'reference', 'sequence-order'],
    [
      ['flash-attempts', '--stock', '10', '--buyers', '60'],
      'reference-flash-sales',
      'monotonic-reads',
    ],
    [['vouchers', '--stock', '10', '--buyers', '60'], 'reference-campaigns', 'single-redemption'],
  ])(
    'is acquitted of %j by %s, which can also judge %s',
    async (args, file, alsoChecked) => {
      const { code, verdict, namesOf } = await run(args, { file });
      expect(verdict?.status).toBe('valid');
      expect(verdict?.notes ?? []).toEqual([]);
      expect(namesOf('valid')).toEqual(expect.arrayContaining([...CHECKED, alsoChecked]));
      expect(code).toBe(0);
    },
    60_000,
  );
});

describeWithPrometheus('our own server, whose counters a Prometheus has', () => {
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('is judged by them as well', { timeout: 90_000 }, async () => {
    const configFile = join(place.folder, 'prometheus.yml');
    const scraped = `static_configs: [{ targets: ['${new URL(server.url).host}'] }]`;
    await writeFile(
      configFile,
      `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: shop, ${scraped} }]\n`,
    );
    const prometheus = createPrometheus({ folder: place.folder, configFile });
    try {
      const { url } = await prometheus.start();
      // A counter of which there is no value from before the sale says nothing about the sale.
      await until(async () => {
        const answer = await fetch(`${url}/api/v1/query?query=up`);
        return /"value":\[[^\]]*"1"\]/.test(await answer.text());
      });
      const env = { FLASHSALE_PROMETHEUS_URL: url };
      const { verdict, namesOf } = await run(['smoke', '--stock', '8', '--buyers', '60'], { env });
      expect(namesOf('valid')).toContain('prometheus-agreement');
      expect(verdict?.status).toBe('valid');
    } finally {
      await prometheus.stop();
    }
  });
});

describe('a server that checks and then acts, through the target file', () => {
  beforeAll(async () => {
    server = await startTestServer({ env: { STRATEGY: 'naive', UNSAFE: '1' } });
  });
  afterAll(() => server.stop());

  it.each([true, false])(
    'is found guilty, by its answers alone: %j',
    async (answersOnly) => {
      const { code, verdict, namesOf } = await run(['rush', '--stock', '5', '--buyers', '60'], {
        answersOnly,
      });
      expect(verdict?.status).toBe('invalid');
      expect(namesOf('invalid')).toContain('never-oversold');
      if (!answersOnly) expect(namesOf('invalid')).toContain('conservation');
      expect(code).toBe(10);
    },
    90_000,
  );
});
