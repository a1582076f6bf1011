import { SourceMap, type SourceMapPayload } from 'node:module';
import { relative, resolve } from 'node:path';
import type { BuildFailure, Format, Location, Message, Metafile, Plugin } from 'esbuild';
import { UserError } from '../../kernel/errors.ts';
import { addAwaits } from './awaits/add-awaits.ts';
import { initAwaitsToCalls } from './awaits/top-level.ts';
import { build } from './esbuild.ts';
import { IMPORT_META, importMeta } from './import-meta.ts';
import { importRules } from './imports.ts';
import { isRemote, type RemoteModules, remoteModules } from './remote-modules.ts';

/** A script and everything it imports as one CommonJS text, with the way back to the sources. */
export interface Bundle {
  code: string;
  /** Whether its outermost level has an `await`. */
  waits: boolean;
  /** Where a position of the bundle stands in the sources; line and column from 1. Undefined if nowhere. */
  originOf(line: number, column: number): { file: string; line: number } | undefined;
}

/** What can be imported, and what each module has. */
export type ModuleMembers = Record<string, ReadonlySet<string>>;

/** Variables of a VU that scripts know as globals, found through the one parameter `__vu` so that each VU has its own. */
const VU_GLOBALS = {
  __VU: '__vu.id',
  __ITER: '__vu.iterationCount',
  __ENV: '__vu.env',
  'Math.random': '__vu.random',
};

/**
 * Bundles a script with esbuild: types are stripped, not checked, as k6 does. Only relative files, `modules` and URLs can
 * be imported; what was fetched is added to `fetched`, and what is there already is not fetched again. Throws UserError
 * with file and line for anything that cannot be read, and when it is `abandoned` while it waits for the network.
 */
export async function bundleScript(
  path: string,
  modules: ModuleMembers,
  fetched: RemoteModules,
  abandoned?: AbortSignal,
): Promise<Bundle> {
  try {
    const bundled = await bundleAsCommonJs(path, [
      importRules(Object.keys(modules)),
      remoteModules(fetched, abandoned),
      importMeta(),
    ]);
    const { code, files, waits, originOf } = bundled;
    const awaited = addAwaits(code, modules, createLibraryTest(code, files));
    return checked(path, awaited, { waits, originOf });
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (errors.length === 0) throw error;
    throw unreadable(path, errors, error);
  }
}

interface Bundled extends Bundle {
  files: Metafile['inputs'];
}

/** A script whose init code waits goes by way of ES modules: in CommonJS nothing can wait there. */
async function bundleAsCommonJs(path: string, plugins: Plugin[]): Promise<Bundled> {
  try {
    return await bundleAs('cjs', path, plugins);
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (!errors.some(({ text }) => text.startsWith('Top-level await'))) throw error;
  }
  const { code, files, originOf } = await bundleAs('esm', path, plugins);
  const converted = await initAwaitsToCalls(code, files);
  const positionOf = createPositionFinder(converted.map);
  return {
    code: converted.code,
    files,
    waits: true,
    originOf(line, column) {
      const position = positionOf(line, column);
      const before = position && converted.before(position.line, position.column);
      return before && originOf(before.line, before.column);
    },
  };
}

async function bundleAs(format: Format, path: string, plugins: Plugin[]): Promise<Bundled> {
  const root = process.cwd();
  const { metafile, outputFiles } = await build({
    entryPoints: [path],
    absWorkingDir: root,
    bundle: true,
    write: false,
    outdir: root,
    format,
    platform: 'neutral',
    target: 'node20',
    // Modules are strict; CommonJS has to be told.
    ...(format === 'cjs' && { banner: { js: '"use strict";' } }),
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
    define: { ...VU_GLOBALS, ...IMPORT_META },
    // The sources' own tsconfig is for their editor; `verbatimModuleSyntax` there would keep imports of types.
    tsconfigRaw: {},
    plugins,
  });
  const text = (suffix: string): string =>
    outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  const originOf = createOriginFinder(text('.js.map'), root);
  return { code: text('.js'), files: metafile.inputs, waits: false, originOf };
}

