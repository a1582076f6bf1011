import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import type { ScriptFiles } from '../runtime/script-files.ts';
import { nameFile } from './file-names.ts';
import { shortPath } from './origins.ts';
import { IN_FILE, REPLACED } from './replaced-names.ts';
import { fileNameOf, showOrigins } from './stacks.ts';

/** `require` as a script calls it; the bundler adds the file in which the call stands, where the name is no constant. */
export type ScriptRequire = (name: string, from?: string) => unknown;

/**
 * Creates a `require` for files whose names a script makes while it runs, so that the bundle cannot contain them. Relative
 * names start beside the file in which the call stands.
 *
 * @param requireModule gives k6's modules, and throws for what is none
 * @param variables what each of these files finds, beside what every CommonJS file does
 */
export function createRequireFile(
  files: ScriptFiles,
  requireModule: (name: string) => object,
  variables: Record<string, unknown>,
): ScriptRequire {
  const loaded = new Map<string, { exports: unknown }>();
  return (name, from) => {
    // Loaders of bundles hand over more than the name (`require(name, true)`).
    const folder = typeof from === 'string' ? dirname(from) : files.folder();
    return requireFrom(folder, name);
  };

  function requireFrom(folder: string, name: string): unknown {
    if (!/^(\.{0,2}\/|file:)/.test(name)) return requireModule(name);
    const path = resolve(folder, name.replace(/^file:\/\//, ''));
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(path, module);
    try {
      load(path, module);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module.exports;
  }

  function load(path: string, module: { exports: unknown }): void {
    const text = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) {
      module.exports = JSON.parse(text);
      return;
    }
    // esbuild is big, and hardly any script needs it while it runs.
    const { transformSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
    const { code } = transformSync(nameFile(text, path), {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      define: REPLACED,
    });
    const all = {
      ...variables,
      ...{ module, exports: module.exports },
      require: (required: string) => requireFrom(dirname(path), required),
      [IN_FILE]: files.enter,
    };
    const filename = fileNameOf(path);
    showOrigins(filename, (line) => ({ file: shortPath(path), line }));
    compileFunction(code, Object.keys(all), { filename })(...Object.values(all));
  }
}
