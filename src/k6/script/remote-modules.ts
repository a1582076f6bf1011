import type { Plugin } from 'esbuild';

/** Texts of modules from the network, by the URL they were imported with. */
export type RemoteModules = Map<string, string>;

/** How esbuild is to read what a URL's path ends with; anything else is JavaScript. */
const LOADERS = { ts: 'ts', json: 'json' } as const;

/**
 * Imports over the network, and relative ones in what was imported so. Each module is fetched once and kept in `known`:
 * bundling the script once more with it takes the same texts, and asks nobody. Nothing is waited for once `abandoned`.
 */
export function remoteModules(known: RemoteModules, abandoned?: AbortSignal): Plugin {
  return {
    name: 'remote-modules',
    setup({ onResolve, onLoad }) {
      // A namespace and a path that are the two parts of a URL are told as that URL in every message and source map.
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
            return { contents, loader: loaderOf(url) };
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

/** Loads the HTTP client with the first module that is fetched; few scripts need it. */
async function fetchText(url: string, abandoned: AbortSignal | undefined): Promise<string> {
  const { fetchModule } = await import('./fetch-module.ts');
  return fetchModule(url, { abandoned });
}

interface Imported {
  path: string;
  importer: string;
  namespace: string;
}

/** Where a module is that is imported over the network; undefined for all others. */
export function remoteUrlOf({ path, importer, namespace }: Imported): URL | undefined {
  if (isRemote(path) && URL.canParse(path)) return new URL(path);
  const isWithin = namespace === 'http' || namespace === 'https';
  return isWithin && /^\.{0,2}\//.test(path)
    ? new URL(path, `${namespace}:${importer}`)
    : undefined;
}

/** Whether a name of a source is a URL. */
export const isRemote = (source: string): boolean => /^https?:\/\//i.test(source);

function loaderOf(url: string): (typeof LOADERS)[keyof typeof LOADERS] | 'js' {
  const ending = /\.(\w+)$/.exec(new URL(url).pathname)?.[1];
  return LOADERS[ending as keyof typeof LOADERS] ?? 'js';
}
