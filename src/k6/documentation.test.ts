import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { assetPath } from '../kernel/assets.ts';
import { executors } from '../load/schedule/executors/registry.ts';
import { writeFiles } from '../load/testing/files.ts';
import type { Vu } from '../load/vu/vu.ts';
import { IDLE, longName, REFUSED, TAKEN } from './flags/flags.ts';
import { Element } from './html/element.ts';
import { ELEMENT_METHODS } from './html/elements.ts';
import { Selection } from './html/selection.ts';
import { PARAMETERS } from './http/http-params.ts';
import { Response } from './http/response.ts';
import { modules } from './modules/registry.ts';
import { ScriptFiles } from './runtime/script-files.ts';
import { loadScript } from './script/load-script.ts';

const DOCUMENT = readFileSync(assetPath('docs', 'k6.md'), 'utf8');
const TYPES = dirname(createRequire(import.meta.url).resolve('@types/k6/package.json'));

/** The verdict on each name in the table under a heading. */
function table(heading: string): Map<string, string> {
  const section = DOCUMENT.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/k6.md has no "${heading}"`);
  const rows = section.matchAll(/^\| ((?:`[^`]+` ?)+)\| (same|different|absent|idle|refused) \|/gm);
  return new Map(
    [...rows].flatMap(([, names, verdict]) =>
      [...(names as string).matchAll(/`([^`]+)`/g)].map(
        ([, name]) => [name as string, verdict as string] as const,
      ),
    ),
  );
}

/**
 * Expects that the table lists the names that k6's types declare and those that are here, and marks as absent exactly those
 * that are not here.
 */
function expectTable(heading: string, { k6, here }: { k6: string[]; here: string[] }): void {
  const stated = table(heading);
  expect([...stated.keys()].sort()).toEqual([...new Set([...k6, ...here])].sort());
  const present = [...stated].filter(([, verdict]) => verdict !== 'absent');
  expect(present.map(([name]) => name).sort()).toEqual([...here].sort());
}

/** The names that a file of k6's types exports. */
function declaredIn(file: string): string[] {
  const text = readFileSync(join(TYPES, file), 'utf8');
  const names = text.matchAll(/^export (?:declare )?(?:function|const|class) (\w+)/gm);
  return [...new Set([...names].map(([, name]) => name as string))].filter(
    (name) => name !== 'default',
  );
}

/** The fields of an interface in a file of k6's types. */
function fieldsOf(file: string, name: string): string[] {
  const text = readFileSync(join(TYPES, file), 'utf8');
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{([\\s\\S]*?)^\\}`, 'm').exec(text);
  const fields = (body?.[1] ?? '').matchAll(/^ {4}(\w+)(?:<[^(]*>)?[?]?[:(]/gm);
  return [...new Set([...fields].map(([, field]) => field as string))];
}

/** The methods of a class in a file of k6's types. */
function methodsOf(file: string, name: string): string[] {
  const text = readFileSync(join(TYPES, file), 'utf8');
  const body = new RegExp(`^export abstract class ${name}\\b[^{]*\\{([\\s\\S]*?)^\\}`, 'm').exec(
    text,
  );
  const methods = (body?.[1] ?? '').matchAll(/^ {4}(\w+)\(/gm);
  return [...new Set([...methods].map(([, method]) => method as string))];
}

/** The names in the error of `work`: `… (supported: a, b)`. */
async function supportedBy(work: () => unknown): Promise<string[]> {
  try {
    await work();
  } catch (error) {
    const { message, why = message } = error as { message: string; why?: string };
    const list = /\(supported: (.*)\)/.exec(why)?.[1];
    if (list) return list.split(', ');
  }
  throw new Error('nothing was refused');
}

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

async function load(source: string): Promise<unknown> {
  const folder = writeFiles({ 'script.ts': source });
  removals.push(folder.remove);
  return await loadScript(folder.path('script.ts'), { env: {} });
}

/** The flags that `k6 run --help` of 1.8.1 lists, `--no-summary`, which it takes as well, and those of k6 2. */
const FLAGS_OF_K6_RUN =
  `--vus --duration --iterations --stage --execution-segment --execution-segment-sequence --paused
  --no-setup --no-teardown --max-redirects --batch --batch-per-host --rps --user-agent --http-debug
  --insecure-skip-tls-verify --no-connection-reuse --no-vu-connection-reuse --min-iteration-duration --throw
  --blacklist-ip --block-hostnames --summary-trend-stats --summary-time-unit --system-tags --tag --console-output
  --discard-response-bodies --local-ips --dns --include-system-env-vars --compatibility-mode --type --env
  --no-thresholds --summary-mode --summary-export --new-machine-readable-summary --traces-output --out --linger
  --no-usage-report --help --address --config --log-format --log-output --no-color --profiling-enabled --quiet
  --secret-source --verbose --no-summary --scenario --once`.split(/\s+/);

const VU = { metrics: {}, run: {}, tags: {}, http: {} } as Vu;

describe('docs/k6.md', () => {
  it('lists k6’s modules and ours', () => {
    const k6 = [
      ...['k6', 'browser', 'crypto', 'data', 'encoding', 'execution', 'html', 'http', 'metrics'],
      ...['net/grpc', 'options', 'secrets', 'timers', 'websockets', 'ws', 'experimental/csv'],
      ...['experimental/fs', 'experimental/streams'],
    ].map((name) => (name === 'k6' ? name : `k6/${name}`));
    expectTable('Modules', { k6, here: Object.keys(modules) });
  });

  it.each([
    'k6/http',
    'k6/crypto',
    'k6/data',
    'k6/encoding',
    'k6/execution',
    'k6/html',
    'k6/metrics',
    'k6/timers',
    'k6',
  ])('lists the members of %s', (name) => {
    expectTable(`\`${name}\``, {
      k6: declaredIn(join(name.replace(/^k6\/?/, ''), 'index.d.ts')),
      here: Object.keys(modules[name]?.(VU, new ScriptFiles('')) ?? {}),
    });
  });

  it.each(['https://jslib.k6.io/k6-utils', 'https://jslib.k6.io/k6-summary'])(
    'lists the members of %s',
    (name) => {
      const here = Object.keys(modules[name]?.(VU, new ScriptFiles('')) ?? {});
      expectTable(`\`${name}\``, { k6: [], here });
    },
  );

  it('lists the parameters of a request', () => {
    expectTable('`k6/http`: parameters of a request', {
      k6: fieldsOf('http/index.d.ts', 'Params'),
      here: [...PARAMETERS],
    });
  });

  it('lists the fields of a response', () => {
    const stated = table('`k6/http`: a response');
    const declared = fieldsOf('http/index.d.ts', 'Response');
    expect([...stated.keys()].sort()).toEqual(declared.sort());
    const own = ['status', 'url'];
    for (const [name, verdict] of stated) {
      const here = own.includes(name) || Object.hasOwn(Response.prototype, name);
      if (verdict === 'same') expect(here, name).toBe(true);
      if (verdict === 'absent') expect(here, name).toBe(false);
    }
  });

  it('lists the methods of a selection', () => {
    const internal = ['constructor', 'to', 'toJSON'];
    expectTable('`k6/html`: a selection', {
      k6: methodsOf('html/index.d.ts', 'Selection'),
      here: Object.getOwnPropertyNames(Selection.prototype).filter(
        (name) => !internal.includes(name),
      ),
    });
  });

  it('has every method of k6’s elements', () => {
    const text = readFileSync(join(TYPES, 'html/index.d.ts'), 'utf8');
    const kinds = [...text.matchAll(/^export abstract class (\w*Element)\b/gm)];
    const declared = kinds.flatMap(([, name]) => methodsOf('html/index.d.ts', name as string));
    const here = new Set([...Object.getOwnPropertyNames(Element.prototype), ...ELEMENT_METHODS]);
    expect(declared.length).toBeGreaterThan(100);
    expect(declared.filter((name) => !here.has(name))).toEqual([]);
  });

  it('lists the options', async () => {
    expectTable('Options', {
      k6: fieldsOf('options/index.d.ts', 'Options'),
      here: await supportedBy(() =>
        load('export const options = { nonsense: 1 }; export default function () {}'),
      ),
    });
  });

  it('lists the flags of k6 run, and what becomes of them', () => {
    const verdicts = (names: readonly { flag?: string }[], verdict: RegExp) =>
      names.flatMap(({ flag }) => (flag === undefined ? [] : [[longName(flag), verdict] as const]));
    const expected = new Map([
      ...verdicts(TAKEN, /^(same|different)$/),
      ...verdicts(IDLE, /^idle$/),
      ...verdicts(REFUSED, /^refused$/),
      // Flags of every command.
      ...verdicts(
        ['--quiet', '--verbose', '--no-color', '--help'].map((flag) => ({ flag })),
        /^(same|different)$/,
      ),
    ]);
    const stated = new Map(
      [...table('Flags')].map(([flag, verdict]) => [longName(flag), verdict] as const),
    );
    expect([...stated.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [flag, verdict] of stated) expect(verdict, flag).toMatch(expected.get(flag) ?? /$^/);
    expect([...stated.keys()].sort()).toEqual(FLAGS_OF_K6_RUN.toSorted());
  });

  it('lists the executors', () => {
    expectTable('Executors', {
      k6: ['externally-controlled'],
      here: executors.map(({ name }) => name),
    });
  });
});
