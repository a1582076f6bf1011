import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';

/**
 * Creates a `require` for files whose names a script makes while it runs, so that the bundle cannot contain them. Relative
 * names start at the folder of the script; in such a file, at its own.
 *
 * @param requireModule gives k6's modules, and throws for what is none
 */
export function createRequireFile(
  scriptPath: string,
  requireModule: (name: string) => object,
): (name: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>();
  return requireFrom(dirname(scriptPath));

  function requireFrom(folder: string): (name: string) => unknown {
    return (name) => {
      if (!/^(\.{0,2}\/|file:)/.test(name)) return requireModule(name);
      const path = resolve(folder, name.replace(/^file:\/\//, ''));
      const known = loaded.get(path);
      if (known) return known.exports;
      const module = { exports: {} as unknown };
      loaded.set(path, module);
      load(path, module);
      return module.exports;
    };
  }

  function load(path: string, module: { exports: unknown }): void {
    const text = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) {
      module.exports = JSON.parse(text);
      return;
    }
    // esbuild is big, and hardly any script needs it while it runs.
    const { transformSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
    const { code } = transformSync(text, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
    });
    const filename = `flashsale-script:${path}`;
    const run = compileFunction(code, ['module', 'exports', 'require', 'process'], { filename });
    run(module, module.exports, requireFrom(dirname(path)), undefined);
  }
}
