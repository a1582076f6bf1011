import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../kernel/errors.ts';
import { writeFiles } from '../../load/testing/files.ts';
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
    expect(script.customMetrics).toMatchObject([{ name: 'units_bought' }]);
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
      scenario(`import a from 'k6/browser';\nimport b from 'lodash';\na(b);\n${RUNNABLE}`),
    );
    expect(error.why).toMatch(/shop\.ts:1: .*"k6\/browser".*; .*shop\.ts:2: .*"lodash"/);
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

  it('a call that waits where nothing can: runs in threads, and says why', async () => {
    const path = scenario(
      `import { login } from './lib.ts';\nclass Buyer {\n  constructor() {\n    login();\n  }\n}\nexport default function () { new Buyer(); }`,
      { 'lib.ts': `import http from 'k6/http';\nexport const login = () => http.get('a');` },
    );
    const { threaded } = await loadScript(path, { env: {} });
    expect(threaded).toMatch(/shop\.ts:4: a constructor cannot be made to wait for login\(\)$/);
  });

  it('a script runs in threads if its options ask for that', async () => {
    const asks = `export const options = { ext: { flashsale: { threads: true } } };\n${RUNNABLE}`;
    expect((await loadScript(scenario(asks), { env: {} })).threaded).toBe('its options ask for it');
    expect((await loadScript(scenario(RUNNABLE), { env: {} })).threaded).toBeUndefined();
  });

  it('options that cannot be run: names the option', async () => {
    const error = await failure(
      scenario(`export const options = { thresholds: { gone: ['count>1'] } };\n${RUNNABLE}`),
    );
    expect(error.message).toMatch(/^the options of .*shop\.ts cannot be run$/);
    expect(error.why).toContain('thresholds["gone"]: there is no metric "gone"');
  });

  it('options given beside the script stand over its own', async () => {
    const path = scenario(`export const options = { vus: 3, duration: '1s' };\n${RUNNABLE}`);
    const { options } = await loadScript(path, { env: {}, overrides: { vus: 5 } });
    expect(options.scenarios).toMatchObject([{ executor: 'constant-vus', plan: { vusMax: 5 } }]);
  });

  it('open() without a path: says so', async () => {
    const error = await failure(scenario(`open(__ENV.NOT_SET);\n${RUNNABLE}`));
    expect(error.why).toMatch(/shop\.ts:1: TypeError: open\(\) needs the path/);
  });
});

describe('a script that k6 refuses', () => {
  it.each(['setup', 'teardown', 'handleSummary'])(
    'exports a %s that is no function',
    async (name) => {
      const error = await failure(scenario(`export const ${name} = 5;\n${RUNNABLE}`));
      expect(error.why).toBe(`the script exports a "${name}" that is no function`);
    },
  );

  it.each([
    [
      'with',
      `exports.default = function () {\n  with ({}) {}\n};`,
      /shop\.ts:2: 'with' in strict mode$/,
    ],
    [
      'one parameter twice',
      `exports.default = () => {};\nfunction f(a, a) {}\nf();`,
      /shop\.ts:2: /,
    ],
  ])('has %s, which strict code has not', async (_, source, why) => {
    expect((await failure(scenario(source))).why).toMatch(why);
  });
});

it('a script from standard input may be TypeScript', async () => {
  const path = resolve('-');
  const text = `const stock: number = 5; export const sale = { stock }; ${RUNNABLE}`;
  const script = await loadScript(path, { env: {}, knownTexts: new Map([[path, text]]) });
  expect(script.sale).toEqual({ stock: 5 });
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
