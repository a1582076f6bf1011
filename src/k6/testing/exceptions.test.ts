import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadRun } from '../../load/engine/load-run.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runScript, runsInThreads } from './run-script.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveEcho();
});
afterAll(() => server.close());

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('exceptions', () => {
  it('are counted, the first ones kept with file and line, and do not end the run', async () => {
    const { result } = await runScript(
      `export const options = { iterations: 50 };
       export default async function () {
         if (__ITER % 2) throw new RangeError('odd');
       }`,
    );
    expect(result.iterations).toBe(50);
    expect(result.exceptions.count).toBe(25);
    expect(result.exceptions.first).toEqual([
      expect.stringMatching(/script\.ts:3: RangeError: odd$/),
    ]);
  });
});

describe('exceptions that options allow', () => {
  it('are counted, and marked as allowed', async () => {
    const { result } = await runScript(
      `export const options = { iterations: 2, ext: { flashsale: { allowExceptions: true } } };
       export default function () { throw new Error('as planned'); }`,
    );
    expect(result.exceptions).toMatchObject({ count: 2, allowed: true });
  });

  it.each([false, true])(
    'do not allow what the script itself calls a failure (threads: %s)',
    async (threads) => {
      const { result } = await runScript(
        `import exec from 'k6/execution';
       export const options = { iterations: 1, ext: { flashsale: { allowExceptions: true, threads: ${threads} } } };
       export default function () { exec.test.fail('no units'); throw new Error('as planned'); }`,
      );
      expect(result.exceptions.count).toBe(2);
      expect(result.exceptions.allowed).toBeUndefined();
    },
  );
});

describe('code that outlives its iteration', () => {
  it('a rejected promise that nobody awaits is an exception of the script and does not end the process', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const { result } = await runScript(
        `${GET} async function later() { await sleep(0.01); throw new Error('left behind'); }
         export default async function () { later(); Promise.reject('a text'); await sleep(0.05); }`,
      );
      expect(result.exceptions).toEqual({
        count: 2,
        first: ['a text', expect.stringMatching(/script\.ts:1: left behind$/)],
      });
    } finally {
      for (const listener of others) process.on('unhandledRejection', listener);
    }
  });

  it('an iteration ends when everything that it started has ended', async () => {
    const { log, result } = await runScript(
      `${GET} export const options = { iterations: 3 };
       export default function () {
         http.asyncRequest('GET', __ENV.BASE).then(() => http.asyncRequest('GET', __ENV.BASE)).then((r) => console.log(__ITER, r.status));
       }`,
      { env: { BASE: server.origin } },
    );
    expect(result.exceptions.count).toBe(0);
    expect(log).toEqual(['0 200', '1 200', '2 200']);
    expect(result.outcomes).toMatchObject({ sent: 6, ok: 6 });
  });

  it('a request that nobody awaits ends with the exception of its iteration, and keeps no other VU from its answers', async () => {
    let run: LoadRun | undefined;
    const asked = await serve((request, answer) => {
      if (request.url === '/never') return;
      answer.end();
      run?.stop('interrupt');
    });
    const { result } = await runScript(
      `${GET} export const options = { scenarios: {
         throws: { executor: 'shared-iterations', vus: 2, iterations: 1e9, maxDuration: '5s', exec: 'throws' },
         asks: { executor: 'per-vu-iterations', vus: 1, iterations: 1, exec: 'asks' },
       } };
       export function throws() { http.asyncRequest('GET', __ENV.BASE + '/never'); throw new Error('at once'); }
       export async function asks() { await http.asyncRequest('GET', __ENV.BASE); }`,
      {
        env: { BASE: asked.origin },
        whileRunning(running) {
          run = running;
        },
      },
    ).finally(asked.close);
    // Nothing is dropped of a scenario that was stopped before its time was over.
    expect(result).toMatchObject({ stoppedBy: 'interrupt', droppedIterations: 0 });
    const { sent, notSent, ok } = result.outcomes;
    expect({ ok, calls: sent + notSent }).toEqual({ ok: 1, calls: 1 + result.exceptions.count });
    // The engine hears of a thread's exception a little later than of its request.
    if (!runsInThreads()) expect(sent).toBe(1);
    expect(result.exceptions.count).toBeGreaterThan(1);
  });

  it('an invalid request that nobody awaits is an exception of the script too', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const { result } = await runScript(
        `${GET} export default async function () { http.get('no url'); await sleep(0.05); }`,
      );
      expect(result.exceptions.first[0]).toContain('"no url" is not an absolute http');
    } finally {
      for (const listener of others) process.on('unhandledRejection', listener);
    }
  });

  it('code that goes on after its iteration was interrupted can send nothing', async () => {
    const { result, history } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'constant-vus', vus: 1, duration: '30ms', gracefulStop: '0s' } } };
       export default async function () {
         try { await sleep(10); } catch {}
         await http.post(__ENV.BASE + '/api/v1/reservations', '{}');
       }`,
      { env: { BASE: server.origin } },
    );
    expect(result).toMatchObject({ interruptedIterations: 1, iterations: 0 });
    expect(history.operations).toEqual([]);
  });

  it('stopping in setup leaves no timer behind', async () => {
    const { result } = await runScript(
      `${GET} export async function setup() { await sleep(0.03); } export default function () {}`,
      { whileRunning: (run) => void setTimeout(() => run.stop('interrupt'), 5) },
    );
    expect(result).toMatchObject({ iterations: 0, stoppedBy: 'interrupt' });
  });
});
