import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runScript, runsInThreads } from './run-script.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveEcho();
});
afterAll(() => server.close());

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('executors', () => {
  it('an iteration shorter than minIterationDuration is followed by a pause', async () => {
    const { result } = await runScript(
      `export const options = {
         minIterationDuration: '1h',
         scenarios: { one: { executor: 'constant-vus', vus: 2, duration: '100ms', gracefulStop: '0s' } },
       };
       export default function () {}`,
    );
    expect(result.iterations).toBe(2);
  });

  it('shared-iterations: exactly as many iterations as asked for, by all VUs', async () => {
    const { result, ticks } = await runScript(
      `${GET} export const options = { vus: 13, iterations: 257 };
       export default async function () { await http.get(__ENV.BASE); }`,
      { env: { BASE: server.origin } },
    );
    expect(result.iterations).toBe(257);
    expect(result.outcomes).toEqual({
      sent: 257,
      ok: 257,
      soldOut: 0,
      refused: 0,
      error: 0,
      unknown: 0,
      notSent: 0,
      limited: 0,
      unclassified: 0,
    });
    expect(result.metrics.iterations?.values.count).toBe(257);
    expect(result.metrics.http_reqs?.values.count).toBe(257);
    expect(result.metrics.data_received?.values.count).toBeGreaterThan(257 * 20);
    expect(ticks.at(-1)).toMatchObject({ progress: 1, iterations: 257, activeVus: 0 });
    expect(result).not.toHaveProperty('stoppedBy');
    expect(result.generator).not.toHaveProperty('offeredIterations');
  });

  it('constant-vus: every VU iterates until the time is over', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { vus: 3, duration: '200ms' };
       export default async function () { await sleep(0.01); console.log(__VU); }`,
    );
    expect(new Set(log)).toEqual(new Set(['1', '2', '3']));
    expect(result.iterations).toBe(log.length);
    expect(result.interruptedIterations).toBe(0);
  });

  it('per-vu-iterations: every VU runs the same number of iterations', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 4, iterations: 3 } } };
       export default async function () { await sleep(0.001 * __VU); console.log(__VU + ':' + exec.vu.iterationInScenario); }`,
    );
    expect(result.iterations).toBe(12);
    expect(log.sort()).toEqual(
      [1, 2, 3, 4].flatMap((vu) => [0, 1, 2].map((iteration) => `${vu}:${iteration}`)),
    );
  });

  it('counts iterations as dropped if there is not enough time for them', async () => {
    const { result } = await runScript(
      `${GET} export const options = { scenarios: {
         each: { executor: 'per-vu-iterations', vus: 2, iterations: 5, maxDuration: '50ms' },
         shared: { executor: 'shared-iterations', vus: 2, iterations: 7, maxDuration: '50ms' },
       } };
       export default async function () { await sleep(0.1); }`,
    );
    expect(result.iterations).toBe(4);
    expect(result.droppedIterations).toBe(2 * 4 + 5);
  });

  it('ramping-vus: as many VUs as the stages ask for, and those ramped down may end their iteration', async () => {
    const { result, ticks, log } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'ramping-vus', startVUs: 0,
         stages: [{ target: 8, duration: '200ms' }, { target: 8, duration: '400ms' }, { target: 0, duration: '200ms' }] } } };
       export default async function () { await sleep(0.02); console.log(__VU); }`,
    );
    expect(new Set(log)).toEqual(new Set(['1', '2', '3', '4', '5', '6', '7', '8']));
    expect(Math.max(...ticks.map(({ activeVus }) => activeVus))).toBe(8);
    expect(result).toMatchObject({ iterations: log.length, interruptedIterations: 0 });
    expect(ticks.at(-1)).toMatchObject({ progress: 1, activeVus: 0 });
  });

  it('ramping-vus: gracefulRampDown interrupts an iteration that does not end, and a new VU takes its place', async () => {
    // The new VU has to come to its iteration, and a thread takes its time to start.
    const last = runsInThreads() ? '4s' : '500ms';
    const { result, log } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'ramping-vus', startVUs: 2, gracefulRampDown: '300ms', gracefulStop: '20ms',
         stages: [{ target: 0, duration: '0s' }, { target: 0, duration: '900ms' }, { target: 1, duration: '0s' }, { target: 1, duration: '${last}' }] } } };
       export default async function () { console.log('begun'); await sleep(60); }`,
    );
    expect(log).toEqual(['begun', 'begun', 'begun']);
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 3 });
  });

  it('a script that never waits does not stop the clock', async () => {
    const { result } = await runScript(
      `export const options = { vus: 2, duration: '100ms' }; export default function () {}`,
    );
    expect(result.iterations).toBeGreaterThan(0);
  });

  it('arrival rates: every arrival of the schedule is begun or counted as dropped', async () => {
    const { result, ticks } = await runScript(
      `${GET} export const options = { scenarios: {
         steady: { executor: 'constant-arrival-rate', rate: 500, duration: '400ms', preAllocatedVUs: 20, exec: 'go' },
         ramp: { executor: 'ramping-arrival-rate', stages: [{ target: 1000, duration: '400ms' }], preAllocatedVUs: 0, maxVUs: 20, exec: 'go' },
         tight: { executor: 'constant-arrival-rate', rate: 100, duration: '400ms', preAllocatedVUs: 1, exec: 'linger' },
       } };
       export async function go() { await http.get(__ENV.BASE); }
       export async function linger() { await sleep(0.1); }`,
      { env: { BASE: server.origin } },
    );
    expect(result.generator.offeredIterations).toBe(200 + 200 + 40);
    expect(result.iterations + result.droppedIterations).toBe(440);
    expect(result.droppedIterations).toBeGreaterThanOrEqual(30);
    expect(result.metrics.dropped_iterations?.values.count).toBe(result.droppedIterations);
    expect(result.metrics.flashsale_iteration_lateness?.values.min).toBeGreaterThanOrEqual(0);
    expect(result.generator.reasons.join()).toContain('were dropped because every VU was busy');
    expect(ticks.at(-1)?.offeredRate).toBeDefined();
  });

  it('starts scenarios at their time, with their own function, env and tags', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { thresholds: { 'iterations{wave:second}': ['count==2'] }, scenarios: {
         first: { executor: 'shared-iterations', iterations: 1, exec: 'show', env: { NAME: 'one' } },
         second: { executor: 'shared-iterations', iterations: 2, exec: 'show', startTime: '150ms', env: { NAME: 'two' }, tags: { wave: 'second' } },
       } };
       export function show() { console.log(__ENV.NAME + exec.scenario.name + exec.scenario.iterationInTest); }`,
    );
    expect(log).toEqual(['onefirst0', 'twosecond0', 'twosecond1']);
    expect(result.thresholds).toMatchObject([{ ok: true, observed: 2 }]);
  });
});
