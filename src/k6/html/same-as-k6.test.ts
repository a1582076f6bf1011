import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from '../testing/run-script.ts';
import { PAGE } from './testing/page.ts';

/** Selectors that k6 reads, and some that it does not. */
const SELECTORS = [
  ...['#two', '.item', 'li.item.last', 'ul > li', 'ul li + li', 'ul li ~ li', 'li, ol', '*'],
  ...['[data-id]', 'a[href^="http"]', 'a[href$=".html"]', '[name="text"]', "[name='text']"],
  ...['[class~="first"]', '[lang|="en"]', '[class*="te"]', '[type!="square"]', '[value]'],
  ...['li:first-child', 'li:last-child', 'li:nth-child(2)', 'li:nth-child(odd)', 'p:only-child'],
  ...['li:nth-last-child(1)', 'li:nth-of-type(2n+1)', 'a:first-of-type', 'ul:not(.box)'],
  ...['div:has(p)', 'div:haschild(p)', 'li:contains("two")', 'li:contains(TWO)'],
  ...['li:containsOwn("more")', 'li:containsOwn("Two")', ':input', ':root', 'a:link'],
  ...['input:checked', 'option:checked', ':disabled', ':enabled', ':empty', ':lang(en) > head'],
  ...[
    'LI',
    'html body #em',
    'svg a',
    '[type="TEXT"]',
    '[type="text" i]',
    '[name=text]',
    'p::before',
  ],
  ...['', 'li[', '> li', 'li:nosuch', '#9', 'template p', 'noscript p', 'iframe b', '.dark'],
].map((selector) => `page.find(${JSON.stringify(selector)})`);

/** Method calls on a selection. */
const CALLS = [
  ...['add("#two")', 'add(page.find("p"))', 'children()', 'children(".item")', 'contents()'],
  ...['closest("div")', 'closest("li, ul")', 'closest(page.find("body"))', 'end()', 'eq(1)'],
  ...['eq(-1)', 'eq(99)', 'eq(99).end()', 'filter(".item")', 'filter(page.find("#two"))'],
  ...['filter((i) => i % 2)', 'filter((i, e) => e.text().length > 3)', 'find("*")', 'find("em")'],
  ...['find(page.find("em, i"))', 'first()', 'has("em")', 'has(page.find("i"))', 'last()'],
  ...['next()', 'next(".last")', 'nextAll()', 'nextAll(".item")', 'nextUntil()', 'nextUntil("")'],
  ...['nextUntil("#three")', 'nextUntil(page.find("#three"))', 'nextUntil("#three", ".item")'],
  ...['nextUntil(null, ".item")', 'not(".item")', 'not((i) => i === 0)', 'not(page.find("li"))'],
  ...['parent()', 'parent("ul")', 'parents()', 'parents("body, ul")', 'parentsUntil("body")'],
  ...['parentsUntil(page.find("body"))', 'parentsUntil("body", "div")', 'prev()', 'prev("li")'],
  ...['prevAll()', 'prevAll("#one")', 'prevUntil("#one")', 'prevUntil("#one", "li")'],
  ...[
    'siblings()',
    'siblings(".last")',
    'size()',
    'slice(0)',
    'slice(0, 99)',
    'text()',
    'html()',
    'val()',
    'attr("id")',
    'attr("no")',
  ],
  ...['attr("no", "or")', 'data()', 'data("id")', 'is("li")', 'is((i, e) => e.is("li"))'],
  ...['is(page.find("#two"))', 'index()', 'index("li")', 'index(page.find("#two"))', 'get()'],
  ...['get(0)', 'get(1)', 'get(-1)', 'get(99)', 'toArray()', 'url', 'map((i, e) => i + e.text())'],
  ...['map((i, e) => { if (i === 1) throw new Error("x"); return e; })', 'serialize()'],
  ...[
    'serializeArray()',
    'serializeObject()',
    'each(() => {})',
    'each((i, e) => seen.push(e.id()))',
  ],
  ...['each(5)', 'map(5)', 'find(5)', 'filter(5)', 'is(5)', 'not(5)', 'toArray().length'],
];
const FROM = ['li', '#two', '#em', '.box', '#form', '#nothing', 'input', '#multi', 'html', 'b, i'];

