import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import { transformSync } from 'esbuild';

const PARAMETERS = ['module', 'exports', 'require'];
const nodeRequire = createRequire(import.meta.url);

/** Compiles a TypeScript module to a function that fills in its exports, so that it can be loaded often. */
export function compile(path, text = readFileSync(path, 'utf8')) {
  const { code } = transformSync(text, {
    ...{ loader: 'ts', format: 'cjs', target: 'node20', sourcefile: path },
    define: {
      'import.meta.dirname': JSON.stringify(dirname(path)),
      'import.meta.url': JSON.stringify(pathToFileURL(path).href),
    },
  });
  return compileFunction(code, PARAMETERS, { filename: path });
}

/**
 * Creates the loader of the modules of this project. Each load makes new modules, because a test must not find what an earlier
 * one left in a cache; only those that `isKept` names are made once.
 *
 * @param packages what stands in for packages, by name
 */
export function createModules({ packages, isKept }) {
  const compiled = new Map();
  const paths = new Map();
  const kept = new Map();

  const compiledOf = (path) => {
    if (!compiled.has(path)) compiled.set(path, compile(path));
    return compiled.get(path);
  };
  const pathOf = (folder, name) => {
    const key = `${folder} ${name}`;
    if (!paths.has(key)) paths.set(key, resolve(folder, name));
    return paths.get(key);
  };

  /** Loads a module; `changed` has other functions for some paths. */
  return function load(path, changed = new Map()) {
    const loaded = new Map();
    const exportsOf = (wanted) => {
      const modules = isKept(wanted) ? kept : loaded;
      const known = modules.get(wanted);
      if (known !== undefined) return known.exports;
      const module = { exports: {} };
      modules.set(wanted, module);
      const folder = dirname(wanted);
      const require = (name) => {
        if (name.startsWith('.')) return exportsOf(pathOf(folder, name));
        return packages[name] ?? nodeRequire(name);
      };
      (changed.get(wanted) ?? compiledOf(wanted))(module, module.exports, require);
      return module.exports;
    };
    return exportsOf(path);
  };
}
