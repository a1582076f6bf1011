import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import type { LoadRun } from '../../load/engine/load-run.ts';
import { serve, type TestServer } from '../../load/testing/harness.ts';
import { runScript } from './run-script.ts';

/** Holds every request until it is told to let go. */
let slow: TestServer;
let held: (() => void)[] = [];
let fast: TestServer;
beforeAll(async () => {
  slow = await serve((_request, response) => {
    held.push(() => response.end('{}'));
  });
  fast = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
afterAll(async () => {
  for (const release of held.splice(0)) release();
  held = [];
  await slow.close();
  await fast.close();
});

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('connections', () => {
  let ports: TestServer;
  beforeAll(async () => {
    ports = await serve((request, response) => response.end(String(request.socket.remotePort)));
  });
  afterAll(() => ports.close());

  /** How many connections three iterations of two requests each are sent over. */
  async function connectionsOf(options: string): Promise<number> {
    const { log } = await runScript(
      `${GET} export const options = { vus: 1, iterations: 3, ${options} };
       export default function () {
         console.log(http.get(__ENV.BASE).body);
         console.log(http.get(__ENV.BASE).body);
       }`,
      { env: { BASE: ports.origin } },
    );
    expect(log).toHaveLength(6);
    return new Set(log).size;
  }

  it.each([
    ['for the life of the VU', '', 1],
    ['for an iteration', 'noVUConnectionReuse: true', 3],
    ['for a request', 'noConnectionReuse: true', 6],
  ])('are kept %s', async (_, options, expected) => {
    expect(await connectionsOf(options)).toBe(expected);
  });

  it.each([
    ['shop.example', 'shop.example', '127.0.0.1'],
    ['shop.example with its port', 'shop.example:PORT', '127.0.0.1'],
    ['a wildcard', '*.example', '127.0.0.1'],
    ['an address with a port', 'shop.example', '127.0.0.1:PORT'],
  ])('lead where hosts says: %s', async (_, name, address) => {
    const { port } = new URL(ports.origin);
    const hosts = { [name.replace('PORT', port)]: address.replace('PORT', port) };
    const url = `http://shop.example:${address.includes('PORT') ? 80 : port}/`;
    const { log } = await runScript(
      `${GET} export const options = { hosts: ${JSON.stringify(hosts)} };
       export default function () { console.log(http.get('${url}').status); }`,
    );
    expect(log).toEqual(['200']);
  });
});

describe('scenarios', () => {
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
      { env: { BASE: fast.origin } },
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
    });
    expect(result.metrics.iterations?.values.count).toBe(257);
    expect(result.metrics.http_reqs?.values.count).toBe(257);
    expect(result.metrics.data_received?.values.count).toBeGreaterThan(257 * 20);
    expect(ticks.at(-1)).toMatchObject({ progress: 1, iterations: 257, activeVus: 0 });
    expect(result).not.toHaveProperty('stoppedBy');
    expect(result.generator).not.toHaveProperty('offeredIterations');
  });

  it('constant-vus: every VU takes turns until the time is over', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { vus: 3, duration: '200ms' };
       export default async function () { await sleep(0.01); console.log(__VU); }`,
    );
    expect(new Set(log)).toEqual(new Set(['1', '2', '3']));
    expect(result.iterations).toBe(log.length);
    expect(result.interruptedIterations).toBe(0);
  });

  it('per-vu-iterations: every VU takes the same number', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 4, iterations: 3 } } };
       export default async function () { await sleep(0.001 * __VU); console.log(__VU + ':' + exec.vu.iterationInScenario); }`,
    );
    expect(result.iterations).toBe(12);
    expect(log.sort()).toEqual(
      [1, 2, 3, 4].flatMap((vu) => [0, 1, 2].map((turn) => `${vu}:${turn}`)),
    );
  });

  it('iterations for which the time does not suffice are counted as dropped', async () => {
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

  it('ramping-vus: as many VUs as the stages ask for, and those ramped down may end their turn', async () => {
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

  it('ramping-vus: gracefulRampDown interrupts a turn that does not end, and its place is taken again', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'ramping-vus', startVUs: 2, gracefulRampDown: '300ms', gracefulStop: '20ms',
         stages: [{ target: 0, duration: '0s' }, { target: 0, duration: '900ms' }, { target: 1, duration: '0s' }, { target: 1, duration: '500ms' }] } } };
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
      { env: { BASE: fast.origin } },
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
         first: { executor: 'shared-iterations', iterations: 1, exec: 'tell', env: { NAME: 'one' } },
         second: { executor: 'shared-iterations', iterations: 2, exec: 'tell', startTime: '150ms', env: { NAME: 'two' }, tags: { wave: 'second' } },
       } };
       export function tell() { console.log(__ENV.NAME + exec.scenario.name + exec.scenario.iterationInTest); }`,
    );
    expect(log).toEqual(['onefirst0', 'twosecond0', 'twosecond1']);
    expect(result.thresholds).toMatchObject([{ ok: true, observed: 2 }]);
  });
});

describe('rendezvous', () => {
  const MEET = `${GET} import { rendezvous } from './lib/flashsale.ts';`;

  it('lets so many buyers go at one instant, and reports how far apart and how many at once they were', async () => {
    const { result, log } = await runScript(
      `${MEET} export const options = { vus: 10, iterations: 20, thresholds: { flashsale_rendezvous_in_flight: ['min>=8'] } };
       export default async function () {
         await sleep(0.002 * __VU);
         console.log('came');
         await rendezvous('door', 10);
         console.log('went');
         await http.get(__ENV.BASE);
         await http.get(__ENV.BASE);
       }`,
      { env: { BASE: fast.origin } },
    );
    const ten = (word: string) => Array.from({ length: 10 }, () => word);
    expect(log).toEqual([...ten('came'), ...ten('went'), ...ten('came'), ...ten('went')]);
    expect(result.outcomes.sent).toBe(40);
    expect(result.metrics.flashsale_rendezvous_in_flight?.values.max).toBeLessThanOrEqual(10);
    expect(result.metrics.flashsale_rendezvous_skew?.values.min).toBeGreaterThan(0);
    expect(result.thresholds).toMatchObject([{ ok: true }]);
  });

  it('those who came go on when the others do not come, which is said', async () => {
    const { result, log } = await runScript(
      `${MEET} export const options = { vus: 2, iterations: 2 };
       export default async function () { await rendezvous('door', 3, { timeout: '30ms' }); await http.get(__ENV.BASE); }`,
      { env: { BASE: fast.origin } },
    );
    expect(log).toEqual([
      'rendezvous "door": fewer than 3 came within 0.03 s; they go on without the others',
    ]);
    expect(result).toMatchObject({ iterations: 2, outcomes: { sent: 2 } });
  });

  it('a run that is stopped does not wait for those who do not come', async () => {
    const { result } = await runScript(
      `${MEET} export const options = { scenarios: { s: { executor: 'shared-iterations', gracefulStop: '0s' } } };
       export default async function () { await rendezvous('door', 2); }`,
      { whileRunning: (run) => void setTimeout(() => run.stop('interrupt'), 20) },
    );
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 1 });
  });

  it('refuses what cannot be met', async () => {
    const { result } = await runScript(
      `${MEET} export const options = { vus: 2, iterations: 2 };
       export default async function () { await rendezvous('door', __VU === 1 ? 2 : 5, { timeout: '20ms' }); }`,
    );
    expect(result.exceptions.first).toEqual([
      expect.stringContaining('waits for 2 VUs and cannot also be one of 5'),
    ]);
    const none = await runScript(
      `${MEET} export default async function () { await rendezvous('door', 0); }`,
    );
    expect(none.result.exceptions.first[0]).toContain('needs the number of buyers');
  });
});

describe('exceptions', () => {
  it('are counted, kept in words with their place, and do not end the run', async () => {
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
  it('are counted, and said to be allowed', async () => {
    const { result } = await runScript(
      `export const options = { iterations: 2, ext: { flashsale: { allowExceptions: true } } };
       export default function () { throw new Error('as planned'); }`,
    );
    expect(result.exceptions).toMatchObject({ count: 2, allowed: true });
  });
});

describe('setup and teardown', () => {
  it('are left out where the options say so', async () => {
    const { log } = await runScript(
      `export const options = { noSetup: true, noTeardown: true };
       export function setup() { console.log('set up'); }
       export default function (data) { console.log(String(data)); }
       export function teardown() { console.log('tear down'); }`,
    );
    expect(log).toEqual(['undefined']);
  });

  it('setup’s data reaches every VU as a copy of its own, and teardown', async () => {
    const { log, result } = await runScript(
      `${GET} export const options = { vus: 2, iterations: 4 };
       export async function setup() { const r = await http.get(__ENV.BASE); return { status: r.status, n: 1 }; }
       export default async function (data) { await sleep(0.001); data.n += 1; console.log('turn ' + data.status); }
       export function teardown(data) { console.log('end ' + data.n); }`,
      { env: { BASE: fast.origin } },
    );
    expect(log).toEqual([...Array.from({ length: 4 }, () => 'turn 200'), 'end 1']);
    expect(result.outcomes.sent).toBe(1);
  });

  it('a setup that ends the run leaves nothing to tear down', async () => {
    const { log, result } = await runScript(
      `import exec from 'k6/execution';
       export function setup() { exec.test.abort('no stock'); }
       export default function () { console.log('turn'); }
       export function teardown() { console.log('teardown'); }`,
    );
    expect(log).toEqual(['the script ended the run: no stock']);
    expect(result).toMatchObject({ iterations: 0, stoppedBy: 'script-abort' });
  });

  it('a setup that throws ends the run before it began, as an error of the user', async () => {
    const failure = runScript(
      `export function setup() {\n throw new Error('no catalogue');\n}\nexport default function () {}`,
    );
    await expect(failure).rejects.toBeInstanceOf(UserError);
    await expect(failure).rejects.toMatchObject({
      message: 'setup() of script failed',
      why: expect.stringMatching(/script\.ts:2: no catalogue$/),
    });
  });

  it('a setup that takes too long ends the run', async () => {
    await expect(
      runScript(
        `${GET} export const options = { setupTimeout: '50ms' };
         export async function setup() { await sleep(60); } export default function () {}`,
      ),
    ).rejects.toMatchObject({ why: expect.stringContaining('setup() did not end within 0.05 s') });
  });

  it('handleSummary is given k6’s data and may print and write', async () => {
    const { result } = await runScript(
      `import { check, group } from 'k6';
       import { Counter } from 'k6/metrics';
       const never = new Counter('never');
       export const options = { iterations: 3, thresholds: { checks: ['rate>0.5'], 'never{a:b}': ['count<1'] } };
       export default function () { group('g', () => check(1, { one: (n) => n === 1 })); }
       export function handleSummary(data) {
         return { stdout: JSON.stringify([
           data.metrics.iterations.values.count, data.metrics.checks.thresholds,
           data.metrics['never{a:b}'], data.metrics.never, data.root_group.groups[0].checks[0].passes, data.state.testRunDurationMs > 0,
         ]) };
       }`,
    );
    expect(JSON.parse(result.summaryOutput?.stdout ?? '')).toEqual([
      3,
      { 'rate>0.5': { ok: true } },
      {
        ...{ type: 'counter', contains: 'default', values: { count: 0, rate: 0 } },
        thresholds: { 'count<1': { ok: false } },
      },
      null,
      3,
      true,
    ]);
  });

  it('handleSummary is told how long successful requests took', async () => {
    const { result } = await runScript(
      `${GET} export default async function () { await http.get(__ENV.BASE); }
       export function handleSummary({ metrics }) {
         return { stdout: String(metrics['http_req_duration{expected_response:true}'].values.avg > 0) };
       }`,
      { env: { BASE: fast.origin } },
    );
    expect(result.summaryOutput?.stdout).toBe('true');
  });

  it('a handleSummary that takes too long: says so, and the result stands', async () => {
    const { result } = await runScript(
      `${GET} export const options = { handleSummaryTimeout: '50ms' };
       export default function () {}
       export async function handleSummary() { await sleep(60); }`,
    );
    expect(result.iterations).toBe(1);
    expect(result.summaryOutput).toBeUndefined();
    expect(result.exceptions.first).toEqual([
      expect.stringContaining('handleSummary() did not end within 0.05 s'),
    ]);
  });
});

describe('init code that waits', () => {
  it('has ended before anything of its VU begins', async () => {
    const { result, log } = await runScript(
      `${GET} export const options = { vus: 2, iterations: 4 };
       const price = await Promise.resolve(7);
       export function setup() { return price + 1; }
       export default function (paid) { console.log([price, paid, http.get(__ENV.BASE).status, __VU > 0].join()); }`,
      { env: { BASE: fast.origin } },
    );
    expect(log).toEqual(Array(4).fill('7,8,200,true'));
    expect(result.exceptions.count).toBe(0);
  });

  it('and throws for some VUs is an exception of each of their iterations, with its place', async () => {
    const { result } = await runScript(
      `${GET}
       await Promise.resolve();
       if (__VU > 0) throw new Error('no shelf');
       export const options = { iterations: 2 };
       export default function () {}`,
    );
    expect(result.exceptions).toEqual({
      count: 2,
      first: [expect.stringMatching(/script\.ts:3: no shelf$/)],
    });
  });
});

describe('httpDebug', () => {
  const debugged = async (debug: string, path = '/a?b=1') =>
    await runScript(
      `${GET} export const options = { httpDebug: '${debug}' };
       export default function () {
         http.post(__ENV.BASE + '${path}', 'one\\ntwö', { headers: { 'X-Shop': 'é' } });
       }`,
      { env: { BASE: fast.origin } },
    );

  it('tells of requests as they are sent and of answers as they come', async () => {
    const { log } = await debugged('headers');
    const host = new URL(fast.origin).host;
    expect(log).toEqual([
      'Request:',
      'POST /a?b=1 HTTP/1.1',
      `host: ${host}`,
      'X-Shop: é',
      'user-agent: flashsale-cli',
      'content-length: 8',
      '',
      'Response:',
      'HTTP/1.1 200 OK',
      'content-type: application/json',
      expect.stringMatching(/^Date: /),
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      expect.stringMatching(/^(Content-Length: 2|Transfer-Encoding: chunked)$/),
      '',
    ]);
  });

  it('full: with the bodies', async () => {
    const { log } = await debugged('full');
    const ends = log.flatMap((line, index) => (line === '' ? [index] : []));
    expect(log.slice(ends[0], (ends[1] as number) + 1)).toEqual(['', 'one', 'twö', '']);
    expect(log.slice(ends[2])).toEqual(['', '{}', '']);
  });

  it('says why there is no answer', async () => {
    const { log } = await runScript(
      `${GET} export const options = { httpDebug: 'full' };
       export default function () { http.get(__ENV.BASE + '/never', { timeout: '20ms' }); }`,
      { env: { BASE: slow.origin } },
    );
    expect(log.slice(log.indexOf('No response:'))).toEqual([
      'No response:',
      expect.stringMatching(/^GET http:.*\/never: no complete answer within 20 ms$/),
    ]);
  });
});

describe('ending a run early', () => {
  const HANG = `${GET} export const options = { scenarios: { s: {
      executor: 'shared-iterations', vus: 3, iterations: 100, gracefulStop: __ENV.GRACE || '30s',
    } } };
    export default async function () { console.log('sent'); await http.post(__ENV.BASE + '/api/v1/reservations', '{"skuId":"A"}'); }
    export function teardown() { console.log('teardown'); }`;

  /** Runs HANG and calls `act` once all three VUs wait for an answer. */
  async function withThreeInFlight(act: (run: LoadRun) => void, env: Record<string, string> = {}) {
    held = [];
    return await runScript(HANG, {
      env: { BASE: slow.origin, ...env },
      whileRunning(run) {
        const look = setInterval(() => {
          if (held.length < 3) return;
          clearInterval(look);
          act(run);
        }, 1);
      },
    });
  }

  it('stop: no new iterations, those running may end', async () => {
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

  it('stop: after gracefulStop the rest is interrupted, and their calls are unknown', async () => {
    const { result, history } = await withThreeInFlight((run) => run.stop('interrupt'), {
      GRACE: '50ms',
    });
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 3 });
    expect(result.outcomes).toMatchObject({ sent: 3, unknown: 3 });
    expect(history.operations.map(({ completion }) => completion)).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'info', status: 0, code: 'ABORTED' })),
    );
  });

  it('abort: everything is dropped at once, teardown too', async () => {
    const { result, log } = await withThreeInFlight((run) => {
      run.stop('interrupt');
      run.abort();
    });
    expect(result).toMatchObject({ interruptedIterations: 3, stoppedBy: 'interrupt' });
    expect(log).not.toContain('teardown');
  });

  it('abort in setup: the run ends without any iteration', async () => {
    const { result } = await runScript(
      `${GET} export async function setup() { await sleep(1000); } export default function () {}`,
      { whileRunning: (run) => void setTimeout(() => run.abort(), 20) },
    );
    expect(result).toMatchObject({ iterations: 0, stoppedBy: 'interrupt' });
  });

  it('a time that is over ends a script that waits for ever', async () => {
    const { result } = await runScript(
      `export const options = { scenarios: { s: { executor: 'constant-vus', vus: 2, duration: '50ms', gracefulStop: '50ms' } } };
       export default async function () { await new Promise(() => {}); }`,
    );
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 2 });
  });

  it('a threshold with abortOnFail ends the run when it is missed', async () => {
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

describe('code left behind', () => {
  it('a promise nobody awaited that rejects is an exception of the script, not the end of the process', async () => {
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

  it('an iteration ends when everything it began has ended', async () => {
    const { log, result } = await runScript(
      `${GET} export const options = { iterations: 3 };
       export default function () {
         http.asyncRequest('GET', __ENV.BASE).then(() => http.asyncRequest('GET', __ENV.BASE)).then((r) => console.log(__ITER, r.status));
       }`,
      { env: { BASE: fast.origin } },
    );
    expect(result.exceptions.count).toBe(0);
    expect(log).toEqual(['0 200', '1 200', '2 200']);
    expect(result.outcomes).toMatchObject({ sent: 6, ok: 6 });
  });

  it('an invalid request nobody awaited is an exception of the script too', async () => {
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

  it('what is left of an interrupted turn can do nothing more', async () => {
    const { result, history } = await runScript(
      `${GET} export const options = { scenarios: { s: { executor: 'constant-vus', vus: 1, duration: '30ms', gracefulStop: '0s' } } };
       export default async function () {
         try { await sleep(10); } catch {}
         await http.post(__ENV.BASE + '/api/v1/reservations', '{}');
       }`,
      { env: { BASE: fast.origin } },
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
