import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import { writeFiles } from '../../load/testing/files.ts';
import type { OptionOverrides } from '../options.ts';
import { loadScript } from './load-script.ts';

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

function scenario(source: string, files: Record<string, string> = {}): string {
  const folder = writeFiles({ 'shop.ts': source, ...files });
  removals.push(folder.remove);
  return folder.path('shop.ts');
}

async function failure(path: string, env: Record<string, string> = {}): Promise<UserError> {
  const error = await loadScript(path, { env }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error('expected a UserError', { cause: error });
  expect(error.exitCode).toBe(2);
  expect(error.message).not.toContain('\n');
  expect(error.why).not.toContain('\n');
  return error;
}

const RUNNABLE = 'export default async function () {}\n';

describe('options given beside a script', () => {
  const load = async (options: string, overrides: OptionOverrides) => {
    const path = scenario(`export const options = ${options};\n${RUNNABLE}`);
    const { options: read } = await loadScript(path, { env: {}, overrides });
    return read.scenarios.map(({ name, executor, plan }) => [name, executor, plan.vusMax]);
  };
  const SCENARIOS = `{ scenarios: { a: { executor: 'constant-vus', vus: 3, duration: '1s' } } }`;

  it('take the place of its scenarios', async () => {
    expect(await load(SCENARIOS, { iterations: 10, vus: 5 })).toEqual([
      ['default', 'shared-iterations', 5],
    ]);
    expect(await load(SCENARIOS, { stages: [{ duration: '1s', target: 7 }] })).toEqual([
      ['default', 'ramping-vus', 7],
    ]);
  });

  it('leave them when only the VUs are given', async () => {
    expect(await load(SCENARIOS, { vus: 5 })).toEqual([['a', 'constant-vus', 3]]);
    expect(await load(`{ vus: 3, duration: '1s' }`, { vus: 5 })).toEqual([
      ['default', 'constant-vus', 5],
    ]);
  });
});

describe('loading a scenario', () => {
  it('reads options, the sale and custom metrics before any data exists', async () => {
    const path = scenario(
      `import { SharedArray } from 'k6/data';
       import { Counter } from 'k6/metrics';
       import type { Options } from 'k6/options';
       const bought = new Counter('units_bought');
       const people = new SharedArray('people', () => JSON.parse(open(__ENV.PEOPLE)));
       export const sale = { stock: Number(__ENV.STOCK || 10), holdTtlMs: 3_000 };
       export const options: Options = {
         scenarios: { rush: { executor: 'shared-iterations', vus: 5, iterations: 50, exec: 'buy' } },
         thresholds: { units_bought: ['count==10'] },
       };
       export async function buy(): Promise<void> { bought.add(people.length); }`,
    );
    const script = await loadScript(path, { env: { STOCK: '7' } });
    expect(script.name).toBe('shop');
    expect(script.sale).toEqual({ stock: 7, holdTtlMs: 3_000 });
    expect(script.customMetrics).toEqual(['units_bought']);
    expect(script.exports).toEqual(['buy']);
    expect(script.options.scenarios).toMatchObject([
      { name: 'rush', executor: 'shared-iterations', exec: 'buy', gracefulStopMs: 30_000 },
    ]);
    expect(script.options.scenarios[0]?.plan).toMatchObject({ vusMax: 5, iterations: 50 });
    expect(script.options.thresholds).toEqual([
      { metric: 'units_bought', expression: 'count==10', abortOnFail: false, delayAbortEvalMs: 0 },
    ]);
  });

  it('bundles relative files, with or without types', async () => {
    const path = scenario(
      `import { stock } from './lib.ts';
       export const sale = { stock };
       ${RUNNABLE}`,
      { 'lib.ts': 'export const stock: number = 3 satisfies number;' },
    );
    expect((await loadScript(path, { env: {} })).sale).toEqual({ stock: 3 });
  });

  it('finds files beside the one that asks, by import.meta.resolve', async () => {
    const path = scenario(
      `import { stock } from './lib/stock.ts';
       export const sale = { stock, here: import.meta.resolve('./shop.ts') };
       ${RUNNABLE}`,
      {
        'lib/stock.ts': `export const stock: number = Number(open(import.meta.resolve('../stock.txt')));`,
        'stock.txt': '3',
      },
    );
    const { sale } = await loadScript(path, { env: {} });
    expect(sale).toEqual({ stock: 3, here: pathToFileURL(path).href });
  });

  it('a CommonJS file may return early', async () => {
    const path = scenario(
      'exports.sale = { stock: 3 };\nexports.default = () => {};\nif (exports.sale) return;\nexports.sale = 0;',
    );
    expect((await loadScript(path, { env: {} })).sale).toEqual({ stock: 3 });
  });

  it('a file that does not exist: names it and the command that lists scenarios', async () => {
    const error = await failure('nonsense.ts');
    expect(error.message).toBe('there is no scenario nonsense.ts');
    expect(error.next).toBe('flashsale-cli scenarios list');
  });

  it('a syntax error: names file and line', async () => {
    const error = await failure(scenario('const a = 1;\nexport default function ( {\n'));
    expect(error.why).toMatch(/shop\.ts:3: /);
  });

  it('a syntax error in an imported file: names that file', async () => {
    const error = await failure(
      scenario(`import './lib.ts';\n${RUNNABLE}`, { 'lib.ts': '\n\nlet let = 1;' }),
    );
    expect(error.why).toMatch(/lib\.ts:3: /);
  });

  it('an import that is not there: names file and line', async () => {
    const error = await failure(scenario(`\nimport './gone.ts';\n${RUNNABLE}`));
    expect(error.why).toMatch(/shop\.ts:2: .*gone\.ts/);
  });

  it.each([
    ['k6/ws', 'WebSockets are not spoken, only HTTP'],
    ['k6/experimental/websockets', 'WebSockets are not spoken, only HTTP'],
    ['k6/net/grpc', 'gRPC is not spoken'],
    ['k6/browser', 'there is no browser'],
    ['k6/x/sql', 'extensions are written in Go for k6'],
    ['k6/secrets', '__ENV'],
    ['k6/experimental/redis', '(supported: flashsale, k6, k6/crypto,'],
  ])('the k6 module %s: is refused with what to do without it', async (name, advice) => {
    const error = await failure(scenario(`\nimport x from '${name}';\nx();\n${RUNNABLE}`));
    expect(error.why).toMatch(/shop\.ts:2: /);
    expect(error.why).toContain(`"${name}" is not supported`);
    expect(error.why).toContain(advice);
  });

  it('a large library is left as it is, whatever its functions are called', async () => {
    const library = `export class Store { constructor() { this.first = this.get(1); } get(key) { return key; } }
      /*! ${'-'.repeat(60_000)} */`;
    const path = scenario(
      `import http from 'k6/http';
       import { Store } from './library.js';
       class Client { get(url) { return http.get(url); } }
       export const sale = { stock: new Store().get(3) };
       export default function () { new Client().get('a'); }`,
      { 'library.js': library },
    );
    expect((await loadScript(path, { env: {} })).sale).toEqual({ stock: 3 });
  });

  it('everything that cannot be imported is named at once', async () => {
    const error = await failure(
      scenario(`import a from 'k6/ws';\nimport b from 'lodash';\na(b);\n${RUNNABLE}`),
    );
    expect(error.why).toMatch(/shop\.ts:1: .*"k6\/ws".*; .*shop\.ts:2: .*"lodash"/);
  });

  it('a member a module does not have: names line and member', async () => {
    const error = await failure(
      scenario(
        `import http from 'k6/http';\nexport default function () {\n  http.enableTracing();\n}`,
      ),
    );
    expect(error.why).toMatch(/shop\.ts:3: "enableTracing" of k6\/http is not supported/);
  });

  it('a package: says what can be imported', async () => {
    const error = await failure(scenario(`import _ from 'lodash';\n_.noop();\n${RUNNABLE}`));
    expect(error.why).toContain('"lodash" cannot be imported');
  });

  it('init code that throws: names file and line as they were written', async () => {
    const error = await failure(
      scenario(`type Fee = number;\n\n\nconst fee: Fee = undefined.cents;\n${RUNNABLE}`),
    );
    expect(error.why).toMatch(/shop\.ts:4: TypeError: .*cents/);
  });

  it('init code that leaves a promise behind which is rejected: names file and line', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const error = await failure(
        scenario(
          `async function later() {\n  throw new Error('no stock');\n}\nlater();\n${RUNNABLE}`,
        ),
      );
      expect(error.why).toMatch(/shop\.ts:2: no stock/);
    } finally {
      for (const listener of others) process.on('unhandledRejection', listener);
    }
  });

  it.each([`http.get('http://127.0.0.1/')`, `http.batch(['http://127.0.0.1/'])`])(
    'a request in init code (%s): says where requests belong',
    async (request) => {
      const error = await failure(
        scenario(`import http from 'k6/http';\n${request};\n${RUNNABLE}`),
      );
      expect(error.why).toMatch(/shop\.ts:2: requests cannot be sent in init code/);
    },
  );

  it('a call that waits where nothing can: says which, where, and what to do', async () => {
    const error = await failure(
      scenario(
        `import http from 'k6/http';\nimport { login } from './lib.ts';\nclass Buyer {\n  constructor() {\n    login();\n  }\n}\nexport default function () { new Buyer(); }`,
        { 'lib.ts': `import http from 'k6/http';\nexport const login = () => http.get('a');` },
      ),
    );
    expect(error.why).toMatch(
      /shop\.ts:5: a constructor cannot wait, and login\(\) does: call it before/,
    );
  });

  it('open() without a path: says so', async () => {
    const error = await failure(scenario(`open(__ENV.NOT_SET);\n${RUNNABLE}`));
    expect(error.why).toMatch(/shop\.ts:1: TypeError: open\(\) needs the path/);
  });
});

