import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { PAGE } from '../html/testing/page.ts';
import { runScript } from '../testing/run-script.ts';

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

describe('the page of a response', () => {
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
