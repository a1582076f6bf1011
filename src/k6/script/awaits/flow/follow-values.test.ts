import { describe, expect, it } from 'vitest';
import { parseSyntax } from '../syntax/parse.ts';
import { isBundlerHelper } from './bundler.ts';
import { followValues } from './follow-values.ts';
import type { Value } from './value.ts';

/** The things that each call of `probe(…)` may be given as its argument, by the names that the code calls them. */
function probed(code: string): string[] {
  const nodes = parseSyntax(code, isBundlerHelper);
  const { valuesOf } = followValues(nodes);
  return nodes.flatMap((node) =>
    node.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'probe'
      ? [[...valuesOf(node.arguments[0] as never)].map(nameOf).sort().join(' ')]
      : [],
  );
}

function nameOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (value.kind === 'function') return value.node.id?.name ?? 'function';
  if (value.kind === 'api') return `${value.module}.${value.member}`;
  return value.kind === 'module' ? value.name : value.kind;
}

describe('functions', () => {
  it.each([
    ['their names', 'function a() {} probe(a);', 'a'],
    ['variables', 'const x = function a() {}; let y; y = x; probe(y);', 'a'],
    ['either branch', 'function a() {} function b() {} probe(x ? a : b || null);', 'a b'],
    ['parameters', 'function a() {} function run(work) { probe(work); } run(a);', 'a'],
    ['defaults', 'function a() {} function run(work = a) { probe(work); } run();', 'a'],
    ['lists of arguments', 'function a() {} function run(...w) { probe(w[0]); } run(1, a);', 'a'],
    ['results', 'function a() {} const make = () => a; probe(make());', 'a'],
    ['properties', 'function a() {} const o = { a }; probe(o.a); probe(o["a"]);', 'a|a'],
    ['members chosen at run time', 'function a() {} const o = { x: a }; probe(o[name]);', 'a'],
    ['patterns', 'function a() {} const { x: [y] } = { x: [a] }; probe(y);', 'a'],
    ['elements', 'function a() {} const list = []; list.push(a); probe(list.pop());', 'a'],
    ['loops', 'function a() {} for (const each of [a]) probe(each);', 'a'],
    ['callbacks', 'function a() {} [a].forEach((each) => probe(each));', 'a'],
    [
      'call, apply and bind',
      'function a() {} probe(a.bind(null)); ((f) => probe(f)).call(0, a);',
      'a|a',
    ],
    ['classes', 'class A { run() {} } probe(new A().run);', 'function'],
    ['constructors', 'function a() {} class A { constructor(w) { probe(w); } } new A(a);', 'a'],
    ['promises', 'function a() {} async function f() { probe(await a); }', 'a'],
  ])('are followed through %s', (_, code, names) => {
    expect(probed(code).join('|')).toBe(names);
  });

  it('of one name in different scopes are different', () => {
    expect(
      probed('function f() { function a() {} probe(a); } { const a = function b() {}; probe(a); }'),
    ).toEqual(['a', 'b']);
  });
});

describe('modules', () => {
  it.each([
    ['require', 'probe(require("k6/http"));', 'k6/http'],
    [
      'the helper of esbuild',
      'var http = __toESM(require("k6/http")); probe(http.default.get);',
      'k6/http.get',
    ],
    ['patterns', 'const { sleep } = require("k6"); probe(sleep);', 'k6.sleep'],
    ['an unknown member', 'probe(require("k6/http")[verb]);', 'k6/http.request'],
    [
      'CommonJS files',
      'require_shop = __commonJS({ "shop.js"(e, module) { module.exports = require("k6"); } }); probe(require_shop());',
      'k6',
    ],
  ])('are found through %s', (_, code, names) => {
    expect(probed(code).join('|')).toBe(names);
  });

  it('answer with responses, which send further requests', () => {
    const code = `const http = require("k6/http"); const res = http.get("a"); probe(res);
      probe(res.clickLink); probe(res.clickLink());`;
    expect(probed(code)).toEqual(['response', 'response.clickLink', 'response']);
  });

  it('hand values to the tests of a check and results out of a group', () => {
    const code = `const { check, group } = require("k6"); function a() {}
      check(a, { ok: (given) => probe(given) }); probe(group("g", () => a));`;
    expect(probed(code)).toEqual(['a', 'a']);
  });
});

it('knows the functions that files export, and those in an object', () => {
  const nodes = parseSyntax(
    `var ns = {}; __export(ns, { buy: () => buy, default: () => main });
     function buy() {} function main() {} const tests = { a: buy, b: () => 1 }; tests;`,
    isBundlerHelper,
  );
  const flow = followValues(nodes);
  expect(new Set([...flow.exported].map(({ id }) => id?.name))).toEqual(new Set(['buy', 'main']));
  const last = nodes.findLast((node) => node.type === 'Identifier') as never;
  expect(flow.functionsIn(last).map(({ id }) => id?.name)).toEqual(['buy', undefined]);
});
