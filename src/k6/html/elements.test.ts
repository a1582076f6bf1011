import { describe, expect, it } from 'vitest';
import { parsePage } from './page.ts';
import { PAGE } from './testing/page.ts';

const page = parsePage(PAGE, 'http://shop.test/deep/page.html?from=here');
const element = (id: string) => {
  const [found] = page.find(`#${id}`).get() as unknown as Record<string, () => unknown>[];
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
};

describe('an element', () => {
  it('has the methods of its tag', () => {
    expect(element('link').href?.()).toBe(
      'http://shop.test/deep/next.html?x=1&y=two words#top%20part',
    );
    expect(element('up').pathname?.()).toBe('/up');
    expect(element('absolute').host?.()).toBe('Example.com');
    expect(element('submit').formAction?.()).toBe('http://shop.test/submit?old=1');
    expect(element('image').formMethod?.()).toBe('get');
    expect(element('row-2').rowIndex?.()).toBe(2);
    expect(element('progress').position?.()).toBe(0.5);
    expect(element('title').href).toBe(undefined);
  });

  it('is compared by its node, whatever its tag', () => {
    const [link] = page.find('#link').get();
    expect(link?.isSameNode(page.find('a').get(0))).toBe(true);
    expect(page.find('a').index(link)).toBe(0);
    expect(page.find('#para').get(0)?.contains(link)).toBe(true);
    expect(link?.contains(link)).toBe(false);
    expect(page.find('br').get(0)?.firstChild()).toBe(undefined);
  });
});
