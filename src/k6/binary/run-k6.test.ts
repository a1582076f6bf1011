import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithK6 } from '../../../test/k6.ts';
import type { LoadRun, LoadSpec } from '../../load/engine/load-run.ts';
import { refusedOrigin, serve, type TestServer } from '../../load/testing/servers.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import { runScript, type ScriptRun } from '../testing/run-script.ts';
import { startK6 } from './run-k6.ts';
import { fakeK6 } from './testing/fake-k6.ts';

const byK6 = (spec: LoadSpec): LoadRun => startK6(spec, process.env);
type RunOptions = NonNullable<Parameters<typeof runScript>[1]>;
const runInK6 = (source: string, options: RunOptions = {}): Promise<ScriptRun> =>
  runScript(source, { ...options, start: byK6 });

let server: TestServer;
let folder: string;
/** The call ids of the requests that arrived. */
let callIds: (string | undefined)[] = [];
/** Answers the requests that the server holds. */
let held: (() => void)[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k6-'));
  server = await serve((request, response) => {
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'r1' });
      response.end(JSON.stringify(body));
    };
    callIds.push(request.headers['x-call-id'] as string | undefined);
    if (request.url === '/shop.js') response.end(SHOP);
    else if (request.url === '/held') held.push(() => answer(200, {}));
    else if (request.url === '/broken') answer(500, { code: 'INTERNAL_ERROR' });
    else if (request.url === '/api/v1/orders/checkout') answer(409, { code: 'OUT_OF_STOCK' });
    else answer(201, { reservationId: 'h1', skuId: 'LAMP', sequence: 7 });
  });
});
afterAll(async () => {
  for (const release of held.splice(0)) release();
  await server.close();
  rmSync(folder, { recursive: true });
});

describe('a k6 that fails', () => {
  it('is quoted', async () => {
    const env = fakeK6('echo "cannot allocate memory" >&2; exit 109');
    await expect(
      runScript('export default function () {}', { start: (spec) => startK6(spec, env) }),
    ).rejects.toMatchObject({
      message: 'k6 did not run the scenario',
      why: 'it ended with code 109: cannot allocate memory',
    });
  });
});

/** A module that the script imports over the network. */
const SHOP = `import http from 'k6/http';
  export const reserve = (sku) => http.post(__ENV.BASE + '/api/v1/reservations', JSON.stringify({ skuId: sku }));`;

const BUY = `
  import http from 'k6/http';
  import { check, group, sleep } from 'k6';
  import { Counter } from 'k6/metrics';
  import { suffix } from './lib.ts';
  const bought = new Counter('bought');
  const note: string = open('./note.txt');
  export const options = {
    vus: 2, iterations: 4,
    thresholds: { bought: ['count==4'], never: ['count>0'], 'http_reqs{status:409}': ['count==4'] },
  };
  const never = new Counter('never');
  const token = await Promise.resolve('h.' + __ENV.CLAIMS + '.s');
  export default async function () {
    const params = { headers: { Authorization: 'Bearer ' + token, 'Idempotency-Key': 'key' + suffix } };
    const r = await http.post(__ENV.BASE + '/api/v1/reservations', JSON.stringify({ skuId: 'LAMP', quantity: 2 }), params);
    group('pay', () => { check(r, { 'reserved': (r) => r.status === 201 }); });
    await http.request('POST', __ENV.BASE + '/api/v1/orders/checkout', JSON.stringify({ reservationId: 'h1' }), params);
    await http.get(__ENV.BASE + '/broken');
    await http.del(__ENV.NOBODY + '/api/v1/reservations/h1', null, params);
    bought.add(1, { note });
    await sleep(0.001);
  }`;
const BUY_FILES = { 'lib.ts': 'export const suffix: string = "!";', 'note.txt': 'plain' };

