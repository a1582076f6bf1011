import type { Plugin } from 'esbuild';
import { nameFile } from './file-names.ts';
import type { KnownTexts } from './known-texts.ts';

/** The loader of esbuild for the ending of a URL's path; any other ending is JavaScript. */
const LOADERS = { ts: 'ts', json: 'json' } as const;

/**
 * Resolves imports over the network, and the relative imports of modules that came from there.
 *
 * @param known texts by URL; each module is fetched once and added, so bundling again with it sends no request
 * @param abandoned ends the waiting for the network
 */
export function remoteModules(known: KnownTexts, abandoned?: AbortSignal): Plugin {
  return {
    name: 'remote-modules',
    setup({ onResolve, onLoad }) {
      // esbuild joins namespace and path in messages and source maps; as the two parts of a URL they read like it.
      onResolve({ filter: /.*/ }, (imported) => {
        const url = remoteUrlOf(imported);
        if (!url) return undefined;
        const namespace = url.protocol.slice(0, -1);
        return { namespace, path: url.href.slice(url.protocol.length) };
      });
      for (const namespace of ['http', 'https']) {
        onLoad({ filter: /.*/, namespace }, async ({ path }) => {
          const url = `${namespace}:${path}`;
          try {
            const contents = known.get(url) ?? (await fetchText(url, abandoned));
            known.set(url, contents);
            const loader = loaderOf(url);
            return { contents: loader === 'json' ? contents : nameFile(contents, url), loader };
          } catch (error) {
            const reason = (error as Error).message;
            const text = `"${url}" cannot be imported: ${reason}; save the file beside the script and import it by its path`;
            return { errors: [{ text }] };
          }
        });
      }
    },
  };
}

/** Fetches one module. The HTTP client is loaded when it is first needed, because few scripts fetch any. */
async function fetchText(url: string, abandoned: AbortSignal | undefined): Promise<string> {
  const { fetchModule } = await import('./fetch-module.ts');
  return fetchModule(url, { abandoned });
}

interface Imported {
  path: string;
  importer: string;
  namespace: string;
}

/** The URL of a module that is imported over the network; undefined for all others. */
export function remoteUrlOf({ path, importer, namespace }: Imported): URL | undefined {
  if (isRemote(path) && URL.canParse(path)) return new URL(path);
  const isWithin = namespace === 'http' || namespace === 'https';
  return isWithin && /^\.{0,2}\//.test(path)
    ? new URL(path, `${namespace}:${importer}`)
    : undefined;
}

/** True if the name of a source is a URL. */
export const isRemote = (source: string): boolean => /^https?:\/\//i.test(source);

function loaderOf(url: string): (typeof LOADERS)[keyof typeof LOADERS] | 'js' {
  const ending = /\.(\w+)$/.exec(new URL(url).pathname)?.[1];
  return LOADERS[ending as keyof typeof LOADERS] ?? 'js';
}