describe('await outside of functions', () => {
  it('is waited for, in imported files as well', async () => {
    const path = scenario(
      `import { stock } from './lib.ts';
       import http from 'k6/http';
       const doubled = (await Promise.resolve({ n: stock })).n + await (async () => stock)();
       export const sale = { doubled };
       export const options = { iterations: await Promise.resolve(3) };
       export default function (): void { http.get('a'); }`,
      { 'lib.ts': 'export const stock: number = await Promise.resolve(await 4);' },
    );
    const { sale, exports, options } = await loadScript(path, { env: {} });
    expect(sale).toEqual({ doubled: 8 });
    expect(exports).toEqual(['default']);
    expect(options.scenarios).toMatchObject([{ plan: { iterations: 3 } }]);
  });

  it('leaves errors where they were written', async () => {
    const rejected = scenario(
      `type Fee = number;\n\nconst fee: Fee = await Promise.resolve(1);\n\nawait Promise.reject(new Error('shut'));\n${RUNNABLE}`,
    );
    expect((await failure(rejected)).why).toMatch(/shop\.ts:5: shut$/);
    const refused = scenario(
      `import http from 'k6/http';\nawait 1;\nexport default function () {\n  http.enableTracing();\n}`,
    );
    expect((await failure(refused)).why).toMatch(/shop\.ts:4: "enableTracing"/);
  });

  it('in a loop over what comes later: says what to do', async () => {
    const error = await failure(
      scenario(`for await (const n of [1]) console.log(n);\n${RUNNABLE}`),
    );
    expect(error.why).toBe(
      '"for await" outside of functions is not supported; put it into an async function',
    );
  });

  it('leaves large libraries as they are', async () => {
    const path = scenario(
      `import http from 'k6/http';
       import { Store } from './library.js';
       await null;
       class Client { get(url) { return http.get(url); } }
       export const sale = { stock: new Store().get(3) };
       export default function () { new Client().get('a'); }`,
      {
        'library.js': `export class Store { constructor() { this.first = this.get(1); } get(key) { return key; } }
          /*! ${'-'.repeat(60_000)} */`,
      },
    );
    expect((await loadScript(path, { env: {} })).sale).toEqual({ stock: 3 });
  });
});

