import { describe, expect, it } from 'vitest';
import { formatUrl, resolveReference } from './url-reference.ts';

const PAGE = 'http://al:secret@shop.test:80/deep/page.html?from=here#top';

const resolved = (reference: string, base = PAGE): string | undefined => {
  const parts = resolveReference(base, reference);
  return parts && formatUrl(parts);
};

describe('a reference on a page', () => {
  it.each([
    ['next.html', 'http://al:secret@shop.test:80/deep/next.html'],
    ['/up?q#f', 'http://al:secret@shop.test:80/up?q#f'],
    ['../../a/./b/../c/', 'http://al:secret@shop.test:80/a/c/'],
    ['?page=2', 'http://al:secret@shop.test:80/deep/page.html?page=2'],
    ['', PAGE],
    ['#end', 'http://al:secret@shop.test:80/deep/page.html?from=here#end'],
    ['//cdn.test/x.js', 'http://cdn.test/x.js'],
    ['HTTPS://other.test', 'https://other.test'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
    ['/two words?q=two words', 'http://al:secret@shop.test:80/two%20words?q=two words'],
    ['/caf\u00e9%20', 'http://al:secret@shop.test:80/caf%C3%A9%20'],
  ])('%j leads to %s', (reference, url) => {
    expect(resolved(reference)).toBe(url);
  });

  it.each(['/100%', '/a\nb', '/a\u0000', '/a\u007f'])('%j is none', (reference) => {
    expect(resolved(reference)).toBeUndefined();
  });

  it('may contain characters that are control characters outside of ASCII only', () => {
    expect(resolved('/a\u0085b')).toBe('http://al:secret@shop.test:80/a%C2%85b');
  });

  it('stays relative without a page', () => {
    expect(resolved('x/../y', '')).toBe('/y');
  });
});
