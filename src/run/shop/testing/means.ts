import { TargetFile, type TargetFileInput } from '../../../target/file/schema.ts';
import type { Databases } from '../databases.ts';
import { createSecrets } from '../secrets.ts';
import type { ShopMeans } from '../shop-means.ts';

/** The means by which tests reach a shop that a target file describes. */
export function meansOf(
  file: Partial<TargetFileInput>,
  {
    env = {},
    folder = '/tmp',
    databases = { query: async () => ({ rows: [] }) },
  }: { env?: Record<string, string>; folder?: string; databases?: Databases } = {},
): ShopMeans {
  return {
    file: {
      ...TargetFile.parse({
        url: 'http://127.0.0.1:1',
        operations: { buy: { request: 'POST /buy' } },
        ...file,
      }),
      ...{ name: 'corner', folder },
    },
    secrets: createSecrets(env),
    databases,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env },
    signal: new AbortController().signal,
  };
}
