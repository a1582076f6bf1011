import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import type { KnownTexts } from './known-texts.ts';
import { IN_FILE } from './replaced-names.ts';

/**
 * Has each file of a bundle say when its code runs, and gives it an `import.meta.resolve` of its own. What is added stands
 * in the first line and after the last, so that no line moves.
 *
 * @param path of the file, or its URL
 * @param urlClass the name of the class of URLs where the bundle runs
 */
export function nameFile(text: string, path: string, urlClass = 'URL'): string {
  const name = JSON.stringify(path);
  const begin = `${IN_FILE}(${name});`;
  // A first line for the shell of a system is no JavaScript.
  const code = text.replace(/^#!/, '//');
  const lines = /\b(import|export)\b/.test(code)
    ? [`${begin}${code}`, `${IN_FILE}();`]
    : // What a CommonJS file throws may be caught where it is required, and the code there goes on.
      [`${begin}try{${code}`, `}finally{${IN_FILE}();}`];
  if (code.includes('import.meta.resolve')) {
    const url = JSON.stringify(/^https?:/.test(path) ? path : pathToFileURL(path).href);
    lines.push(`function __resolve(path) { return new ${urlClass}(path, ${url}).href; }`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Applies `nameFile` to the files of a bundle that are on this machine.
 *
 * @param known texts, by path, that are in no file
 * @param edit changes each text before it is bundled
 */
export function fileNames(
  known: KnownTexts,
  urlClass?: string,
  edit: (text: string, path: string) => string = (text) => text,
): Plugin {
  return {
    name: 'file-names',
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]s$|\/-$/, namespace: 'file' }, async ({ path }) => ({
        contents: edit(
          nameFile(known.get(path) ?? (await readFile(path, 'utf8')), path, urlClass),
          path,
        ),
        // As in k6, a script from standard input may be TypeScript.
        loader: /ts$|\/-$/.test(path) ? 'ts' : 'js',
      }));
    },
  };
}
