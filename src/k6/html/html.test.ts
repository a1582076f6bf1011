import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/harness.ts';
import { runScript } from '../testing/run-script.ts';
import { parsePage } from './page.ts';
import { PAGE } from './testing/page.ts';

const page = parsePage(PAGE, 'http://shop.test/deep/page.html?from=here');
const ids = (selector: string) => page.find(selector).map((_, each) => each.attr('id'));
const element = (id: string) => {
  const [found] = page.find(`#${id}`).get() as unknown as Record<string, () => unknown>[];
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
};

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

describe('forms', () => {
  it('are serialized by k6’s rules: only checked="checked" is checked, only disabled="disabled" disabled', () => {
    expect(page.find('#form').serializeObject()).toEqual({
      ...{ text: 'a b&c', bare: '', checked: 'on', radio: '2', csrf: "t*k~n(1)!'", number: '3' },
      ...{ off2: 'y', odd: '', twice: 'second', select: 'Sec &amp; ond', none: '' },
      area: 'Some &lt;b&gt;text&lt;/b&gt; &amp; more',
    });
    expect(page.find('#multi').serializeArray()).toEqual([{ name: 'multi', value: ['a', 'B'] }]);
    expect(page.find('#multi, #hidden').serialize()).toBe(
      'csrf=t%2Ak~n%281%29%21%27&multi=a&multi=B',
    );
  });
});

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

let server: TestServer;
beforeAll(async () => {
  server = await serve(async (request, response) => {
    const { method, url } = request;
    const body = await text(request);
    response.writeHead(200, { 'content-type': 'text/html' });
    if (url === '/shop/page.html') response.end(PAGE);
    else response.end(`<h1>${method} ${url}</h1><pre>${body}</pre><a href="end">end</a>`);
  });
});
afterAll(() => server.close());

/** The log and the errors of a script whose iteration is `body`. */
async function logged(body: string, options = ''): Promise<{ log: string[]; errors: string[] }> {
  const { result, log } = await runScript(
    `import http from 'k6/http';
     export const options = { ${options} };
     const heading = (res) => res.html('h1').text();
     function open(res, selector) { return res.clickLink({ selector }); }
     export default function () {
       const res = http.get(__ENV.BASE + '/shop/page.html');
       ${body}
     }`,
    { env: { BASE: server.origin } },
  );
  return { log, errors: result.exceptions.first };
}

describe('a response', () => {
  it('clicks its links and submits its forms without await, in functions and callbacks', async () => {
    const { log, errors } = await logged(`
      console.log(heading(res.clickLink()));
      console.log(heading(open(open(res, '#up'), 'a')));
      let page = res;
      page = page.submitForm({ formSelector: '#get-form', fields: { q: 'a b' } });
      console.log(heading(page));
      console.log(page.submitForm ? ['#dots', '#query'].map((link) => heading(res.clickLink({ selector: link }))).join() : '');
      const titles = [];
      res.html('#dots, #up').each((index, link) => { titles.push(heading(http.get(link.href()))); });
      console.log(titles.join());
      console.log(res.html('#dots, #up').map((index, link) => heading(http.get(link.get(0).href()))).join());
      console.log(res.html('#dots, #up').filter((index, link) => heading(http.get(link.get(0).href())) === 'GET /up').attr('id'));
    `);
    expect(errors).toEqual([]);
    expect(log).toEqual([
      'GET /shop/next.html?x=1&y=two%20words',
      'GET /end',
      'GET /shop/search?q=a+b',
      'GET /shop/a/c/,GET /shop/page.html?page=2',
      'GET /up,GET /shop/a/c/',
      'GET /up,GET /shop/a/c/',
      'up',
    ]);
  });

  it('may be awaited, which changes nothing', async () => {
    const { log, errors } = await logged(`
      const visit = async () => heading(await (await res.clickLink({ selector: '#up' })).clickLink());
      return visit().then((title) => console.log(title));
    `);
    expect({ log, errors }).toEqual({ log: ['GET /end'], errors: [] });
  });

  it('posts a form with its button and the script’s own fields over the page’s', async () => {
    const { log } = await logged(`
      const { status, body } = res.submitForm({
        formSelector: '#form', submitSelector: '#submit-2', fields: { text: 'new', list: [1, 2] },
      });
      console.log(status + ' ' + body);
    `);
    expect(log).toEqual([
      '200 <h1>POST /submit?old=1</h1><pre>area=Some+%26lt%3Bb%26gt%3Btext%26lt%3B%2Fb%26gt%3B+%26amp%3B+more&bare=&checked=on&csrf=t%2Ak~n%281%29%21%27&do=later&list=1&list=2&none=&number=3&odd=&off2=y&radio=2&select=Sec+%26amp%3B+ond&text=new&twice=second</pre><a href="end">end</a>',
    ]);
  });

  it.each([
    [
      `res.clickLink({ selector: '#nothing' })`,
      `no element found for selector '#nothing' in response 'BASE/shop/page.html'`,
    ],
    [
      `res.clickLink({ selector: 'ul' })`,
      `no valid href attribute value found on element 'ul' in response 'BASE/shop/page.html'`,
    ],
    [
      `res.clickLink({ selector: '#broken' })`,
      `"/100%" in response 'BASE/shop/page.html' is not a URL`,
    ],
    [
      `res.submitForm({ formSelector: '#nothing' })`,
      `no form found for selector '#nothing' in response 'BASE/shop/page.html'`,
    ],
    [
      `http.get(__ENV.BASE, { responseType: 'none' }).html()`,
      `the body is null so we can't transform it to HTML - this likely was because of a request error getting the response`,
    ],
    [
      `Reflect.apply(http.get, null, [__ENV.BASE]).clickLink()`,
      `.clickLink was read of a response that is still on its way: put "await" before the http call (const response = await http.get(…)); k6 runs the same line`,
    ],
  ])('%s fails with the reason', async (body, message) => {
    const { errors } = await logged(body);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message.replace('BASE', server.origin));
  });

  it('reads a binary body as HTML too', async () => {
    const { log } = await logged(
      `console.log(http.get(__ENV.BASE + '/x', { responseType: 'binary' }).html('h1').text());`,
    );
    expect(log).toEqual(['GET /x']);
  });
});
