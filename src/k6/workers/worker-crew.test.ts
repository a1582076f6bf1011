import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector } from '../../../test/collector.ts';
import type { CallEvent } from '../../history/call-watch.ts';
import { answersOnly } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { readHistory } from '../../history/reader.ts';
import { createHistoryFile } from '../../history/recorder.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { LoadRun } from '../../load/engine/load-run.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import type { LoadTick } from '../../load/result.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { referenceTarget } from '../../target/reference.ts';
import { loadScript } from '../script/load-script.ts';
import { WorkerCrew } from './worker-crew.ts';

let server: TestServer;
let versions = 0;
beforeAll(async () => {
  server = await serve((request, response) => {
    if (request.url === '/version.js') {
      versions += 1;
      response.end(`export const version = ${versions};`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
afterAll(() => server.close());

const SALE: SaleFacts = {
  scenario: 'script',
  target: [],
  skus: [{ skuId: 'A', total: 1 }],
  unitsPerBuyerMax: 1,
  holdTtlMs: 1_000,
  sweepGraceMs: 0,
  refusals: {},
  sellOutExpected: false,
  startedAtMs: 0,
  startedAtNs: 0,
  evidence: answersOnly,
};

const K6 = `import http from 'k6/http'; import { check, sleep } from 'k6'; import exec from 'k6/execution';
import { Counter } from 'k6/metrics'; import { rendezvous } from './lib/flashsale.ts';`;

/** Runs a script in three worker threads, as the CLI does. */
async function runInWorkers(
  source: string,
  {
    act = () => {},
    whileStarting = () => {},
    tracesUrl,
    onLimit = () => {},
  }: {
    /** Called when the script prints `act`. */
    act?: (run: LoadRun) => void;
    whileStarting?: (run: LoadRun) => void;
    tracesUrl?: string;
    onLimit?: (durationMs: number | undefined) => void;
  } = {},
) {
  const folder = writeFiles({ 'script.ts': `${K6}\n${source}` });
  const env = { BASE: server.origin };
  const observed: string[] = [];
  const heard: { event: CallEvent; untilNs: number }[] = [];
  const log: string[] = [];
  try {
    const script = await loadScript(folder.path('script.ts'), { env });
    const history = createHistoryFile(folder.path('history.ndjson'), SALE, systemClock);
    const run = startLoad({
      script,
      env,
      target: referenceTarget,
      history,
      ...{ clock: systemClock, onLimit },
      log: (line) => {
        log.push(line);
        if (line === 'act') act(run);
      },
      observe: ({ name }, _value, source) => observed.push(`${name} ${source.tag('scenario')}`),
      crew: (deps) =>
        new WorkerCrew(
          {
            workers: 3,
            script,
            optionsEnv: env,
            env,
            target: referenceTarget,
            clock: systemClock,
            history,
            ...{ folder: folder.path('.'), tracesUrl },
            hear: (events, untilNs) =>
              void heard.push(...events.map((event) => ({ event, untilNs }))),
          },
          deps,
        ),
    });
    setImmediate(whileStarting, run);
    const ticks: LoadTick[] = [];
    for await (const tick of run.ticks) ticks.push(tick);
    const result = await run.result;
    await history.close();
    const recorded = await readHistory(folder.path('history.ndjson'));
    expect(readdirSync(folder.path('.')).sort()).toEqual(['history.ndjson', 'script.ts']);
    return { result, ticks, log, observed, heard, operations: recorded.operations };
  } finally {
    folder.remove();
  }
}

describe('worker threads', { timeout: 120_000 }, () => {
  it('end their load before a slow collector has all traces, and lose none of them', async () => {
    let goOn = () => {};
    const isReady = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const collector = await startCollector(isReady);
    const { log } = await runInWorkers(
      `export const options = { vus: 3, iterations: 6 };
       export default async () => { await http.get(__ENV.BASE); }`,
      {
        tracesUrl: collector.url,
        onLimit: (durationMs) => durationMs === undefined && goOn(),
      },
    );
    expect(log).toEqual([]);
    expect(collector.spans).toHaveLength(6);
    collector.stop();
  });

  it('run one plan together: each iteration once, each VU once, and one history', async () => {
    const { result, ticks, log, observed, heard, operations } = await runInWorkers(
      `export const options = { vus: 10, iterations: 100, thresholds: {
         bought: ['count==100'], 'http_reqs{scenario:default}': ['count==100'], checks: ['rate==1'], 'bought{who:nobody}': ['count>0'],
       } };
       const bought = new Counter('bought');
       export function setup() { return { sku: 'A' }; }
       export default async function (data) {
         console.log('i' + exec.scenario.iterationInTest + ' v' + __VU);
         const answer = await http.post(__ENV.BASE + '/api/v1/reservations', JSON.stringify({ skuId: data.sku, quantity: 1 }));
         check(answer, { answered: (r) => r.status === 200 });
         bought.add(1);
       }
       export function handleSummary(data) { return { stdout: String(data.metrics.bought.values.count) }; }`,
    );
    const iterations = log.map((line) => Number(/^i(\d+)/.exec(line)?.[1]));
    expect(iterations.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
    expect(new Set(log.map((line) => line.split(' v')[1])).size).toBe(10);
    expect(result).toMatchObject({
      iterations: 100,
      outcomes: { sent: 100, ok: 100 },
      exceptions: { count: 0 },
      checks: [{ name: 'answered', passes: 100, fails: 0 }],
      summaryOutput: { stdout: '100' },
    });
    expect(result.thresholds.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(result.metrics.http_req_duration?.values.max).toBeGreaterThan(0);
    expect(result.metrics.vus_max?.values.max).toBe(10);
    expect(ticks.at(-1)).toMatchObject({ progress: 1, iterations: 100, activeVus: 0 });
    expect(observed.filter((sample) => sample === 'http_reqs default')).toHaveLength(100);

    expect(operations).toHaveLength(100);
    // The events of calls are heard while the load runs, and by the end of the load all of it.
    expect(heard.map(({ event }) => event.call.completedAtNs).sort((a, b) => a - b)).toEqual(
      operations.map(({ completedAtNs }) => completedAtNs).sort((a, b) => a - b),
    );
    expect(new Set(operations.map(({ callId }) => callId)).size).toBe(100);
    for (const [index, { outcome, invokedAtNs, completedAtNs }] of operations.entries()) {
      expect(outcome).toBe('ok');
      expect(completedAtNs).toBeGreaterThan(invokedAtNs);
      expect(invokedAtNs).toBeGreaterThanOrEqual(operations[index - 1]?.invokedAtNs ?? 0);
    }
  });

  it('run the same version of a module imported over the network', async () => {
    const { log } = await runInWorkers(
      `import { version } from '${server.origin}/version.js';
       export const options = { vus: 3, iterations: 3 };
       export default function () { console.log(version); sleep(0.01); }`,
    );
    expect(log).toEqual(['1', '1', '1']);
    expect(versions).toBe(1);
  });

  it('share one schedule of arrivals', async () => {
    const { result, log } = await runInWorkers(
      `export const options = { scenarios: { s: { executor: 'constant-arrival-rate', rate: 200, duration: '500ms', preAllocatedVUs: 9 } } };
       export default async function () { console.log(String(exec.scenario.iterationInTest)); await sleep(0.001); }`,
    );
    expect(result.generator.offeredIterations).toBe(100);
    expect(result.iterations + result.droppedIterations).toBe(100);
    expect(new Set(log).size).toBe(result.iterations);
    expect(result.metrics.flashsale_iteration_lateness?.values.min).toBeGreaterThanOrEqual(0);
  });

  it('wait for each other at a rendezvous', async () => {
    const { result } = await runInWorkers(
      `export const options = { vus: 12, iterations: 24 };
       export default async function () {
         if (__VU <= 3) await sleep(0.02);
         await rendezvous('door', 12);
         await http.get(__ENV.BASE);
       }`,
    );
    expect(result.outcomes.sent).toBe(24);
    expect(result.metrics.flashsale_rendezvous_in_flight?.values.min).toBeGreaterThan(1);
    expect(result.metrics.flashsale_rendezvous_skew?.values.max).toBeGreaterThan(0);
    expect(result.exceptions).toEqual({ count: 0, first: [] });
  });

  it('end when a threshold over all of them is missed, when a script aborts the run, and when they are stopped', async () => {
    const looping = `export default async function () { await sleep(0.005); check(1, { never: () => false }); }`;
    const missed = await runInWorkers(
      `export const options = { vus: 3, duration: '10m', thresholds: { checks: [{ threshold: 'rate>0.5', abortOnFail: true }] } }; ${looping}`,
    );
    expect(missed.result).toMatchObject({ stoppedBy: 'threshold', thresholds: [{ ok: false }] });

    const aborted = await runInWorkers(
      `export const options = { vus: 3, duration: '10m' };
       export default async function () { await sleep(0.005); if (__VU === 2) exec.test.abort('enough'); }`,
    );
    expect(aborted.result.stoppedBy).toBe('script-abort');
    expect(aborted.log).toContain('the script ended the run: enough');

    const stopped = await runInWorkers(
      `export const options = { vus: 3, iterations: 3 };
       export default async function () { await sleep(0.1); if (__VU === 1) console.log('act'); await sleep(0.05); }
       export function teardown() { console.log('teardown'); }`,
      { act: (run) => run.stop('interrupt') },
    );
    expect(stopped.result).toMatchObject({ iterations: 3, stoppedBy: 'interrupt' });
    expect(stopped.log).toContain('teardown');

    const dropped = await runInWorkers(
      `export const options = { vus: 3, iterations: 3 };
       export default async function () { await rendezvous('begun', 3); if (__VU === 1) console.log('act'); await sleep(600); }
       export function teardown() { console.log('teardown'); }`,
      {
        act(run) {
          run.stop('interrupt');
          run.abort();
        },
      },
    );
    expect(dropped.result).toMatchObject({ iterations: 0, interruptedIterations: 3 });
    expect(dropped.log).not.toContain('teardown');

    const early = await runInWorkers('export default function () {}', {
      whileStarting: (run) => run.abort(),
    });
    expect(early.result).toMatchObject({ iterations: 0, stoppedBy: 'interrupt' });
  });

  it('report the position of an exception: once for iterations, and as the failure of the run for init code', async () => {
    const { result, log } = await runInWorkers(
      `export const options = { vus: 3, iterations: 9 };\nexport default function () { throw new Error('odd'); }`,
    );
    expect(result.exceptions).toEqual({
      count: 9,
      first: [expect.stringMatching(/script\.ts:4: odd$/)],
    });
    expect(log).toHaveLength(1);
    await expect(
      runInWorkers(`if (__VU > 0) throw new Error('no shelf');\nexport default function () {}`),
    ).rejects.toMatchObject({
      message: 'init code of script failed',
      why: expect.stringMatching(/script\.ts:3: no shelf$/),
    });
  });

  it('run a scenario in no more threads than it has VUs', async () => {
    const { result, log } = await runInWorkers(
      `export const options = { scenarios: { lonely: { executor: 'per-vu-iterations', iterations: 4 } } };
       export default function () { console.log(String(exec.scenario.iterationInTest)); }`,
    );
    expect(log).toEqual(['0', '1', '2', '3']);
    expect(result.iterations).toBe(4);
  });
});
