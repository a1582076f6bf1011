import { describe, expect, it } from 'vitest';
import { addAwaits } from './add-awaits.ts';

const IMPORTS = `
var import_http = __toESM(require("k6/http"));
var import_k6 = require("k6");
var import_execution = __toESM(require("k6/execution"));
`;

const SUPPORTED = {
  'k6/http': new Set(['get', 'post', 'asyncRequest', 'request', 'batch']),
  'k6/execution': new Set(['test']),
};

/** The text of a bundle after its imports, with awaits. */
function awaited(body: string): string {
  const result = addAwaits(IMPORTS + body, SUPPORTED);
  expect(result.problems).toEqual([]);
  expect(result.code.split('\n')).toHaveLength((IMPORTS + body).split('\n').length);
  return result.code.slice(IMPORTS.length);
}

function problems(body: string): string[] {
  const lines = IMPORTS.split('\n').length - 1;
  return addAwaits(IMPORTS + body, SUPPORTED).problems.map(
    ({ line, message }) => `${line - lines}: ${message}`,
  );
}

/** The line of the first obstacle, and its reason; undefined for a script that can be followed. */
function obstacle(body: string): string | undefined {
  const lines = IMPORTS.split('\n').length - 1;
  const found = addAwaits(IMPORTS + body, SUPPORTED).obstacle;
  return found && `${found.line - lines}: ${found.message}`;
}