/** A file of this size that has nothing to do with k6 is taken for somebody's library: it waits for nothing. */
const LIBRARY_BYTES_MIN = 50_000;

/** Tells which places of a bundle belong to libraries, by the comments esbuild puts before each file. */
function createLibraryTest(code: string, inputs: Metafile['inputs']): (offset: number) => boolean {
  const usesK6 = (path: string): boolean =>
    inputs[path]?.imports.some(({ external, path: to }) => external && to.startsWith('k6')) ??
    false;
  const isLibrary = (path: string): boolean =>
    (inputs[path]?.bytes ?? 0) >= LIBRARY_BYTES_MIN && !usesK6(path);
  const files = [...code.matchAll(/^\/\/!? (.+)$/gm)]
    .filter(([, path]) => inputs[path as string])
    .map((match) => ({ start: match.index, library: isLibrary(match[1] as string) }));
  if (!files.some(({ library }) => library)) return () => false;
  return (offset) => files.findLast(({ start }) => start <= offset)?.library ?? false;
}

/**
 * How esbuild imports a module that may not be one in disguise: through an object of getters. Ours are, and a getter for
 * every call of every VU costs.
 */
const WRAPPED_MODULE = /\b__toESM\((require\("[^"]+"\))(?:, 1)?\)/g;

/** A bundle whose calls are awaited. Throws UserError for what cannot work. */
function checked(
  path: string,
  awaited: ReturnType<typeof addAwaits>,
  { waits, originOf }: Pick<Bundle, 'waits' | 'originOf'>,
): Bundle {
  const [first] = awaited.problems;
  if (first) {
    const origin = originOf(first.line, first.column);
    const place = origin ? `${origin.file}:${origin.line}` : shortPath(path);
    throw UserError.usage(`${shortPath(path)} cannot be loaded`, {
      why: `${place}: ${first.message}`,
      next: `${origin && isRemote(origin.file) ? savedFirst(place) : `change ${place}`}, or run the script in k6`,
    });
  }
  return {
    code: awaited.code.replaceAll(WRAPPED_MODULE, '$1'),
    waits,
    originOf(line, column) {
      const before = awaited.before(line, column);
      return originOf(before.line, before.column);
    },
  };
}

function unreadable(path: string, messages: Message[], cause: unknown): UserError {
  const reasons = messages.map(({ location, text }) =>
    location ? `${shortPath(location.file)}:${location.line}: ${text}` : text,
  );
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: reasons.join('; '),
    next: nextFor(messages[0]?.location ?? undefined, path),
    cause,
  });
}

function nextFor(location: Location | undefined, path: string): string {
  if (!location) return `mend ${shortPath(path)}`;
  const { file, line } = location;
  return isRemote(file) ? savedFirst(`${file}:${line}`) : `mend line ${line} of ${shortPath(file)}`;
}

/** What can be done about somebody else's file. */
const savedFirst = (place: string): string =>
  `save the module beside the script, import it by its path and change ${place} there`;

export function createOriginFinder(mapText: string, root: string): Bundle['originOf'] {
  const positionOf = createPositionFinder(mapText);
  return (line, column) => {
    const position = positionOf(line, column);
    if (!position) return undefined;
    const { source } = position;
    return {
      file: shortPath(isRemote(source) ? source : resolve(root, source)),
      line: position.line,
    };
  };
}

/** Where a position stands in what a source map leads back to; lines and columns from 1. */
function createPositionFinder(
  mapText: string,
): (line: number, column: number) => { source: string; line: number; column: number } | undefined {
  let map: SourceMap | undefined;
  return (line, column) => {
    map ??= new SourceMap(JSON.parse(mapText) as SourceMapPayload);
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const { originalSource: source, originalLine, originalColumn } = entry;
    return { source, line: originalLine + 1, column: originalColumn + 1 };
  };
}

/** A path as a person in the working directory would type it; a URL is left as it is. */
export function shortPath(path: string): string {
  if (isRemote(path)) return path;
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? resolve(path) : fromHere;
}
