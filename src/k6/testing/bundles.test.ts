import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from '../../load/testing/files.ts';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runScript } from './run-script.ts';

let echo: TestServer;
beforeAll(async () => {
  echo = await serveEcho();
});
afterAll(() => echo.close());

/** A script in modules, as people write it before a bundler makes one file of it. */
const MODULES = {
  'main.js': `
    import { describe, expect } from './chai.js';
    import { visit } from './client.js';
    export const options = { vus: 2, iterations: 4 };
    export default function () {
      describe('the shop', () => {
        const page = visit('/page');
        expect(page.json('path')).to.equal('/page');
        describe('its basket', () => { expect(visit('/basket').status).to.equal(201); });
        console.log('after the basket');
      });
      console.log('after ' + visit('/last').json('path'));
    }`,
  'client.js': `
    import http from 'k6/http';
    export const visit = (path) => http.get(__ENV.BASE + path);`,
  // Shaped like k6chaijs: a callback in a group, expectations by getters, a failure that ends the callback alone.
  'chai.js': `
    import { check, group } from 'k6';
    class Expectation {
      constructor(value) { this.value = value; }
      get to() { return this; }
      equal(other) {
        if (!check(null, { ['is ' + other]: () => this.value === other })) throw new Error('it is ' + this.value);
      }
    }
    export const expect = (value) => new Expectation(value);
    export function describe(name, callback) {
      return group(name, () => { try { callback(); return true; } catch (error) { console.log(error.message); return false; } });
    }`,
};

/** The same script as webpack writes it: functions by number, exports by getters, a cache of modules. */
const WEBPACK = `(() => { "use strict"; var e = {
  10: (e, t, r) => { r.d(t, { visit: () => n }); var o = r(20), s = r.n(o); const n = (e) => s().get(__ENV.BASE + e); },
  20: (e) => { e.exports = require("k6/http"); },
  30: (e) => { e.exports = require("k6"); },
  40: (e, t, r) => { r.d(t, { describe: () => a, expect: () => i }); var o = r(30);
    class s { constructor(e) { this.value = e } get to() { return this }
      equal(e) { if (!(0, o.check)(null, { ["is " + e]: () => this.value === e })) throw new Error("it is " + this.value) } }
    const i = (e) => new s(e);
    function a(e, t) { return (0, o.group)(e, () => { try { return t(), !0 } catch (e) { return console.log(e.message), !1 } }) } } },
  t = {};
  function r(o) { var s = t[o]; if (void 0 !== s) return s.exports; var n = t[o] = { exports: {} }; return e[o](n, n.exports, r), n.exports }
  r.n = (e) => { var t = e && e.__esModule ? () => e.default : () => e; return r.d(t, { a: t }), t };
  r.d = (e, t) => { for (var o in t) r.o(t, o) && !r.o(e, o) && Object.defineProperty(e, o, { enumerable: !0, get: t[o] }) };
  r.o = (e, t) => Object.prototype.hasOwnProperty.call(e, t);
  r.r = (e) => { Object.defineProperty(e, "__esModule", { value: !0 }) };
  var o = {}; r.r(o); r.d(o, { default: () => i, options: () => a });
  var s = r(40), n = r(10); const a = { vus: 2, iterations: 4 };
  function i() {
    (0, s.describe)("the shop", () => {
      const e = (0, n.visit)("/page"); (0, s.expect)(e.json("path")).to.equal("/page");
      (0, s.describe)("its basket", () => { (0, s.expect)((0, n.visit)("/basket").status).to.equal(201) });
      console.log("after the basket") });
    console.log("after " + (0, n.visit)("/last").json("path")) }
  var c = exports; for (var u in o) c[u] = o[u]; o.__esModule && Object.defineProperty(c, "__esModule", { value: !0 }) })();`;

async function bundled(options: { format: 'cjs' | 'esm'; minify: boolean }) {
  const folder = writeFiles(MODULES);
  try {
    const { outputFiles } = await build({
      ...{ entryPoints: [folder.path('main.js')], bundle: true, write: false, target: 'es2020' },
      ...{ external: ['k6', 'k6/*'], ...options },
    });
    return outputFiles[0]?.text ?? '';
  } finally {
    folder.remove();
  }
}

describe('a bundle of a script in modules', () => {
  it.each([
    ['of esbuild, as CommonJS', () => bundled({ format: 'cjs', minify: false })],
    ['of esbuild, as CommonJS, minified', () => bundled({ format: 'cjs', minify: true })],
    ['of esbuild, as a module, minified', () => bundled({ format: 'esm', minify: true })],
    ['of webpack', async () => WEBPACK],
  ])('%s: every call waits, in callbacks of its library too', async (_, made) => {
    const { result, log } = await runScript(await made(), { env: { BASE: echo.origin } });
    const iteration = ['it is 200', 'after the basket', 'after /last'];
    expect(log.filter((line) => !line.includes('thread')).toSorted()).toEqual(
      Array.from({ length: 4 }, () => iteration)
        .flat()
        .toSorted(),
    );
    expect(result.exceptions.count).toBe(0);
    expect(result.metrics.checks?.values).toMatchObject({ passes: 4, fails: 4 });
    expect(result.metrics.http_reqs?.values.count).toBe(12);
  });
});
