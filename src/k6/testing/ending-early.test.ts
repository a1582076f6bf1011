import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadRun } from '../../load/engine/load-run.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from './run-script.ts';

/** Holds every request until the test releases it. */
let slow: TestServer;
let held: (() => void)[] = [];
beforeAll(async () => {
  slow = await serve((_request, response) => {
    held.push(() => response.end('{}'));
  });
});
afterAll(async () => {
  for (const release of held.splice(0)) release();
  await slow.close();
});

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('ending a run early', () => {
  const HANG = `${GET} export const options = { scenarios: { s: {
      executor: 'shared-iterations', vus: 3, iterations: 100, gracefulStop: __ENV.GRACE || '30s',
    } } };
    export default async function () { console.log('sent'); await http.post(__ENV.BASE + '/api/v1/reservations', '{"skuId":"A"}'); }
    export function teardown() { console.log('teardown'); }`;

  /** Runs HANG, and calls `act` when all three VUs wait for an answer. */
  async function withThreeInFlight(act: (run: LoadRun) => void, env: Record<string, string> = {}) {
    held = [];
    return await runScript(HANG, {
      env: { BASE: slow.origin, ...env },
      whileRunning(run) {
        const poll = setInterval(() => {
          if (held.length < 3) return;
          clearInterval(poll);
          act(run);
        }, 1);
      },
    });
  }

  it('stop: no new iterations, and running ones may end', async () => {
    const { result, log } = await withThreeInFlight((run) => {
      run.stop('interrupt');
      for (const release of held.splice(0)) release();
    });
    expect(result).toMatchObject({
      iterations: 3,
      interruptedIterations: 0,
      stoppedBy: 'interrupt',
    });
    expect(log).toEqual(['sent', 'sent', 'sent', 'teardown']);
  });

  it('stop: interrupts the other iterations after gracefulStop, and their calls have an unknown outcome', async () => {
    const { result, history } = await withThreeInFlight((run) => run.stop('interrupt'), {
      GRACE: '50ms',
    });
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 3 });
    expect(result.outcomes).toMatchObject({ sent: 3, unknown: 3 });
    expect(history.operations.map(({ completion }) => completion)).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'info', status: 0, code: 'ABORTED' })),
    );
  });

  it('abort: ends everything at once, without teardown', async () => {
    const { result, log } = await withThreeInFlight((run) => {
      run.stop('interrupt');
      run.abort();
    });
    expect(result).toMatchObject({ interruptedIterations: 3, stoppedBy: 'interrupt' });
    expect(log).not.toContain('teardown');
  });

  it('abort in setup: ends the run without an iteration', async () => {
    const { result } = await runScript(
      `${GET} export async function setup() { await sleep(1000); } export default function () {}`,
      { whileRunning: (run) => void setTimeout(() => run.abort(), 20) },
    );
    expect(result).toMatchObject({ iterations: 0, stoppedBy: 'interrupt' });
  });

  it('the end of the time interrupts a script that waits for long', async () => {
    const { result } = await runScript(
      `export const options = { scenarios: { s: { executor: 'constant-vus', vus: 2, duration: '50ms', gracefulStop: '50ms' } } };
       export default async function () { await new Promise((ended) => setTimeout(ended, 3_600_000)); }`,
    );
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 2 });
  });

  it('an iteration that waits for what never comes ends when nothing is left that could come', async () => {
    const { result, log } = await runScript(
      `export const options = { iterations: 2 };
       export default async function () {
         await new Promise((ended) => setTimeout(ended, 1));
         console.log(__ITER);
         await new Promise(() => {});
         console.log('never');
       }`,
    );
    expect(log).toEqual(['0', '1']);
    expect(result).toMatchObject({ iterations: 2, interruptedIterations: 0 });
  });

  it('what such an iteration leaves behind does not end the next one', async () => {
    const { log } = await runScript(
      `export const options = { iterations: 2 };
       export default async function () {
         if (__ITER === 0) {
           setTimeout(() => console.log('timer of 0'), 2);
           throw new Error('out');
         }
         await new Promise((ended) => setTimeout(ended, 20));
         console.log('end of 1');
       }`,
    );
    expect(log.filter((line) => line.startsWith('end'))).toEqual(['end of 1']);
  });

  it('a missed threshold with abortOnFail ends the run', async () => {
    const { result } = await runScript(
      `${GET} export const options = { vus: 1, duration: '10m', thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true }] } };
       import { check } from 'k6';
       export default async function () { await sleep(0.01); check(1, { never: () => false }); }`,
    );
    expect(result).toMatchObject({
      stoppedBy: 'threshold',
      thresholds: [{ ok: false, observed: 0 }],
    });
    expect(result.elapsedMs).toBeLessThan(60_000);
  });
});
