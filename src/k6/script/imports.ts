import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { OnResolveArgs, Plugin } from 'esbuild';
import { remoteUrlOf } from './remote-modules.ts';

/** The file that scripts import as `flashsale`, so that they also run in k6. Here our own module takes its place. */
const K6_SHIM = /^\.{1,2}\/(?:.*\/)?flashsale\.[jt]s$/;

/**
 * Decides which imports a script may have: our k6 modules stay imports, relative files and modules from the network are
 * bundled, the rest is refused by name.
 */
export function importRules(modules: string[]): Plugin {
  return {
    name: 'scenario-imports',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, (imported) => {
        const { path, kind } = imported;
        if (kind === 'entry-point') return { path };
        if (modules.includes(path)) return { path, external: true };
        if (K6_SHIM.test(path)) return { path: 'flashsale', external: true };
        const url = remoteUrlOf(imported)?.href;
        if (url !== undefined) {
          const own = modules.find((name) => url.startsWith(`${name}/`));
          return own ? { path: own, external: true } : undefined;
        }
        const file = fileOf(imported);
        if (file !== undefined) return { path: file };
        // As in k6, `require` of something that is not there throws when it is called, which code can be prepared for.
        if (kind === 'require-call') return { path, external: true };
        const refusal = refusalOf(path, modules);
        return refusal ? { errors: [{ text: refusal }] } : undefined;
      });
    },
  };
}

/**
 * The file that an import names, if it is there. Given its path by us, esbuild looks into no package.json: what a file is,
 * its own syntax says, as in k6.
 */
export function fileOf({ path, resolveDir, namespace }: OnResolveArgs): string | undefined {
  if (namespace !== 'file' || !(path.startsWith('.') || isAbsolute(path))) return undefined;
  const file = resolve(resolveDir, path);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}

/** k6's modules that do not exist here, each with the reason or with advice. */
const ABSENT: [pattern: RegExp, why: string][] = [
  [/^k6\/(experimental\/|net\/)grpc$/, 'gRPC is not spoken'],
  [/^k6\/(experimental\/)?browser$/, 'there is no browser'],
  [/^k6\/x\//, 'extensions are written in Go for k6'],
  [/^k6\/secrets$/, 'hand secrets over in the environment (__ENV)'],
];

function refusalOf(path: string, modules: string[]): string | undefined {
  if (path.startsWith('.') || isAbsolute(path)) return undefined;
  const supported = modules.join(', ');
  if (path === 'k6' || path.startsWith('k6/')) {
    const why = ABSENT.find(([pattern]) => pattern.test(path))?.[1];
    return why
      ? `the module "${path}" is not supported: ${why} (or run the script in k6)`
      : `the module "${path}" is not supported (supported: ${supported})`;
  }
  return `"${path}" cannot be imported: scenarios import relative files ("./lib/shop.ts"), URLs and k6 modules (${supported}), not packages`;
}