const QUESTIONS = [
  ...SELECTORS,
  ...FROM.flatMap((from) => CALLS.map((call) => `page.find('${from}').${call}`)),
  'page',
  ...CALLS.filter((call) => !call.startsWith('siblings')).map((call) => `page.${call}`),
  // k6 itself panics for a slice of too few nodes, and for the siblings of the document.
  ...['1', '1, 2', '-2', '0, -1', '2, -2'].map((range) => `page.find("li").slice(${range})`),
  'page.html()',
  'page.contents().first().get(0).nodeType()',
  'page.find("#text, select, textarea, button, #hidden").map((_, field) => field.val())',
  'page.find("h1, li, a, option").map((_, each) => each.attr("data-id", 0))',
  ...['userName', 'userId', 'userID', 'user-id', 'apiUrlPath', 'apiURLPath', 'underScore'].map(
    (name) => `page.find("h1").data(${JSON.stringify(name)})`,
  ),
  ...['json', 'bad', 'list', 'big', 'half', 'float', 'exp', 'neg', 'hex', 'inf', 'empty'].map(
    (name) => `page.find("h1").data(${JSON.stringify(name)})`,
  ),
  ...['form', '#form', '#get-form', 'form, input', '#outside', '#fieldset', 'select'].flatMap(
    (form) =>
      ['serialize', 'serializeArray', 'serializeObject'].map(
        (method) => `page.find("${form}").${method}()`,
      ),
  ),
  'page.find("keygen, #text, #multi").serialize()',
  'parseHTML("")',
  'parseHTML("").html()',
  'parseHTML("<p>a<p>b").find("p").text()',
  'parseHTML("<td>cell</td>").html()',
  'parseHTML("<a href=x/../y>").find("a").get(0).href()',
  'parseHTML("<a href=/x?q#h>").find("a").get(0).pathname()',
  'parseHTML("<a href=http://h:80/x>").find("a").get(0).host()',
  'parseHTML("<!-- a --><!DOCTYPE html PUBLIC \\"-//W3C//DTD HTML 4.01//EN\\" \\"http://x/y\\"><p>").html()',
  'parseHTML("<pre>\\n\\nx</pre><textarea>\\n\\ny</textarea>").html()',
  'parseHTML("<svg><use xlink:href=b></use></svg>").find("use").get(0).getAttributeNode("href").prefix()',
  'parseHTML("<svg xlink:href=a><a xlink:href=b>t</a></svg>").html()',
  'parseHTML("\\ufeff<p>a&nbsp;b&copy;&#x27;&bogus;\\r\\n\\r\\u0000c</p>").html()',
  'res.html().size()',
  'res.html("li").size()',
  'res.html("nothing").size()',
  'res.html("li").first().html()',
  ...['one', 'em', 'link', 'form', 'title'].flatMap((id) =>
    [
      ...['getAttribute("class")', 'getAttribute("no")', 'getAttributeNode("no")'],
      ...['getAttributeNode("id").name', 'getAttributeNode("id").value'],
      ...['getAttributeNode("id").localName()', 'getAttributeNode("id").prefix()'],
      ...['getAttributeNode("id").namespaceURI()', 'getAttributeNode("id").owner_element'],
      ...['hasAttribute("class")', 'hasAttribute("no")', 'getElementsByClassName("item")'],
      ...['getElementsByTagName("i")', 'querySelector("#nothing")', 'querySelector("i, b")'],
      ...['querySelectorAll("input")', 'matches("li")', 'matches("[")', 'contains(5)'],
      ...['isSameNode(5)', 'isEqualNode(5)', 'selection()', 'Object.keys(attributes()).sort()'],
    ].map((call) =>
      call.startsWith('Object')
        ? `Object.keys(page.find("#${id}").get(0).attributes()).sort()`
        : `page.find("#${id}").get(0).${call}`,
    ),
  ),
  'page.find("#para").get(0).contains(page.find("i").get(0))',
  'page.find("i").get(0).contains(page.find("#para").get(0))',
  'page.find("i").get(0).contains(page.find("i").get(0))',
  'page.find("i").get(0).isSameNode(page.find("#link").contents().get(1))',
  'page.find("i").get(0).isEqualNode(parseHTML("<b>link</b>").find("b").get(0))',
  'page.find("#para, i").index(page.find("i").get(0))',
  'page.find("body").find(page.find("i").get(0))',
  'page.find("#para").contents().get().map((node) => [node.nodeName(), node.nodeType(), node.nodeValue(), String(node)])',
  'page.contents().get().map((node) => [node.nodeName(), node.nodeType(), node.nodeValue(), String(node), node.parentNode()])',
  'JSON.stringify(page)',
  'String(page.find("#link").get(0))',
];

