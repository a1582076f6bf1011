import { dirname, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { assetPath } from '../../kernel/assets.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { type Bundle, createOriginFinder } from '../script/bundle.ts';
import { build } from '../script/esbuild.ts';
import { type RemoteModules, remoteModules, remoteUrlOf } from '../script/remote-modules.ts';
import { NOTES } from './notes.ts';

/** The file that stands in for `k6/http`, beside this one as source or compiled. */
const RECORDING = fileURLToPath(
  new URL(`./recording-http${extname(import.meta.url)}`, import.meta.url),
);

/**
 * A loaded script as one module for k6, with the recording module where it imports `k6/http`. Everything else is k6's:
 * options, modules, lifecycle. What `handleSummary` returns is printed as one line of JSON instead.
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
    // What k6 can do beyond that.
    supported: { 'top-level-await': true },
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
    tsconfigRaw: {},
    plugins: [recordingHttp, ...fetchedModules(script.remoteModules)],
  });
  const text = (suffix: string): string =>
    result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  return { code: text('.js'), originOf: createOriginFinder(text('.js.map'), root) };
}

const recordingHttp: Plugin = {
  name: 'recording-http',
  setup({ onResolve }) {
    // k6 has no such module; the file that stands for it there does.
    onResolve({ filter: /^flashsale$/ }, () => ({
      path: assetPath('scenarios', 'lib', 'flashsale.ts'),
    }));
    onResolve({ filter: /^k6(\/|$)/ }, ({ path, importer }) =>
      path === 'k6/http' && importer !== RECORDING ? { path: RECORDING } : { path, external: true },
    );
  },
};

/** What was fetched is bundled, for what it sends is to be noted as well. What we have ourselves, k6 fetches. */
function fetchedModules(fetched: RemoteModules): Plugin[] {
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

/** Exports of the entry hide those of the same name that it hands on. */
function entryOf({ path, options, exports }: LoadedScript): string {
  const file = JSON.stringify(path);
  const iterating = [...new Set(options.scenarios.map(({ exec }) => exec))];
  const lines = [
    `import * as script from ${file};`,
    `import { begun, enterTeardown } from ${JSON.stringify(RECORDING)};`,
    `export * from ${file};`,
    ...iterating.map((name) => {
      const call = `{ begun(); return script[${JSON.stringify(name)}](data); }`;
      return name === 'default'
        ? `export default function (data) ${call}`
        : `export function ${name}(data) ${call}`;
    }),
    'export function handleSummary(data) {',
    `  delete data.metrics[${JSON.stringify(NOTES)}];`,
    `  const returned = ${exports.includes('handleSummary') ? 'script.handleSummary(data)' : 'null'};`,
    '  const { testRunDurationMs } = data.state;',
    `  const told = (returned) => ({ stdout: JSON.stringify({ type: 'Summary', testRunDurationMs, returned }) + '\\n' });`,
    '  return returned && returned.then ? returned.then(told) : told(returned);',
    '}',
  ];
  if (exports.includes('teardown')) {
    lines.push('export function teardown(data) { enterTeardown(); return script.teardown(data); }');
  }
  return lines.join('\n');
}
