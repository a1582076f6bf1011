import { describe, expect, it } from 'vitest';
import { parsePage } from './page.ts';
import { PAGE } from './testing/page.ts';

const page = parsePage(PAGE, 'http://shop.test/deep/page.html?from=here');
const ids = (selector: string) => page.find(selector).map((_, each) => each.attr('id'));

describe('a selection', () => {
  it('is found by selectors of CSS and of goquery, and is empty for one that cannot be read', () => {
    expect(ids('ul > li.item:not(.first)')).toEqual(['two', 'three']);
    expect(ids('li:contains("TWO"), li:containsOwn("more")')).toEqual(['two']);
    expect(ids('div:haschild(p)')).toEqual(['inner']);
    expect(ids('#outside-select:enabled, #twice-1:enabled, #twice-2:disabled')).toEqual([
      'twice-2',
      'outside-select',
    ]);
    expect([...ids('li['), ...ids(''), ...ids('> li'), ...ids('li:first')]).toEqual([]);
  });

  it('leads to other nodes, and back', () => {
    const two = page.find('#two');
    const shown = (selection: typeof page) => selection.toArray().map((each) => each.attr('id'));
    expect(shown(two.parents('body, ul'))).toEqual(['list', undefined]);
    expect(shown(two.next())).toEqual(['three']);
    expect(shown(page.find('li').nextUntil('#three'))).toEqual(['two', 'five']);
    expect(shown(page.find('li').filter((index) => index % 2 === 1))).toEqual(['two', 'four']);
    expect(shown(two.siblings().end())).toEqual(['two']);
    expect(
      page
        .find('#em, #para')
        .parents()
        .map((_, each) => each.attr('id')),
    ).toEqual(['two', 'list', undefined, undefined, 'inner', 'outer']);
  });

  it('gives text, HTML, attributes and data', () => {
    expect(page.find('#title').text()).toBe('Hello world');
    expect(page.find('#three, #em').text()).toBe('moreThree');
    expect(page.find('#para').html()).toContain('<br/> and &lt;tags&gt; &#34;quotes&#34;');
    expect(page.find('#two').attr('class')).toBe('item');
    expect([page.find('#two').attr('no'), page.find('#two').attr('no', 'or')]).toEqual([
      undefined,
      'or',
    ]);
    expect(page.find('#title').data()).toMatchObject({
      id: 7,
      float: '1.50',
      half: 0.5,
      json: { a: [1, true, null] },
      bad: '{a',
      yes: true,
      null: undefined,
      userName: 'Al',
      userID: 9,
      apiURLPath: 'x',
    });
    expect(page.find('#title').data('userId')).toBe(9);
    expect(page.find('#two').data()).toEqual({});
  });

  it('leaves out the nodes for which a mapper throws, as k6 does', () => {
    const mapped = page.find('li').map((index) => {
      if (index === 1) throw new Error('not this one');
      return index;
    });
    expect(mapped).toEqual([0, 2, 3, 4]);
  });

  it.each<[string, () => unknown, string]>([
    ['each', () => page.each(5 as never), 'the argument to each() must be a function'],
    ['map', () => page.map(5 as never), 'the argument to map() must be a function'],
    [
      'is',
      () => page.is(5 as never),
      'the argument to is() must be a function, a selector or a selection',
    ],
    ['find', () => page.find(5 as never), 'invalid argument, cannot use 5 as a selector'],
  ])('%s() refuses other arguments', (_, work, message) => {
    expect(work).toThrow(message);
  });

  it('is found in a deep page and in a broad one', () => {
    const deep = parsePage('<div>'.repeat(5_000), '');
    expect(deep.find('div').size()).toBe(5_000);
    const broad = parsePage(`<ul>${'<li>x'.repeat(200_000)}</ul>`, '');
    expect(broad.text()).toHaveLength(200_000);
  });

  it('is logged with the URL of its page', () => {
    expect(JSON.stringify(page)).toBe('{"url":"http://shop.test/deep/page.html?from=here"}');
  });
});
