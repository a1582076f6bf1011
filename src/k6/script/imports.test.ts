import { join } from 'node:path';
import type { OnResolveArgs, OnResolveResult } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { importRules } from './imports.ts';

const MODULES = ['k6', 'k6/http', 'flashsale', 'https://jslib.k6.io/k6-utils'];

/** The answer that esbuild gets about one import of a file. */
function resolve(path: string, imported: Partial<OnResolveArgs> = {}): OnResolveResult | undefined {
  let answer: OnResolveResult | undefined;
  void importRules(MODULES).setup({
    onResolve: (_: unknown, callback: (args: OnResolveArgs) => OnResolveResult | undefined) => {
      answer = callback({
        ...{ path, importer: '/shop.ts', namespace: 'file', kind: 'import-statement' },
        resolveDir: import.meta.dirname,
        ...imported,
      } as OnResolveArgs);
    },
  } as never);
  return answer;
}

describe('imports', () => {
  it.each([
    ['k6/http', 'k6/http'],
    ['./flashsale.ts', 'flashsale'],
    ['../lib/flashsale.js', 'flashsale'],
    ['https://jslib.k6.io/k6-utils/1.4.0/index.js', 'https://jslib.k6.io/k6-utils'],
  ])('%s stays an import of %s', (path, name) => {
    expect(resolve(path)).toEqual({ path: name, external: true });
  });

  it.each(['./lib.ts', '/lib/shop.ts', 'https://example.com/lib.js'])(
    '%s is left to esbuild, which finds it or not',
    (path) => {
      expect(resolve(path)).toBeUndefined();
    },
  );

  it('a file that is there is what its own syntax says, whatever package.json says', () => {
    expect(resolve('./imports.ts')).toEqual({ path: join(import.meta.dirname, 'imports.ts') });
  });

  it.each(['crypto', './gone.js', 'k6/browser'])(
    'require of %s fails when it is called',
    (path) => {
      expect(resolve(path, { kind: 'require-call' })).toEqual({ path, external: true });
    },
  );

  it.each([
    ['lodash', '"lodash" cannot be imported: scenarios import relative files'],
    ['k6/browser', 'the module "k6/browser" is not supported: there is no browser'],
    ['k6/gone', 'the module "k6/gone" is not supported (supported: k6, k6/http, flashsale,'],
  ])('%s is refused', (path, text) => {
    expect(resolve(path)?.errors?.[0]?.text).toContain(text);
  });

  it('the script itself may have any path', () => {
    expect(resolve('shop.ts', { kind: 'entry-point' })).toEqual({ path: 'shop.ts' });
  });

  it('relative imports of a module from the network are looked for there', () => {
    const imported = { namespace: 'https', importer: '//jslib.k6.io/k6-utils/1.4.0/index.js' };
    expect(resolve('../1.5.0/index.js', imported)).toEqual({
      ...{ path: 'https://jslib.k6.io/k6-utils', external: true },
    });
  });
});
