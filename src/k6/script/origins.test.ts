import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOriginFinder, shortPath } from './origins.ts';

/** Line 2, column 1 comes from line 5 of `lib/shop.ts`; line 3, column 1 from line 1 of a URL. */
const MAP = JSON.stringify({
  version: 3,
  sources: ['lib/shop.ts', 'https://example.com/a.js'],
  names: [],
  mappings: ';AAIA;ACJA',
});

describe('origins', () => {
  const originOf = createOriginFinder(MAP, process.cwd());

  it('are files as a person here types them', () => {
    expect(originOf(2, 1)).toEqual({ file: join('lib', 'shop.ts'), line: 5 });
  });

  it('are URLs for modules from the network', () => {
    expect(originOf(3, 1)).toEqual({ file: 'https://example.com/a.js', line: 1 });
  });

  it('of what the bundler added are unknown', () => {
    expect(originOf(1, 1)).toBeUndefined();
  });
});

describe('short paths', () => {
  it.each([
    [join(process.cwd(), 'a', 'b.ts'), join('a', 'b.ts')],
    [join(homedir(), '..', 'elsewhere.ts'), join(homedir(), '..', 'elsewhere.ts')],
    ['https://example.com/a.js', 'https://example.com/a.js'],
  ])('%s is %s', (path, short) => {
    expect(shortPath(path)).toBe(short);
  });
});
