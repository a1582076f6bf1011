import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUrlSplitter, separateCredentials } from './url.ts';

const split = createUrlSplitter();
/** The URL without its fragment, and without a question mark that no query follows. */
const bare = (url: string): string => url.replace(/#.*$/, '').replace(/\?$/, '');

describe('splitting URLs', () => {
  it('agrees with WHATWG parsing for any http URL, the second time, too', () => {
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

  it('escapes characters that cannot be part of a request line', () => {
    expect(split('http://127.0.0.1/é?q=a b').path).toBe('/%C3%A9?q=a%20b');
  });

  it.each(['http://h/%zz', 'http://h/a%', 'http://u:p%zz@h/'])(
    'refuses the escape in %s',
    (url) => {
      expect(() => split(url)).toThrow('has an escape that is none');
    },
  );

  it('leaves escapes in a query as they are', () => {
    expect(split('http://h/%41?q=%zz').path).toBe('/%41?q=%zz');
  });

  it('adds the missing path, and finds credentials', () => {
    expect(split('http://h:81')).toEqual({ origin: 'http://h:81', path: '/' });
    expect(split('http://h?q=1').path).toBe('/?q=1');
    expect(split('http://me:s%20t@h/').authorization).toBe(`Basic ${btoa('me:s t')}`);
    expect(split('http://:p@h/').authorization).toBe(`Basic ${btoa(':p')}`);
  });

  it('separates credentials from a URL', () => {
    expect(separateCredentials('https://me:s%20t@h/a?b')).toEqual({
      url: 'https://h/a?b',
      credentials: { user: 'me', password: 's t' },
    });
    expect(separateCredentials('http://h').credentials).toBeUndefined();
  });

  it.each(['', '/relative', 'ftp://h/', 'http://'])('%j is refused', (url) => {
    expect(() => split(url)).toThrow('is not an absolute http or https URL');
  });
});
