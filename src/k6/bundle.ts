import { SourceMap, type SourceMapPayload } from 'node:module';
import { isAbsolute, relative, resolve } from 'node:path';
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild';
import { UserError } from '../kernel/errors.ts';
import { addAwaits } from './awaits/add-awaits.ts';

/** A script and everything it imports as one CommonJS text, with the way back to the sources. */
export interface Bundle {
  code: string;
  /** Where a position of the bundle stands in the sources; line and column from 1. Undefined if nowhere. */
  originOf(line: number, column: number): { file: string; line: number } | undefined;
}

/** Variables of a VU that scripts know as globals, found through the one parameter `__vu` so that each VU has its own. */
const VU_GLOBALS = {
  __VU: '__vu.id',
  __ITER: '__vu.iteration',
  __ENV: '__vu.env',
  'Math.random': '__vu.random',
};

/**
 * Bundles a script with esbuild: types are stripped, not checked, as k6 does. Only relative files and `modules` can be
 * imported. Throws UserError with file and line for anything that cannot be read.
 */
export async function bundleScript(path: string, modules: string[]): Promise<Bundle> {
  const root = process.cwd();
  try {
    const result = await build({
      entryPoints: [path],
      absWorkingDir: root,
      bundle: true,
      write: false,
      outdir: root,
      format: 'cjs',
      platform: 'neutral',
      target: 'node20',
      // Modules are strict; CommonJS has to be told.
      banner: { js: '"use strict";' },
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      define: VU_GLOBALS,
      // The sources' own tsconfig is for their editor; `verbatimModuleSyntax` there would keep imports of types.
      tsconfigRaw: {},
      plugins: [importRules(modules)],
    });
    const text = (suffix: string): string =>
      result.outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
    return awaitCalls(path, text('.js'), createOriginFinder(text('.js.map'), root));
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (!first) throw error;
    throw unreadable(path, first, error);
  }
}

/** The bundle with its blocking calls awaited. Throws UserError for one that stands where nothing can be. */
function awaitCalls(path: string, code: string, originOf: Bundle['originOf']): Bundle {
  const awaited = addAwaits(code);
  const [first] = awaited.impossible;
  if (first) {
    const origin = originOf(first.line, first.column);
    const place = origin ? `${origin.file}:${origin.line}` : shortPath(path);
    throw UserError.usage(`${shortPath(path)} cannot be loaded`, {
      why: `${place}: ${first.message}`,
      next: `move the call of ${place}`,
    });
  }
  return {
    code: awaited.code,
    originOf(line, column) {
      const before = awaited.before(line, column);
      return originOf(before.line, before.column);
    },
  };
}

function unreadable(path: string, message: Message, cause: unknown): UserError {
  const { location, text } = message;
  const place = location ? `${shortPath(location.file)}:${location.line}: ` : '';
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: place + text,
    next: location
      ? `mend line ${location.line} of ${shortPath(location.file)}`
      : `mend ${shortPath(path)}`,
    cause,
  });
}

/** The file that stands for our module `flashsale` where k6 runs a script. */
const K6_SHIM = /^\.{1,2}\/(?:.*\/)?flashsale\.[jt]s$/;

/** Decides what may be imported: our k6 modules stay imports, relative files are bundled, the rest is refused by name. */
function importRules(modules: string[]): Plugin {
  return {
    name: 'scenario-imports',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        if (modules.includes(path)) return { path, external: true };
        if (K6_SHIM.test(path)) return { path: 'flashsale', external: true };
        const refusal = refusalOf(path, modules);
        return refusal ? { errors: [{ text: refusal }] } : undefined;
      });
    },
  };
}

function refusalOf(path: string, modules: string[]): string | undefined {
  if (path.startsWith('.') || isAbsolute(path)) return undefined;
  if (/^https?:/.test(path)) {
    return `"${path}" cannot be imported: scripts are not loaded over the network; save the file beside the scenario and import it by its path`;
  }
  if (path === 'k6' || path.startsWith('k6/')) {
    return `the module "${path}" is not supported (supported: ${modules.join(', ')})`;
  }
  return `"${path}" cannot be imported: scenarios import relative files ("./lib/shop.ts") and k6 modules (${modules.join(', ')}), not packages`;
}

function createOriginFinder(mapText: string, root: string): Bundle['originOf'] {
  let map: SourceMap | undefined;
  return (line, column) => {
    map ??= new SourceMap(JSON.parse(mapText) as SourceMapPayload);
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    return {
      file: shortPath(resolve(root, entry.originalSource)),
      line: entry.originalLine + 1,
    };
  };
}

/** A path as a person in the working directory would type it. */
export function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? resolve(path) : fromHere;
}