describeWithK6('a script run by k6', () => {
  it('has the same history, outcomes, checks and thresholds as one run by the engine', async () => {
    const CLAIMS = Buffer.from('{"sub":"user-1"}').toString('base64url');
    const env = { BASE: server.origin, NOBODY: await refusedOrigin(), CLAIMS };
    callIds = [];
    const theirs = await runInK6(BUY, { env, files: BUY_FILES });
    const arrived = callIds.filter((callId) => callId !== undefined);
    const ours = await runScript(BUY, { env, files: BUY_FILES });

    const recorded = ({ history }: ScriptRun) =>
      history.operations
        .map(({ id, callId, ...operation }) => JSON.stringify(operation))
        .toSorted();
    expect(recorded(theirs)).toEqual(recorded(ours));
    expect(theirs.history.operations).toHaveLength(12);
    expect(theirs.history.operations[0]).toMatchObject({
      kind: 'reserve',
      sku: 'LAMP',
      buyer: 'user-1',
      quantity: 2,
      idempotencyKey: 'key!',
      completion: { outcome: 'ok', hold: 'h1', sequence: 7, requestId: 'r1' },
    });

    const made = theirs.history.operations.flatMap(({ kind, callId }) =>
      kind === 'release' ? [] : [callId],
    );
    expect(new Set(made).size).toBe(8);
    expect(arrived.toSorted()).toEqual(made.toSorted());
    expect(made[0]).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-a[\da-f]{3}-[\da-f]{12}$/);

    expect(theirs.result.outcomes).toEqual(ours.result.outcomes);
    expect(theirs.result.outcomes).toMatchObject({
      sent: 12,
      ok: 4,
      soldOut: 4,
      error: 4,
      notSent: 4,
    });
    expect(theirs.result.checks).toEqual(ours.result.checks);
    expect(theirs.result.thresholds).toEqual(ours.result.thresholds);
    expect(theirs.result.thresholds.map(({ ok }) => ok)).toEqual([true, false, true]);
    for (const name of ['iterations', 'http_reqs', 'checks', 'bought']) {
      const { rate, ...counts } = theirs.result.metrics[name]?.values ?? {};
      expect(ours.result.metrics[name]?.values).toMatchObject(counts);
    }
    expect(Object.keys(theirs.result.metrics)).not.toContain('flashsale_notes');
    expect(theirs.result.interruptedIterations).toBe(0);
    expect(theirs.ticks.at(-1)).toMatchObject({ progress: 1, iterations: 4, activeVus: 0 });
  });

  it('records batches and asynchronous calls', async () => {
    const { history, result } = await runInK6(
      `import http, { asyncRequest } from 'k6/http';
       const reserve = __ENV.BASE + '/api/v1/reservations';
       export default async function () {
         const both = http.batch({ one: ['POST', reserve, '{"skuId":"A"}'], two: { method: 'POST', url: reserve, body: '{"skuId":"B"}' } });
         http.batch([__ENV.BASE + '/a', ['GET', http.url\`\${__ENV.BASE}/b\`]]);
         await Promise.all([asyncRequest('POST', reserve, '{"skuId":"C"}'), asyncRequest('POST', reserve, '{"skuId":"D"}')]);
         console.log(both.two.status);
       }`,
      { env: { BASE: server.origin } },
    );
    expect(history.operations.map(({ sku }) => sku).toSorted()).toEqual(['A', 'B', 'C', 'D']);
    expect(history.operations.every(({ completion }) => completion?.outcome === 'ok')).toBe(true);
    expect(result.outcomes).toMatchObject({ sent: 6, ok: 6 });
  });

  it('records the calls of a module from the network', async () => {
    const { history, log } = await runInK6(
      `import { reserve } from '${server.origin}/shop.js';
       export default function () { console.log(reserve('LAMP').status); }`,
      { env: { BASE: server.origin } },
    );
    expect(log).toContain('201');
    expect(history.operations).toMatchObject([{ kind: 'reserve', sku: 'LAMP' }]);
  });

  it('counts exceptions by file and line, and logs what the script prints', async () => {
    const { result, log } = await runInK6(
      `export const options = { iterations: 3 };
       type Nothing = null;
       export default function () {
         console.log('hello');
         throw new RangeError('odd');
       }
       export function teardown() { throw new Error('late'); }`,
    );
    expect(result.iterations).toBe(3);
    expect(result.exceptions.count).toBe(4);
    expect(result.exceptions.first).toEqual([
      expect.stringMatching(/script\.ts:5: RangeError: odd$/),
      expect.stringMatching(/script\.ts:7: Error: late$/),
    ]);
    expect(log.filter((line) => line === 'hello')).toHaveLength(3);
  });

  it('reports a setup that throws as an error of the user', async () => {
    const failure = runInK6(
      `export function setup() {\n throw new Error('no catalogue');\n}\nexport default function () {}`,
    );
    await expect(failure).rejects.toMatchObject({
      message: 'script failed in k6',
      why: expect.stringMatching(/script\.ts:2: Error: no catalogue$/),
    });
  });

  it('gives k6’s data to handleSummary, which may print and write', async () => {
    const path = join(folder, 'summary.txt');
    const { result } = await runInK6(
      `export const options = { iterations: 2 };
       export default function () {}
       export function handleSummary(data) {
         return { stdout: Object.keys(data.metrics).join(), [__ENV.FILE]: data.metrics.iterations.values.count };
       }`,
      { env: { FILE: path } },
    );
    expect(result.summaryOutput?.stdout).toContain('iteration_duration');
    expect(result.summaryOutput?.stdout).not.toContain('flashsale');
    expect(readFileSync(path, 'utf8')).toBe('2');
  });

  it('logs requests and answers with httpDebug', async () => {
    const { log } = await runInK6(
      `import http from 'k6/http';
       export const options = { httpDebug: 'full' };
       export default function () { http.post(__ENV.BASE + '/a', 'one\\ntwo'); }`,
      { env: { BASE: server.origin } },
    );
    expect(log).toEqual(
      expect.arrayContaining([
        'Request:',
        'POST /a HTTP/1.1',
        'two',
        'Response:',
        'X-Request-Id: r1',
      ]),
    );
  });

  it('passes on the options that win over those of the script', async () => {
    const run = async (overrides: OptionOverrides) =>
      await runScript(
        `import { sleep } from 'k6';
         export const options = { iterations: 1 };
         export default function () { console.log(__VU); sleep(0.05); }`,
        { overrides, start: (spec) => startK6(spec, process.env, overrides) },
      );
    expect((await run({ iterations: 4, vus: 2 })).result.iterations).toBe(4);
    const staged = await run({ vus: 3, stages: [{ duration: '100ms', target: 3 }] });
    expect(new Set(staged.log).size).toBe(3);
  });

  it('reports a threshold or the script as the cause of an early end', async () => {
    const byThreshold = await runInK6(
      `import { Counter } from 'k6/metrics'; import { sleep } from 'k6'; const lost = new Counter('lost');
       export const options = { duration: '60s', thresholds: { lost: [{ threshold: 'count<1', abortOnFail: true }] } };
       export default function () { lost.add(1); sleep(0.01); }`,
    );
    expect(byThreshold.result.stoppedBy).toBe('threshold');
    const byScript = await runInK6(
      `import exec from 'k6/execution'; export const options = { duration: '60s' };
       export default function () { exec.test.abort('enough'); }`,
    );
    expect(byScript.result.stoppedBy).toBe('script-abort');
  });

  it.each(['stop', 'abort'] as const)(
    '%s: calls in flight have an unknown outcome',
    async (how) => {
      held = [];
      const { result, history } = await runInK6(
        `import http from 'k6/http';
       export const options = { vus: 2, iterations: 100 };
       export default function () {
         http.post(__ENV.BASE + '/api/v1/reservations', '{}');
         http.get(__ENV.BASE + '/held');
       }`,
        {
          env: { BASE: server.origin },
          whileRunning(run) {
            const poll = setInterval(() => {
              if (held.length < 2) return;
              clearInterval(poll);
              if (how === 'stop') run.stop('interrupt');
              else run.abort();
            }, 1);
          },
        },
      );
      expect(result).toMatchObject({ stoppedBy: 'interrupt', iterations: 0 });
      if (how === 'abort') return;
      expect(result.interruptedIterations).toBe(2);
      expect(history.operations.map(({ completion }) => completion?.outcome)).toEqual(['ok', 'ok']);
    },
  );

  it('feeds outputs as our own engine does', async () => {
    const path = join(folder, 'samples.json');
    await runInK6(
      `import http from 'k6/http'; export default function () { http.get(__ENV.BASE + '/a'); }`,
      { env: { BASE: server.origin }, outputs: [`json=${path}`] },
    );
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ type: 'Point', metric: 'http_reqs' }),
    );
  });
});