describe('scripts without await', () => {
  it('the calls that block in k6 are awaited where they stand', () => {
    expect(
      awaited(`function main() {
  const status = import_http.default.get("a").json("b").length;
  (0, import_k6.sleep)(1);
  (0, import_k6.check)(import_http.default.post("c"), { ok: (r) => r.status === 200 });
}`),
    ).toBe(`async function main() {
  const status = (await import_http.default.get("a")).json("b").length;
  (await (0, import_k6.sleep)(1));
  (0, import_k6.check)((await import_http.default.post("c")), { ok: (r) => r.status === 200 });
}`);
  });

  it('functions that call them, and functions that call those, however they are written', () => {
    expect(
      awaited(`var get = (url) => import_http.default.get(url);
var shop = { buy() { return get("a"); }, look: function() { return 1; } };
class Buyer { static all() { return shop.buy(); } run = () => Buyer.all(); }
var main = () => new Buyer().run();
var idle = () => shop.look();`),
    ).toBe(`var get = async (url) => (await import_http.default.get(url));
var shop = { async buy() { return (await get("a")); }, look: function() { return 1; } };
class Buyer { static async all() { return (await shop.buy()); } run = async () => (await Buyer.all()); }
var main = async () => (await new Buyer().run());
var idle = () => shop.look();`);
  });

  it('modules and functions are followed through variables, parameters, properties and results', () => {
    expect(
      awaited(`class Client { constructor(http) { this.http = http; } load() { return this.http.get("a"); } }
function retry(work) { return work(); }
function pick() { return handlers[__ITER % 2]; }
var handlers = [() => 1, () => retry(() => new Client(import_http.default).load())];
function main() { const { post: send } = import_http.default; send("b"); pick()(); handlers.one?.call(null); }`),
    ).toBe(`class Client { constructor(http) { this.http = http; } async load() { return (await this.http.get("a")); } }
async function retry(work) { return (await work()); }
function pick() { return handlers[__ITER % 2]; }
var handlers = [() => 1, async () => (await retry(async () => (await new Client(import_http.default).load())))];
async function main() { const { post: send } = import_http.default; (await send("b")); (await pick()()); handlers.one?.call(null); }`);
  });

  it('functions that are called where they are written', () => {
    expect(awaited('function main() { !function() { import_http.default.get("a"); }(); }')).toBe(
      'async function main() { !(await async function() { (await import_http.default.get("a")); }()); }',
    );
  });

  it('a method chosen at run time', () => {
    expect(awaited('function main(verb) { import_http.default[verb]("a"); }')).toBe(
      'async function main(verb) { (await import_http.default[verb]("a")); }',
    );
  });

  it('groups and checks wait when what they are given waits', () => {
    expect(
      awaited(`function main() {
  (0, import_k6.group)("a", function() { import_http.default.get("b"); });
  (0, import_k6.group)("c", () => 1);
  return (0, import_k6.check)(1, { ok: () => import_http.default.get("d").status === 200 });
}`),
    ).toBe(`async function main() {
  (await (0, import_k6.group)("a", async function() { (await import_http.default.get("b")); }));
  (0, import_k6.group)("c", () => 1);
  return (await (0, import_k6.check)(1, { ok: async () => (await import_http.default.get("d")).status === 200 }));
}`);
  });

  it('links that are clicked and forms that are submitted, of any object', () => {
    expect(
      awaited(`function open(page) { return page.clickLink({ selector: "a" }); }
function main(lost) {
  let res = import_http.default.get("a");
  res = open(res).submitForm();
  (0, import_k6.check)(res, { ok: (r) => r.clickLink().status === 200 });
  const [first] = import_http.default.batch(["a"]);
  lost.submitForm();
  return first.clickLink().html("title").text();
}`),
    ).toBe(`async function open(page) { return (await page.clickLink({ selector: "a" })); }
async function main(lost) {
  let res = (await import_http.default.get("a"));
  res = (await (await open(res)).submitForm());
  (await (0, import_k6.check)(res, { ok: async (r) => (await r.clickLink()).status === 200 }));
  const [first] = (await import_http.default.batch(["a"]));
  (await lost.submitForm());
  return (await first.clickLink()).html("title").text();
}`);
  });

  it('callbacks of selections', () => {
    expect(
      awaited(`function main(page) {
  page.find("a").each((index, link) => { import_http.default.get(link.href()); });
  page.find("b").each((index, each) => console.log(each.id()));
}`),
    ).toBe(`async function main(page) {
  (await __inTurn(page.find("a"), "each", async (index, link) => { (await import_http.default.get(link.href())); }));
  page.find("b").each((index, each) => console.log(each.id()));
}`);
  });

  it('callbacks of arrays are called one after another', () => {
    expect(
      awaited(`function urls() { return import_http.default.get("list").json(); }
function main() {
  urls().forEach((url) => import_http.default.get(url));
  const odd = [1, 2].filter((n) => n % 2).map((n) => n + 1);
  return Array.from({ length: 2 }, () => import_http.default.get("a")).length;
}`),
    ).toBe(`async function urls() { return (await import_http.default.get("list")).json(); }
async function main() {
  (await __inTurn((await urls()), "forEach", async (url) => (await import_http.default.get(url))));
  const odd = [1, 2].filter((n) => n % 2).map((n) => n + 1);
  return (await __inTurn(Array, "from", { length: 2 }, async () => (await import_http.default.get("a")))).length;
}`);
  });

  it('wrappers of libraries, which run in init code alone, are left alone', () => {
    const library = `(function(root, factory) { root.shop = factory(); })(globalThis, function() {
  var parts = { 1: (module) => { module.exports = { get: (url) => url, all: [1].map((n) => need(2)) }; }, 2: () => {} };
  function need(id) { var module = {}; parts[id](module); return module.exports.get("a"); }
  return need(1);
});
`;
    expect(
      awaited(`${library}var client = { get(url) { return import_http.default.get(url); } };
function main() { client.get("a"); }`),
    ).toBe(`${library}var client = { async get(url) { return (await import_http.default.get(url)); } };
async function main() { (await client.get("a")); }`);
  });

  it('an exported function waits, even if init code calls it as well', () => {
    expect(
      awaited(`__export(script_exports, { login: () => login });
function login() { if (__VU) import_http.default.get("a"); }
[1].forEach(login);`),
    ).toContain('async function login()');
  });

  it('CommonJS files are followed too', () => {
    expect(
      awaited(`var require_cj = __commonJS({
  "cj.js"(exports, module) {
    var http = require("k6/http");
    exports.load = () => http.get("a");
  }
});
var cj = require_cj();
function main() { cj.load(); }`),
    ).toContain('exports.load = async () => (await http.get("a"));');
  });
});

describe('scripts with await', () => {
  it.each([
    ['awaited calls', 'async function main() { await import_http.default.get("a"); }'],
    [
      'links clicked and forms submitted with await',
      'async function main(res) { res = await res.clickLink(); await (await res.submitForm()).clickLink(); }',
    ],
    [
      'what the author made async, and holds as a promise',
      'async function ask() { return await import_http.default.get("a"); }\nasync function main() { await Promise.all([ask(), ask()]); }',
    ],
    [
      'calls handed to Promise.all or then()',
      'async function main() { await Promise.all([import_http.default.get("a")]); import_http.default.get("b").then(done); }',
    ],
    [
      'asyncRequest',
      'function main() { import_http.default.asyncRequest("GET", "a").then(done); }',
    ],
    ['methods of the same name elsewhere', 'function main(map) { return map.get("a"); }'],
    [
      'a variable that hides the module',
      'function main(import_http) { import_http.default.get("a"); }',
    ],
  ])('%s stay as they are', (_, body) => {
    expect(awaited(body)).toBe(body);
  });

  it('a call the author forgot is awaited', () => {
    expect(awaited('async function main() { return import_http.default.get("a").status; }')).toBe(
      'async function main() { return (await import_http.default.get("a")).status; }',
    );
  });
});

