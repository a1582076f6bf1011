import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUrlSplitter } from './url.ts';

const split = createUrlSplitter();
/** Without the fragment, and without a question mark that asks nothing. */
const bare = (url: string): string => url.replace(/#.*$/, '').replace(/\?$/, '');

describe('taking URLs apart', () => {
  it('agrees with the platform for any http URL, the second time too', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const expected = new URL(url);
        for (const _ of [1, 2]) {
          const { origin, path } = split(url);
          expect(bare(new URL(origin + path).href)).toBe(bare(expected.href));
        }
      }),
    );
  });

  it('escapes what cannot stand in a request line', () => {
    expect(split('http://127.0.0.1/é?q=a b').path).toBe('/%C3%A9?q=a%20b');
  });

  it('finds a path where none is written, and credentials', () => {
    expect(split('http://h:81')).toEqual({ origin: 'http://h:81', path: '/' });
    expect(split('http://h?q=1').path).toBe('/?q=1');
    expect(split('http://me:s%20t@h/').authorization).toBe(`Basic ${btoa('me:s t')}`);
  });

  it.each(['', '/relative', 'ftp://h/', 'http://'])('%j is refused', (url) => {
    expect(() => split(url)).toThrow('is not an absolute http or https URL');
  });
});
