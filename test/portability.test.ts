import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHistoryFile } from '../src/history/recorder.ts';
import { loadScript } from '../src/k6/script/load-script.ts';
import { assetPath } from '../src/kernel/assets.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { newId } from '../src/kernel/ids.ts';
import { startLoad } from '../src/load/engine/start-load.ts';
import { openOutputs } from '../src/load/outputs/outputs.ts';
import { type TestServer as Front, serve } from '../src/load/testing/servers.ts';
import { createAdminApi } from '../src/run/sale/admin-api.ts';
import { offersOf } from '../src/run/sale/offers.ts';
import { readSalePlan } from '../src/run/sale/sale-plan.ts';
import { seedSale } from '../src/run/sale/seed-sale.ts';
import { splitStock } from '../src/run/sale/split-stock.ts';
import { referenceTarget } from '../src/target/reference.ts';
import { saleOf } from './judge/story.ts';
import { describeWithK6 } from './k6.ts';
import { startTestServer, type TestServer } from './server.ts';
import { until } from './until.ts';

const SCENARIOS = readdirSync(assetPath('scenarios')).filter((name) => name.endsWith('.ts'));
/** Fewer units than visitors, so that some are turned away. */
const ITERATIONS = 12;
const STOCK = 8;

const run = promisify(execFile);

let server: TestServer;
let front: Front;
let folder: string;
let adminToken: string;

/**
 * A proxy in front of the server that makes both runners see the same answers. It passes one request at a time, because
 * k6 sends concurrent requests of a script one after the other and our engine sends them together. And it repeats a
 * request about an attempt until the attempt is decided.
 */
async function serveInTurn(): Promise<Front> {
  let turn: Promise<unknown> = Promise.resolve();
  return await serve((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      turn = turn.then(async () => {
        const { method = 'GET', url = '/', headers } = request;
        const kept = ['authorization', 'content-type', 'idempotency-key', 'x-call-id'];
        let answer: { status: number; text: string } | undefined;
        await until(async () => {
          const fetched = await fetch(server.url + url, {
            method,
            headers: kept.flatMap((name): [string, string][] =>
              headers[name] === undefined ? [] : [[name, String(headers[name])]],
            ),
            body: method === 'GET' || body === '' ? undefined : body,
          });
          answer = { status: fetched.status, text: await fetched.text() };
          return !answer.text.includes('"PENDING"');
        });
        response.writeHead(answer?.status ?? 500, { 'content-type': 'application/json' });
        response.end(answer?.text);
      });
    });
  });
}

/** The scenario with one VU and a fixed number of iterations, so that nothing depends on which VU is faster. */
async function visit(name: string): Promise<{ path: string; exec: string }> {
  const scenario = assetPath('scenarios', name);
  const { options } = await loadScript(scenario, { env: {} });
  const exec = options.scenarios[0]?.exec as string;
  const path = join(folder, name);
  const scenarios = {
    visit: { executor: 'shared-iterations', vus: 1, iterations: ITERATIONS, exec },
  };
  writeFileSync(
    path,
    `export { sale, ${exec} } from ${JSON.stringify(scenario)};
     export const options = ${JSON.stringify({ scenarios })};`,
  );
  return { path, exec };
}

/** Seeds a new sale. Resolves to the environment that a scenario needs for it. */
async function seed(path: string): Promise<Record<string, string>> {
  const script = await loadScript(path, { env: {} });
  const { sells, skus } = readSalePlan(script);
  const name = `port-${newId()}`;
  const units = splitStock(
    STOCK,
    skus.map(({ stock }) => stock),
  );
  const named = units.map((stock, place) => ({ skuId: `${name}-${place}`, stock }));
  const sale = join(folder, `${name}.json`);
  await seedSale(createAdminApi({ targets: [server.url], token: adminToken }), {
    offers: offersOf(sells, { skus: named, nowMs: Date.now() }),
    buyers: ITERATIONS,
    seed: 7,
    path: sale,
  });
  return {
    FLASHSALE_STOCK: String(STOCK),
    // Scenarios wait until as many buyers have arrived as there are VUs.
    FLASHSALE_BUYERS: '1',
    FLASHSALE_SEED: '7',
    FLASHSALE_TARGETS: front.origin,
    FLASHSALE_SALE: sale,
  };
}

const flagsOf = (env: Record<string, string>): string[] =>
  Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);

const QUIET = ['--no-usage-report', '--address', '', '--quiet'];

async function runInK6(path: string, samples: string): Promise<void> {
  const env = await seed(path);
  await run('k6', ['run', ...QUIET, '--out', `json=${samples}`, ...flagsOf(env), path]);
}

async function runHere(path: string, samples: string): Promise<void> {
  const env = await seed(path);
  const script = await loadScript(path, { env });
  const outputs = await openOutputs([`json=${samples}`], {
    options: script.options,
    clock: systemClock,
  });
  const history = createHistoryFile(`${samples}.history`, saleOf({ total: 1 }), systemClock);
  const load = startLoad({
    script,
    env,
    target: referenceTarget,
    history,
    clock: systemClock,
    observe: outputs.observe,
  });
  const { exceptions } = await load.result;
  expect(exceptions).toEqual({ count: 0, first: [] });
  expect(await outputs.close()).toEqual([]);
  await history.close();
}

/** A request that is refused for two reasons is told one of them, and which one depends on the moment. */
const answerOf = (status: string): string => (status.startsWith('4') ? 'refused' : status);

/** Counts by name: requests by method, name and answer, checks by result, and the scenario's own counters. */
function countsIn(samples: string): Record<string, number> {
  const counts: Record<string, number> = {};
  const own = new Set(['units_bought', 'vouchers_issued', 'vouchers_used', 'answered', 'got']);
  for (const text of readFileSync(samples, 'utf8').trimEnd().split('\n')) {
    const { type, metric, data } = JSON.parse(text);
    if (type !== 'Point') continue;
    const { tags = {}, value } = data;
    const add = (what: string, by = value): void => {
      counts[what] = (counts[what] ?? 0) + by;
    };
    if (metric === 'iterations') add('iterations');
    else if (metric === 'http_reqs') add(`${tags.method} ${tags.name} ${answerOf(tags.status)}`);
    else if (metric === 'http_req_failed') add(`failed ${tags.name}`);
    else if (metric === 'checks') add(`${tags.check}: ${value}`, 1);
    else if (own.has(metric)) add(metric);
  }
  return counts;
}

describeWithK6('every scenario of the package', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'portability-'));
    server = await startTestServer();
    adminToken = server.tokenFor({ userId: newId(), role: 'admin' }, 600_000);
    await server.sessionsOpened();
    front = await serveInTurn();
  });
  afterAll(async () => {
    await front.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(SCENARIOS)('C.10 %s passes k6 inspect', async (name) => {
    const path = assetPath('scenarios', name);
    const { stdout } = await run('k6', ['inspect', ...flagsOf(await seed(path)), path]);
    expect(Object.keys(JSON.parse(stdout).scenarios).length).toBeGreaterThan(0);
  });

  it.each(SCENARIOS)(
    'C.10 %s has the same requests, checks and counts in k6 as here',
    async (name) => {
      const { path } = await visit(name);
      const [theirs, ours] = [join(folder, `${name}.k6.json`), join(folder, `${name}.json`)];
      await Promise.all([runInK6(path, theirs), runHere(path, ours)]);
      const counts = countsIn(ours);
      expect(counts.iterations).toBe(ITERATIONS);
      expect(Object.keys(counts).length).toBeGreaterThan(3);
      expect(countsIn(theirs)).toEqual(counts);
    },
  );
});