describe('where nothing can wait', () => {
  it.each([
    [
      'class A {\n  constructor() { this.token = import_http.default.get("a"); }\n}',
      '2: a constructor cannot be made to wait for http.get()',
    ],
    [
      'var shop = { get stock() { return load(); } };\nfunction load() { return import_http.default.get("a"); }',
      '1: a getter or setter cannot be made to wait for load()',
    ],
    [
      'function* pages() {\n\n  yield import_http.default.get("a");\n}',
      '3: a generator cannot be made to wait for http.get()',
    ],
    [
      'function main(list) { list.sort((a, b) => import_http.default.get(a).status); }',
      '1: the callback of .sort() cannot be made to wait for http.get()',
    ],
    [
      'function main(answer = import_http.default.get("a")) {}',
      '1: a default value or a field of a class cannot be made to wait for http.get()',
    ],
  ])('%s: is an obstacle', (body, message) => {
    expect(obstacle(body)).toBe(message);
    expect(problems(body)).toEqual([]);
  });

  it('init code that may send requests: only a run can tell', () => {
    const body =
      'function load() { return import_http.default.get("a"); }\nvar data = load();\nfunction main() { load(); }';
    expect(obstacle(body)).toBe('2: init code cannot wait for load()');
    expect(problems(body)).toEqual([]);
  });
});

const GET = 'import_http.default.get("a")';
/** A request from a function that is in a property, so that any unknown method might be it. */
const MANY = `({ look: () => ${GET} }).look()`;

describe('a script is followed', () => {
  it.each([
    ['straight on', `function main() { ${GET}; (0, import_k6.sleep)(1); }`],
    [
      'through callbacks of arrays and groups',
      `function main(list) { list.forEach((x) => ${GET}); (0, import_k6.group)("g", () => ${GET}); }`,
    ],
    [
      'through classes, tables and helpers',
      `class Shop { buy() { return ${GET}; } }
var steps = { buy: () => new Shop().buy(), look: () => ${GET} };
function retry(work) { return work(); }
function main(name) { retry(() => steps[name]()); }`,
    ],
    [
      'where each promise is awaited at once',
      `async function ask() { return await ${GET}; } async function main() { await ask(); }`,
    ],
    [
      'where one asyncRequest is awaited',
      `async function main() { ${GET}; await import_http.default.asyncRequest("GET", "a"); }`,
    ],
    [
      'beside what k6 has below its modules, by its full name or by another one',
      `var { test: running } = import_execution.default;
async function main() {
  ${MANY};
  await import_http.default.asyncRequest("GET", "a");
  import_execution.default.test.abort("enough");
  import_execution.test.fail("so");
  running.abort();
  await crypto.subtle.importKey("raw", key);
}`,
    ],
    [
      'beside the elements of a page, views of bytes and forms',
      `function main(page, view, form) {
  ${MANY};
  page.find("a").get(0).getAttribute("href");
  view.getFloat64(0);
  form.append("a", 1);
}`,
    ],
    [
      'where promises are beside nothing that blocks',
      `function main() { Promise.all([import_http.default.asyncRequest("GET", "a")]); }`,
    ],
    [
      'beside a library that is given no callback',
      `function main() { ${GET}; shop.sum([1, 2].map((x) => x + 1)); }`,
    ],
  ])('%s', (_, body) => {
    expect(obstacle(body)).toBeUndefined();
  });
});

