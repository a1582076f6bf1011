import type { BuildFailure, Format, Metafile, Plugin } from 'esbuild';
import { initAwaitsToCalls } from './awaits/top-level.ts';
import { build } from './esbuild.ts';
import { createOriginFinder, createPositionFinder, type OriginFinder } from './origins.ts';
import { REPLACED } from './replaced-names.ts';

/** A script and everything it imports as one CommonJS text. */
export interface CommonJsBundle {
  code: string;
  /** The files in it, by the names in esbuild's comments before each. */
  files: Metafile['inputs'];
  /** True if its outermost level has an `await`; there it calls `__initAwait` instead. */
  waits: boolean;
  originOf: OriginFinder;
}

/**
 * Bundles a script. One whose init code waits is bundled as ES modules first, because CommonJS has no `await` there.
 *
 * @throws as esbuild does
 */
export async function bundleAsCommonJs(path: string, plugins: Plugin[]): Promise<CommonJsBundle> {
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

async function bundleAs(format: Format, path: string, plugins: Plugin[]): Promise<CommonJsBundle> {
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
    // Modules are always strict; CommonJS has to say so.
    ...(format === 'cjs' && { banner: { js: '"use strict";' } }),
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
    define: REPLACED,
    // The sources' own tsconfig is for their editor: with its `verbatimModuleSyntax`, imports of types would stay.
    tsconfigRaw: {},
    plugins,
  });
  const text = (suffix: string): string =>
    outputFiles.find((file) => file.path.endsWith(suffix))?.text ?? '';
  const originOf = createOriginFinder(text('.js.map'), root);
  return { code: text('.js'), files: metafile.inputs, waits: false, originOf };
}