/** Methods that are called on every element of the page that has them, except those for which k6 itself panics. */
const ELEMENT_METHODS = [
  ...['id', 'nodeName', 'nodeType', 'nodeValue', 'innerHTML', 'textContent', 'hasAttributes'],
  ...['toString', 'className', 'classList', 'lang', 'ownerDocument', 'namespaceURI', 'parentNode'],
  ...['isDefaultNamespace', 'parentElement', 'childNodes', 'children', 'childElementCount'],
  ...['hasChildNodes', 'firstElementChild', 'lastElementChild', 'previousElementSibling'],
  ...['nextElementSibling', 'accessKey', 'download', 'hash', 'host', 'hostname', 'href'],
  ...['hrefLang', 'origin', 'password', 'pathname', 'port', 'protocol', 'referrerPolicy', 'rel'],
  ...['relList', 'search', 'target', 'text', 'type', 'username', 'autoplay', 'controls'],
  ...['crossOrigin', 'currentSrc', 'defaultMuted', 'loop', 'mediaGroup', 'muted', 'preload'],
  ...['src', 'textTracks', 'autofocus', 'disabled', 'form', 'formAction', 'formEnctype'],
  ...['formMethod', 'formNoValidate', 'formTarget', 'labels', 'name', 'tabIndex', 'value'],
  ...['height', 'width', 'options', 'cite', 'datetime', 'elements', 'validity', 'acceptCharset'],
  ...['action', 'autocomplete', 'encoding', 'enctype', 'length', 'method', 'noValidate'],
  ...['allowfullscreen', 'alt', 'isMap', 'sizes', 'srcset', 'useMap', 'accept', 'checked'],
  ...['defaultChecked', 'defaultValue', 'dirName', 'list', 'max', 'maxLength', 'min', 'multiple'],
  ...['pattern', 'placeholder', 'readonly', 'required', 'size', 'step', 'challenge', 'keytype'],
  ...['control', 'htmlFor', 'hreflang', 'media', 'areas', 'images', 'content', 'httpEquiv'],
  ...['high', 'low', 'optimum', 'data', 'typeMustMatch', 'reversed', 'start', 'label', 'index'],
  ...['defaultSelected', 'selected', 'position', 'async', 'charset', 'defer', 'noModule'],
  ...['selectedIndex', 'selectedOptions', 'keySystem', 'caption', 'rows', 'sortable', 'tBodies'],
  ...['tFoot', 'tHead', 'cellIndex', 'colSpan', 'headers', 'rowSpan', 'abbr', 'scope', 'sorted'],
  ...['span', 'cells', 'rowIndex', 'sectionRowIndex', 'autocapitalize', 'cols', 'readOnly'],
  ...['wrap', 'default', 'kind', 'srclang'],
];