describe('a script is not followed', () => {
  it.each([
    ['a timer', `function main() { setTimeout(tick, 1); ${GET}; }`, /^1: setTimeout lets/],
    ['a promise', `function main() { new Promise(go); ${GET}; }`, /^1: Promise lets/],
    ['a reaction', `function main(x) { x.then(go); ${GET}; }`, /^1: .then\(\) lets/],
    [
      'an async function that nobody awaits',
      `async function ask() { await ${GET}; }\nfunction main() { ask(); }`,
      /^2: the promise of an async/,
    ],
    [
      'an async callback',
      `function main(list) { list.forEach(async (x) => { await ${GET}; }); }`,
      /^1: an async function is handed over/,
    ],
    [
      'asyncRequest that nobody awaits',
      `function main() { import_http.default.asyncRequest("GET", "a"); ${GET}; }`,
      /^1: the promise of asyncRequest/,
    ],
    [
      'for await',
      `async function main(all) { for await (const x of all) ${GET}; }`,
      /^1: "for await"/,
    ],
    [
      'a callback handed to something unknown',
      `function main() { lib.describe("a", () => ${GET}); }`,
      /^1: a function that sends requests is handed to .describe/,
    ],
    [
      'a method that may be any, beside one of k6',
      `function main(lib) { ${MANY}; import_execution.default.test.abort(); lib.quit(); }`,
      /^1: it cannot be told which function .quit/,
    ],
    [
      'a callback handed to what k6 has below its modules',
      `function main() { import_execution.default.test.abort(() => ${GET}); }`,
      /^1: a function that sends requests is handed to .abort/,
    ],
    [
      'a module handed to something unknown',
      `function main() { ${GET}; wrap(import_http.default); }`,
      /^1: it cannot be told which function/,
    ],
    [
      'a member made by defineProperty',
      `function describe(fn) { fn(); }\nObject.defineProperty(exports, "describe", { get: () => describe });\nfunction main() { ${GET}; }`,
      /^2: defineProperty/,
    ],
    [
      'a name that is made at run time',
      `function main(name) { tools[name] = () => ${GET}; tools.buy(); }`,
      /^1: a function that sends requests gets a name/,
    ],
    [
      'a called name that is made at run time',
      `class A { buy() { ${GET}; } }\nfunction main(a, name) { a[name](); }`,
      /^2: the name of the called function/,
    ],
    [
      'a constructor function',
      `function Client() { ${GET}; }\nfunction main() { new Client(); }`,
      /^2: "new" cannot wait/,
    ],
    [
      'arguments',
      `function run() { return arguments[0](); }\nfunction main() { run(() => ${GET}); }`,
      /^1: it cannot be told which function/,
    ],
    [
      'a getter that returns a function',
      `var a = { get buy() { return () => ${GET}; } };\nfunction main() { a.buy(); }`,
      /^1: a getter returns/,
    ],
    [
      'toString',
      `var a = { toString() { return ${GET}.body; } };\nfunction main() { return "" + a; }`,
      /^1: toString\(\) is called/,
    ],
    ['eval', `function main() { ${GET}; eval("1"); }`, /^1: eval can reach/],
    [
      'a proxy',
      `function main() { new Proxy({}, { get: () => ${GET} }); }`,
      /^1: a function that sends requests is handed to new/,
    ],
    [
      'a thrown function',
      `function main() { throw () => ${GET}; }`,
      /^1: a function that sends requests is thrown/,
    ],
    [
      'a template text',
      `function tag() { ${GET}; }\nfunction main() { tag\`a\`; }`,
      /^2: the function of a template text/,
    ],
    [
      'a function that defines members, under another name',
      `function m() { return ${GET}; }\nvar l = Object.defineProperty;\nvar a = {};\nl(a, "open", { get: () => m });\nfunction main(list) { list.map((x) => a.open(x)); }`,
      /^2: defineProperty is handed on/,
    ],
    [
      'a described member',
      `class Shop { buy() { return ${GET}; } }\nvar own = Object.getOwnPropertyDescriptor(Shop.prototype, "buy");\nfunction main() { own.value(); }`,
      /^2: getOwnPropertyDescriptor reaches/,
    ],
    [
      'a group that is called by .call()',
      `function main() { import_k6.group.call(null, "g", () => ${GET}); }`,
      /^1: a group or check that is called by/,
    ],
    [
      'a call of an unknown function by .apply()',
      `var tools = { buy: () => ${GET} };\nfunction main(f) { f.apply(null, []); }`,
      /^2: it cannot be told which function/,
    ],
    [
      'a name of a module that is made at run time',
      `function main(name) { require(name); ${GET}; }`,
      /^1: the name of the required module/,
    ],
  ])('because of %s', (_, body, reason) => {
    expect(obstacle(body)).toMatch(reason);
  });

  it('unless it is written for this engine, and waits itself: then it says what runs side by side', () => {
    const body = `async function ask() { return await ${GET}; }
async function main() { await Promise.all([ask(), ask()]); }`;
    expect(obstacle(body)).toMatch(/^2: Promise lets/);
    expect(obstacle(`__export(exports, { sale: () => sale });\n${body}`)).toBeUndefined();
    expect(obstacle(`require("flashsale");\n${body}`)).toBeUndefined();
    expect(
      obstacle(`require("flashsale");\n${body} function late() { setTimeout(() => ${GET}); }`),
    ).toMatch(/^3: Promise lets/);
  });
});

