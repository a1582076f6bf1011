import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';
import { assetPath, modulePath } from '../../kernel/assets.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { Bundle } from '../script/bundle.ts';
import { build } from '../script/esbuild.ts';
import { fileNames } from '../script/file-names.ts';
import { fileOf } from '../script/imports.ts';
import type { KnownTexts } from '../script/known-texts.ts';
import { createOriginFinder } from '../script/origins.ts';
import { remoteModules, remoteUrlOf } from '../script/remote-modules.ts';
import { IN_FILE, REPLACED } from '../script/replaced-names.ts';
import { NOTES } from './notes.ts';

/** The path of the recording module. */
const RECORDING = modulePath('src/k6/binary/recording-http.ts');

/**
 * Bundles a loaded script as one module for k6, with the recording module in place of `k6/http`. Options, other modules
 * and the lifecycle are k6's own. The result of `handleSummary` is printed as one line of JSON.
 */
export async function bundleForK6(
  script: LoadedScript,
): Promise<Pick<Bundle, 'code' | 'originOf'>> {
  const root = dirname(script.path);
  const result = await build({
    stdin: { contents: entryOf(script), resolveDir: root, sourcefile: 'k6-entry.js' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: root,
    format: 'esm',
    platform: 'neutral',
    target: 'es2021',
    // k6 supports this as well, though it is newer than the target.
    supported: { 'top-level-await': true },
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
    tsconfigRaw: {},
    define: { open: '__open', 'import.meta.resolve': REPLACED['import.meta.resolve'] },
    banner: { js: BESIDE_FILE },
    plugins: [
      recordingHttp,
      localFiles,
      ...fetchedModules(script.knownTexts),
      fileNames(script.knownTexts, '__URL'),
    ],
  });
  const text = (suffix: string): string =>
    result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  return { code: text('.js'), originOf: createOriginFinder(text('.js.map'), root) };
}

/** k6 sees one file, so this finds the file whose code runs, beside which a relative path of \`open\` starts. */
const BESIDE_FILE = `
const __files = [];
const ${IN_FILE} = (path) => { if (path === undefined) __files.pop(); else __files.push(path); };
const __open = (path, ...mode) => {
  const file = __files[__files.length - 1];
  const isRelative = typeof path === 'string' && path !== '' && !/^(\\/|file:)/.test(path);
  const folder = isRelative && file ? file.replace(/^https?:\\/\\/[^/]+/, '').replace(/[^/]*$/, '') : '';
  return open(folder + path, ...mode);
};
// k6 has no URL; its own files need no more of it.
class __URL {
  constructor(path, base) {
    const parts = [];
    const [, root, folder] = /^(\\w+:\\/\\/[^/]*)(.*\\/)/.exec(base);
    for (const part of (path.startsWith('/') ? path : folder + path).split('/').slice(1)) {
      if (part === '..') parts.pop();
      else if (part !== '.') parts.push(part);
    }
    this.href = /^\\w+:/.test(path) ? path : [root, ...parts].join('/');
  }
}`;

/** A file is what its own syntax says, whatever a package.json says. */
const localFiles: Plugin = {
  name: 'local-files',
  setup({ onResolve }) {
    // A script from standard input is in no file.
    onResolve({ filter: /\/-$/ }, ({ path }) => ({ path }));
    onResolve({ filter: /^\./ }, (imported) => {
      const path = fileOf(imported);
      return path === undefined ? undefined : { path };
    });
  },
};

const recordingHttp: Plugin = {
  name: 'recording-http',
  setup({ onResolve }) {
    // k6 has no such module, so scripts run this file there.
    onResolve({ filter: /^flashsale$/ }, () => ({
      path: assetPath('scenarios', 'lib', 'flashsale.ts'),
    }));
    onResolve({ filter: /^k6(\/|$)/ }, ({ path, importer }) =>
      path === 'k6/http' && importer !== RECORDING ? { path: RECORDING } : { path, external: true },
    );
  },
};

/**
 * Bundles the modules that were fetched for the script, because their requests have to be noted as well. k6 itself fetches
 * the modules that are built in here.
 */
function fetchedModules(fetched: KnownTexts): Plugin[] {
  const leftToK6: Plugin = {
    name: 'left-to-k6',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, (imported) => {
        const url = remoteUrlOf(imported)?.href;
        return url && !fetched.has(url) ? { path: url, external: true } : undefined;
      });
    },
  };
  return [leftToK6, remoteModules(fetched)];
}

/** The module that k6 starts. Its own exports hide the exports of the script with the same names. */
function entryOf({ path, options, exports }: LoadedScript): string {
  const file = JSON.stringify(path);
  const iterating = [...new Set(options.scenarios.map(({ exec }) => exec))];
  const lines = [
    `import * as script from ${file};`,
    `import { enterTeardown, noteIteration } from ${JSON.stringify(RECORDING)};`,
    `export * from ${file};`,
    ...iterating.map((name) => {
      const call = `{ noteIteration(); return script[${JSON.stringify(name)}](data); }`;
      return name === 'default'
        ? `export default function (data) ${call}`
        : `export function ${name}(data) ${call}`;
    }),
    'export function handleSummary(data) {',
    '  const isUsual = data.state !== undefined;',
    `  if (isUsual) delete data.metrics[${JSON.stringify(NOTES)}];`,
    `  else data.results.metrics = data.results.metrics.filter(({ name }) => name !== ${JSON.stringify(NOTES)});`,
    `  const returned = ${exports.includes('handleSummary') ? 'script.handleSummary(data)' : 'null'};`,
    '  const testRunDurationMs = isUsual ? data.state.testRunDurationMs : data.config.duration * 1000;',
    `  const print = (returned) => ({ stdout: JSON.stringify({ type: 'Summary', testRunDurationMs, returned }) + '\\n' });`,
    '  return returned && returned.then ? returned.then(print) : print(returned);',
    '}',
  ];
  if (exports.includes('teardown')) {
    lines.push('export function teardown(data) { enterTeardown(); return script.teardown(data); }');
  }
  return lines.join('\n');
}