/** Links to click and forms to submit: the server echoes the requests, and errors are compared by their texts. */
const FOLLOWING = [
  ...['#no-href', '#missing', '#empty', '#hash', '#query', '#up', '#dots', 'ul', 'a[', '#css'],
  ...['#area, #hash', '#area'],
].map((selector) => `clickLink({ selector: '${selector}' })`);
const SUBMITTING = [
  'submitForm()',
  'submitForm({ formSelector: "#form" })',
  'submitForm({ formSelector: "#form", submitSelector: "#submit-2" })',
  'submitForm({ formSelector: "#form", fields: { text: "new", extra: "é &+" } })',
  'submitForm({ formSelector: "#form", fields: { csrf: "", number: 7 }, params: { headers: { "x-tag": "t" } } })',
  'submitForm({ formSelector: "#get-form" })',
  'submitForm({ formSelector: "#get-form", submitSelector: "#get-submit", fields: { q: ["a", "b"] } })',
  'submitForm({ formSelector: "#form-3", submitSelector: "nothing" })',
  'submitForm({ formSelector: "ul" })',
  'submitForm({ formSelector: "#nothing" })',
];

const SCRIPT = `
import http from 'k6/http';
import { parseHTML } from 'k6/html';
const shown = (value) => {
  if (value === undefined) return 'undefined';
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value.toArray === 'function') return ['Selection', ...value.toArray().map((each) => shown(each.get(0)))];
  if (typeof value.nodeName === 'function') return '<' + value.nodeName() + '#' + value.id() + '>';
  return Object.keys(value).sort().map((key) => [key, shown(value[key])]);
};
const log = (name, value) => console.log(JSON.stringify([name, value]));
export default function () {
  const res = http.get(__ENV.BASE + '/shop/page.html?from=here');
  const page = res.html();
  const seen = [];
  const ask = (name, question) => {
    let answer;
    try { answer = shown(question()); } catch (error) { answer = 'throws'; }
    log(name, answer);
  };
${[...QUESTIONS, 'seen'].map((question) => `  ask(${JSON.stringify(question)}, () => ${question});`).join('\n')}
  const methods = ${JSON.stringify(ELEMENT_METHODS)};
  page.find('*').each((index, element) => {
    const answers = methods.filter((name) => typeof element[name] === 'function').map((name) => [name, shown(element[name]())]);
    for (const name of ['firstChild', 'lastChild']) if (element.hasChildNodes()) answers.push([name, shown(element[name]())]);
    log(index + ' ' + shown(element), answers);
  });
  const follow = (name, ask) => {
    let answer;
    try { const next = ask(); answer = [next.status, next.body]; } catch (error) { answer = error.message; }
    log(name, answer);
  };
${[...FOLLOWING, ...SUBMITTING].map((call) => `  follow(${JSON.stringify(call)}, () => res.${call});`).join('\n')}
}
`;

let server: TestServer;
beforeAll(async () => {
  server = await serve(async (request, response) => {
    const { method, url, headers } = request;
    const body = await text(request);
    const { 'content-type': type, 'x-tag': tag } = headers;
    const isPage = url?.startsWith('/shop/page.html?from');
    response.end(isPage ? PAGE : JSON.stringify({ method, url, body, type, tag }));
  });
});
afterAll(() => server.close());

describeWithK6('HTML, beside k6', () => {
  it('every question has the same answer', async () => {
    const { result, log } = await runScript(SCRIPT, { env: { BASE: server.origin } });
    expect(result.exceptions).toEqual({ count: 0, first: [] });
    const answers = (lines: string[]) => Object.fromEntries(lines.map((line) => JSON.parse(line)));
    const k6 = await runInK6(SCRIPT, { env: { BASE: server.origin } });
    expect(answers(log)).toEqual(answers(k6.log));
  });
});