it('k6’s own functions are waited for as callbacks', () => {
  expect(awaited('function main(list) { list.forEach(import_k6.sleep); }')).toBe(
    'async function main(list) { (await __inTurn(list, "forEach", import_k6.sleep)); }',
  );
});

it('a method of a response is waited for whose name is made at run time', () => {
  expect(awaited(`function main(name) { return ${GET}[name]({}); }`)).toBe(
    'async function main(name) { return (await (await import_http.default.get("a"))[name]({})); }',
  );
});

it('brackets around an object stay', () => {
  expect(awaited(`function main() { (new Map([])).forEach((x) => ${GET}); }`)).toBe(
    `async function main() { (await __inTurn((new Map([])), "forEach", async (x) => (await ${GET}))); }`,
  );
});

it('positions lead back to the text before', () => {
  const body = 'function main() { import_http.default.get("a").nothing.more; }';
  const result = addAwaits(IMPORTS + body, SUPPORTED);
  const lines = result.code.split('\n');
  const line = lines.length;
  const column = (lines.at(-1) as string).indexOf('nothing') + 1;
  expect(result.before(line, column)).toEqual({ line, column: body.indexOf('nothing') + 1 });
});

describe('what is not supported', () => {
  it.each([
    [
      'function main() {\n  import_http.default.enableTracing();\n}',
      '2: "enableTracing" of k6/http is not supported (supported: asyncRequest, batch, get, post, request)',
    ],
    [
      'const { get, OCSP_STATUS_GOOD } = import_http.default;',
      '1: "OCSP_STATUS_GOOD" of k6/http is not supported (supported: asyncRequest, batch, get, post, request)',
    ],
  ])('%s: is named before it runs', (body, message) => {
    expect(problems(body)).toEqual([message]);
  });

  it('a value that is a module only sometimes is not checked', () => {
    const body = `var modules = { 1: (m) => { m.exports = require("k6"); }, 2: (m) => { m.exports = require("k6/http"); } };
function load(id) { var m = {}; modules[id](m); return m.exports; }
function main() { return load(1).check; }`;
    expect(problems(body)).toEqual([]);
  });

  it('members of the same name on other objects are not checked', () => {
    expect(awaited('function main(page) { page.enableTracing(); }')).toBe(
      'function main(page) { page.enableTracing(); }',
    );
  });
});

describe('global variables, of which each VU has its own', () => {
  it.each([
    ['globalThis.sold = 1;', '"globalThis.sold" is a global variable'],
    ['global.sold += 1;', '"global.sold" is a global variable'],
    ['globalThis["sold"]++;', '"globalThis.sold" is a global variable'],
    ['delete globalThis.sold;', '"globalThis.sold" is a global variable'],
    ['sold = 1;', '"sold" is a global variable'],
    ['for (each of [1, 2]) {}', '"each" is a global variable'],
    ['Object.assign(globalThis, { sold: 1 });', '"globalThis" is handed on'],
    ['JSON.parse = (text) => text;', 'a member of "JSON" is changed'],
    ['Array.prototype.last = function () {};', 'a member of "Array" is changed'],
    ['Date["n"] += 1;', 'a member of "Date" is changed'],
    ['Object.defineProperty(String.prototype, "last", {});', '"String" is changed'],
    ['Object.assign(Math, { half: 0.5 });', '"Math" is changed'],
    ['const p = Array.prototype; p.last = 1;', '"Array" is changed'],
  ])('%s is an obstacle', (code, why) => {
    expect(obstacle(code)).toContain(`1: ${why}`);
  });

  it.each([
    'const sold = 1;',
    'var sold; sold = 1;',
    'const has = typeof globalThis === "object" && globalThis.JSON !== undefined;',
    'exports = module.exports = {};',
    'const shop = {}; shop.global = 1; shop.globalThis = 2;',
    '__ENV.SHOP = "1";',
    '__vu.env.SHOP = "1";',
    'const own = Object.prototype.hasOwnProperty; Array.prototype.slice.call([]); Math.max(1);',
    'const JSON = {}; JSON.parse = 1;',
  ])('%s is none', (code) => {
    expect(obstacle(code)).toBeUndefined();
  });
});