describe('options', () => {
  const wrong = async (options: string, more = ''): Promise<string> =>
    (await failure(scenario(`${more}\nexport const options = ${options};\n${RUNNABLE}`))).why;
  const rate = (fields: string): string =>
    `{ scenarios: { s: { executor: 'constant-arrival-rate', ${fields} } } }`;
  const ramping = (fields: string): string =>
    `{ scenarios: { s: { executor: 'ramping-vus', ${fields} } } }`;

  it.each([
    ['{}', 'per-vu-iterations', { vusMax: 1, iterations: 1, durationMs: 600_000 }],
    ['{ scenarios: {} }', 'per-vu-iterations', { vusMax: 1, iterations: 1 }],
    ['{ stages: [] }', 'per-vu-iterations', { vusMax: 1, iterations: 1 }],
    ['{ vus: 5 }', 'per-vu-iterations', { vusMax: 1, iterations: 1, durationMs: 600_000 }],
    ['{ iterations: 5 }', 'shared-iterations', { vusMax: 1, iterations: 5 }],
    [
      '{ vus: 2, iterations: 5, duration: "3s" }',
      'shared-iterations',
      { vusMax: 2, iterations: 5, durationMs: 3_000 },
    ],
    ['{ duration: "3s" }', 'constant-vus', { vusMax: 1, durationMs: 3_000 }],
    [
      '{ vus: 3, stages: [{ duration: "2s", target: 9 }, { target: 50 }] }',
      'ramping-vus',
      { vusMax: 9, durationMs: 2_000 },
    ],
    ['{ stages: [{ duration: "2s", target: 0 }] }', 'ramping-vus', { vusMax: 1 }],
    [
      '{ vus: 7, scenarios: { default: { executor: "per-vu-iterations", vus: 2, iterations: 3 } } }',
      'per-vu-iterations',
      { vusMax: 2, iterations: 6 },
    ],
  ])('%s is one scenario, as in k6', async (options, executor, plan) => {
    const path = scenario(`export const options = ${options};\n${RUNNABLE}`);
    const script = await loadScript(path, { env: {} });
    expect(script.options.scenarios).toMatchObject([{ name: 'default', executor, plan }]);
  });

  it.each([
    ['{ executionSegment: "0:1/2" }', 'the option "executionSegment" is not supported'],
    ['{ linger: true }', 'linger: nothing is left to be asked'],
    [`{ hosts: { shop: 'elsewhere' } }`, '"elsewhere" is not an IP address'],
    [
      '{ scenarios: { s: { executor: "externally-controlled" } } }',
      'scenarios.s.executor "externally-controlled" is not supported',
    ],
    ['{ scenarios: { s: { vus: 5 } } }', 'scenarios.s.executor is missing'],
    [
      '{ iterations: 5, scenarios: { s: { executor: "constant-vus" } } }',
      'using `iterations` and `scenarios` options simultaneously is not allowed',
    ],
    [
      '{ duration: "5s", stages: [{ duration: "1s", target: 5 }] }',
      'using `duration` and `stages` options simultaneously is not allowed',
    ],
    [ramping('stages: []'), 'scenarios.s: at least one stage has to be specified'],
    [ramping('stages: [{ target: 1 }]'), "stage 1 doesn't have a duration"],
    [ramping('stages: [{ duration: "1s" }]'), "stage 1 doesn't have a target"],
    [
      ramping('stages: [{ duration: "1s", target: -1 }]'),
      "the target for stage 1 shouldn't be negative",
    ],
    [
      ramping('startVUs: 0, stages: [{ duration: "1s", target: 0 }]'),
      "either startVUs or one of the stages' target values must be greater than 0",
    ],
    ['{ vus: 0, iterations: 1 }', 'the number of VUs should be more than 0'],
    ['{ scenarios: { s: { executor: "constant-vus", vus: 2 } } }', 'scenarios.s.duration'],
    [
      '{ scenarios: { s: { executor: "constant-vus", duration: "1 hour" } } }',
      '"1 hour" is not a duration',
    ],
    [
      '{ scenarios: { s: { executor: "constant-vus", duration: "1s", rate: 5 } } }',
      'the option "scenarios.s.rate" is not supported',
    ],
    [
      '{ scenarios: { s: { executor: "shared-iterations", vus: 9, iterations: 3 } } }',
      "the number of iterations (3) shouldn't be less than the number of VUs (9)",
    ],
    [
      '{ scenarios: { s: { executor: "shared-iterations", exec: "buy" } } }',
      'scenarios.s.exec names "buy"',
    ],
    [rate('rate: 0, duration: "1s", preAllocatedVUs: 1'), 'scenarios.s.rate'],
    [
      rate('rate: 5, duration: "1s", preAllocatedVUs: 5, maxVUs: 2'),
      'maxVUs (2) cannot be less than preAllocatedVUs (5)',
    ],
    ['{ thresholds: { nothing: ["count>1"] } }', 'there is no metric "nothing"'],
    ['{ thresholds: { http_reqs: ["p(95)<1"] } }', 'a counter has no "p(95)"'],
    ['{ thresholds: { http_reqs: ["count is 5"] } }', '"count is 5" is not a threshold'],
    ['{ thresholds: { "http_reqs{": ["count>5"] } }', 'is not a metric like'],
    [
      '{ thresholds: { http_reqs: [{ threshold: "count>1", abort: true }] } }',
      'thresholds.http_reqs',
    ],
    ['{ summaryTrendStats: ["p(200)"] }', 'summaryTrendStats.0'],
    ['{ blacklistIPs: ["10.0.0.0/99"] }', 'blacklistIPs.0: is no range of addresses'],
    ['{ systemTags: ["colour"] }', 'systemTags.0'],
    ['{ tlsVersion: "ssl3.0" }', 'tlsVersion: is not one of "tls1.0" to "tls1.3"'],
    ['{ tlsCipherSuites: ["TLS_RSA_WITH_RC4_128_SHA"] }', 'none of TLS_RSA_WITH_RC4_128_SHA is'],
    ['{ tlsAuth: [{ cert: "a", key: "b" }] }', 'tlsAuth.0: '],
  ])('%s: says what is wrong', async (options, message) => {
    expect(await wrong(options)).toContain(message);
  });

  it('a script without a default function: says so', async () => {
    const error = await failure(scenario('export function buy() {}'));
    expect(error.why).toContain('exports no default function');
  });

  it('reads what is asked of TLS', async () => {
    const tls =
      '{ tlsVersion: { min: "tls1.1", max: "tls1.2" }, tlsCipherSuites: ["TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_128_GCM_SHA256"] }';
    const { options } = await loadScript(scenario(`export const options = ${tls};\n${RUNNABLE}`), {
      env: {},
    });
    expect(options.http.tls).toEqual({
      versionMin: 'TLSv1.1',
      versionMax: 'TLSv1.2',
      cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'],
      certificates: [],
    });
  });

  it('reads the fields of an executor in its units', async () => {
    const path = scenario(
      `export const options = { scenarios: { r: { executor: "ramping-arrival-rate", preAllocatedVUs: 2, maxVUs: 4, startRate: 60, timeUnit: "1m", stages: [{ target: 60, duration: "10s" }], startTime: "2s" } } };\n${RUNNABLE}`,
    );
    const { options } = await loadScript(path, { env: {} });
    expect(options.scenarios[0]).toMatchObject({
      startTimeMs: 2_000,
      plan: { vusStart: 2, vusMax: 4, iterations: 10, durationMs: 10_000 },
    });
  });
});
