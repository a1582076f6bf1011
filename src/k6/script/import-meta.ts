import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';

/** The name of `import.meta.resolve` in a bundle: its files have become one, which no longer knows their folders. */
export const IMPORT_META = { 'import.meta.resolve': '__resolve' };

/** Adds an `import.meta.resolve` of its own to each file that uses it, at the end so that no line moves. */
export function importMeta(): Plugin {
  return {
    name: 'import-meta',
    setup({ onLoad }) {
      onLoad({ filter: /\.m?[jt]s$/, namespace: 'file' }, async ({ path }) => {
        const contents = await readFile(path, 'utf8');
        if (!contents.includes('import.meta.resolve')) return undefined;
        const resolve = `function __resolve(path) { return new URL(path, ${JSON.stringify(pathToFileURL(path).href)}).href; }`;
        return { contents: `${contents}\n${resolve}\n`, loader: path.endsWith('ts') ? 'ts' : 'js' };
      });
    },
  };
}
