// src/k6/blocking/vu-main.ts
import { parentPort, workerData } from "node:worker_threads";

// src/load/engine/script-errors.ts
var STACK_FRAMES = 40;
function deepenStacks() {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = Math.max(stackTraceLimit, STACK_FRAMES);
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
}

// src/load/schedule/iteration.ts
var IterationInterrupted = class extends Error {
  constructor() {
    super("the iteration was interrupted because the run ended");
    this.name = "IterationInterrupted";
  }
};

// src/load/vu/setup-json.ts
var HAS_OWN_JSON = /* @__PURE__ */ Symbol("has JSON of its own");
function setupJson(data) {
  return JSON.stringify(data, function(name, shown) {
    const value2 = this[name];
    if (value2 instanceof Date) return shown?.replace(/\.?0*Z$/, "Z") ?? null;
    if (typeof value2 === "object" && value2 !== null && HAS_OWN_JSON in value2) return shown;
    return plain(value2, name);
  });
}
function plain(value2, name) {
  switch (typeof value2) {
    case "undefined":
      return null;
    case "bigint":
      return Number(value2);
    case "symbol":
      return value2.description ?? "";
    case "function":
      throw unsendable(name, "a function");
    case "number":
      if (Number.isFinite(value2)) return value2;
      throw unsendable(name, String(value2));
    case "object":
      return value2 === null ? null : plainObject(value2, name);
    default:
      return value2;
  }
}
function plainObject(value2, name) {
  if (value2 instanceof Map) return [...value2];
  if (value2 instanceof Set) return [...value2];
  if (value2 instanceof Uint8Array) return Buffer.from(value2).toString("base64");
  if (ArrayBuffer.isView(value2) && !(value2 instanceof DataView)) {
    return Array.from(value2);
  }
  if (typeof value2.toJSON === "function") {
    throw unsendable(name, "an object with toJSON()");
  }
  return value2;
}
var unsendable = (name, what) => new Error(
  `what it returned cannot be handed to the VUs as JSON: ${name === "" ? "it" : `"${name}"`} is ${what}`
);

// src/k6/script/evaluate.ts
import { compileFunction } from "node:vm";

// src/k6/html/data-attributes.ts
var INITIALISMS = /* @__PURE__ */ new Set([
  ...["ACL", "API", "ASCII", "CPU", "CSS", "DNS", "EOF", "ETA", "GPU", "GUID", "HTML", "HTTP"],
  ...["HTTPS", "ID", "IP", "JSON", "LHS", "OS", "QPS", "RAM", "RHS", "RPC", "SLA", "SMTP", "SQL"],
  ...["SSH", "TCP", "TLS", "TTL", "UDP", "UI", "UID", "UUID", "URI", "URL", "UTF8", "VM", "XML"],
  ...["XMPP", "XSRF", "XSS", "OAuth"]
]);
function dataOf(attributes2, property) {
  if (property !== void 0) {
    return dataValueOf(attributes2[`data-${attributeOfProperty(property)}`] ?? "");
  }
  return Object.fromEntries(
    Object.entries(attributes2).filter(([name]) => name.startsWith("data-") && name !== "data-").map(([name, value2]) => [propertyOf(name.slice("data-".length)), dataValueOf(value2)])
  );
}
function propertyOf(attribute) {
  const [first = "", ...words] = attribute.split("-");
  return first + words.map(capitalized).join("");
}
function capitalized(word) {
  if (word === "oauth") return "OAuth";
  const upper = word.toUpperCase();
  return INITIALISMS.has(upper) ? upper : upper.slice(0, 1) + word.slice(1);
}
function attributeOfProperty(property) {
  const words = [];
  let start2 = 0;
  let at = 0;
  while (at < property.length) {
    if (at > 0 && /\p{Lu}/u.test(property[at])) {
      const initialism = initialismAt(property.slice(start2));
      words.push(initialism ?? property.slice(start2, at));
      if (initialism !== void 0) at += initialism.length - 1;
      start2 = at;
    }
    at += 1;
  }
  if (start2 < property.length) words.push(property.slice(start2));
  return words.join("-").toLowerCase().replaceAll("_", "-");
}
function initialismAt(text2) {
  return [5, 4, 3, 2].map((length) => text2.slice(0, length)).find((word) => INITIALISMS.has(word));
}
function dataValueOf(text2) {
  if (text2 === "" || text2 === "null" || text2 === "undefined") return void 0;
  if (text2 === "true" || text2 === "false") return text2 === "true";
  if (text2.startsWith("{") || text2.startsWith("[")) {
    try {
      return JSON.parse(text2);
    } catch {
      return text2;
    }
  }
  return String(Number(text2)) === text2 && text2 !== "Infinity" ? Number(text2) : text2;
}

// src/k6/html/dom.ts
function isElement(node) {
  return node.type === "tag" || node.type === "script" || node.type === "style";
}
function isText(node) {
  return node.type === "text";
}
function childrenOf(node) {
  return "children" in node ? node.children : [];
}
function descendantsOf(node) {
  const found = [];
  const waiting = childrenOf(node).toReversed();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    found.push(at);
    for (const child of childrenOf(at).toReversed()) waiting.push(child);
  }
  return found;
}
function ancestorsOf(node) {
  const ancestors = [];
  for (let at = node.parent; at; at = at.parent) ancestors.push(at);
  return ancestors;
}
function siblingsOf(node, direction) {
  const siblings = [];
  for (let at = node[direction]; at; at = at[direction]) if (isElement(at)) siblings.push(at);
  return siblings;
}
function nodesBefore(nodes, isEnd) {
  const end = nodes.findIndex(isEnd);
  return end < 0 ? nodes : nodes.slice(0, end);
}
function textOf(node) {
  return isText(node) ? node.data : descendantsOf(node).map((each) => isText(each) ? each.data : "").join("");
}
function attributeOf(node, name) {
  return node && isElement(node) ? node.attribs[name] : void 0;
}
function nameOf(node) {
  if (isElement(node)) return node.name;
  if (node.type === "root") return "#document";
  return node.type === "directive" ? node["x-name"] ?? "" : `#${node.type}`;
}

// src/k6/html/element.ts
var NODE_TYPES = { text: 3, comment: 8, root: 9, directive: 10 };
var Element = class _Element {
  #selection;
  constructor(selection) {
    this.#selection = selection;
  }
  selection() {
    return this.#selection;
  }
  get #node() {
    return this.#selection.nodes[0];
  }
  #elementOf(node) {
    return node ? this.#selection.to([node]).get(0) : void 0;
  }
  id() {
    return this.#selection.attr("id", "");
  }
  nodeName() {
    return nameOf(this.#node);
  }
  nodeType() {
    return NODE_TYPES[this.#node.type] ?? 1;
  }
  nodeValue() {
    const node = this.#node;
    return node.type === "text" || node.type === "comment" ? this.#selection.text() : void 0;
  }
  innerHTML() {
    return this.#selection.html();
  }
  textContent() {
    return this.#selection.text();
  }
  toString() {
    return isElement(this.#node) ? "[object html.Node]" : `[object ${this.nodeName()}]`;
  }
  attributes() {
    const node = this.#node;
    const attributes2 = isElement(node) ? node.attributes : [];
    return Object.fromEntries(
      attributes2.map(({ name, value: value2, prefix = "" }) => [
        name,
        new Attribute(this, { name, value: value2, prefix })
      ])
    );
  }
  getAttribute(name) {
    return this.#selection.attr(name);
  }
  getAttributeNode(name) {
    return this.hasAttribute(name) ? this.attributes()[name] : void 0;
  }
  hasAttribute(name) {
    return this.getAttribute(name) !== void 0;
  }
  hasAttributes() {
    const node = this.#node;
    return isElement(node) && Object.keys(node.attribs).length > 0;
  }
  className() {
    return this.getAttribute("class");
  }
  classList() {
    return (this.className() ?? "").split(/\s+/).filter((name) => name !== "");
  }
  lang() {
    return this.getAttribute("lang");
  }
  ownerDocument() {
    let node = this.#node;
    while (node.parent) node = node.parent;
    return this.#elementOf(node);
  }
  namespaceURI() {
    const node = this.#node;
    return isElement(node) && node.namespace || "http://www.w3.org/1999/xhtml";
  }
  isDefaultNamespace() {
    return this.namespaceURI() === "http://www.w3.org/1999/xhtml";
  }
  parentNode() {
    return this.#elementOf(this.#node.parent);
  }
  parentElement() {
    return this.#selection.parent().get(0);
  }
  childNodes() {
    return this.#selection.contents().get();
  }
  children() {
    return this.#selection.children().get();
  }
  childElementCount() {
    return this.#selection.children().size();
  }
  hasChildNodes() {
    return childrenOf(this.#node).length > 0;
  }
  firstChild() {
    return this.#elementOf(childrenOf(this.#node)[0]);
  }
  lastChild() {
    return this.#elementOf(childrenOf(this.#node).at(-1));
  }
  firstElementChild() {
    return this.#selection.children().first().get(0);
  }
  lastElementChild() {
    return this.#selection.children().last().get(0);
  }
  previousSibling() {
    return this.#elementOf(this.#node.prev);
  }
  nextSibling() {
    return this.#elementOf(this.#node.next);
  }
  previousElementSibling() {
    return this.#selection.prev().get(0);
  }
  nextElementSibling() {
    return this.#selection.next().get(0);
  }
  getElementsByClassName(name) {
    return this.querySelectorAll(`.${name}`);
  }
  getElementsByTagName(name) {
    return this.querySelectorAll(name);
  }
  querySelector(selector) {
    return this.#selection.find(selector).get(0);
  }
  querySelectorAll(selector) {
    return this.#selection.find(selector).get();
  }
  matches(selector) {
    return this.#selection.is(selector);
  }
  /** True if the other node is inside this one. A node is not inside itself. */
  contains(other) {
    return other instanceof _Element && this.#selection.find(other).size() > 0;
  }
  isEqualNode(other) {
    return other instanceof _Element && other.innerHTML() === this.innerHTML();
  }
  isSameNode(other) {
    return other instanceof _Element && other.#node === this.#node;
  }
};
var Attribute = class {
  name;
  value;
  owner_element;
  #prefix;
  constructor(owner, of) {
    this.name = of.name;
    this.value = of.value;
    this.owner_element = owner;
    this.#prefix = of.prefix;
  }
  prefix() {
    return this.#prefix;
  }
  localName() {
    return this.name;
  }
  namespaceURI() {
    return "http://www.w3.org/1999/xhtml";
  }
};

// src/k6/html/form-encoding.ts
function encodeForm(fields) {
  const form2 = new URLSearchParams();
  for (const [name, value2] of Object.entries(fields)) {
    for (const item of Array.isArray(value2) ? value2 : [value2]) form2.append(name, String(item));
  }
  form2.sort();
  return form2.toString().replaceAll("*", "%2A").replaceAll("%7E", "~");
}

// src/k6/html/render.ts
var VOID_ELEMENTS = /* @__PURE__ */ new Set([
  ...["area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta"],
  ...["param", "source", "track", "wbr"]
]);
var RAW_TEXT_ELEMENTS = /* @__PURE__ */ new Set([
  ...["iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "xmp"]
]);
var NEWLINE_DROPPERS = /* @__PURE__ */ new Set(["pre", "listing", "textarea"]);
function render(node) {
  if (isText(node)) return escaped(node.data);
  if (isElement(node)) {
    const { name } = node;
    const attributes2 = node.attributes.map(
      ({ prefix, name: key, value: value2 }) => ` ${prefix ? `${prefix}:` : ""}${key}="${escaped(value2)}"`
    );
    const opening = `<${name}${attributes2.join("")}`;
    if (VOID_ELEMENTS.has(name)) return `${opening}/>`;
    const content2 = RAW_TEXT_ELEMENTS.has(name) ? node.children.map((child) => isText(child) ? child.data : render(child)).join("") : renderContent(node);
    const newline = NEWLINE_DROPPERS.has(name) && content2.startsWith("\n") ? "\n" : "";
    return `${opening}>${newline}${content2}</${name}>`;
  }
  if (node.type === "comment") return `<!--${node.data.replaceAll("&", "&amp;")}-->`;
  return node.type === "directive" ? `<${node.data}>` : renderContent(node);
}
function renderContent(node) {
  return childrenOf(node).map(render).join("");
}
var ESCAPES = {
  "&": "&amp;",
  "'": "&#39;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "\r": "&#13;"
};
function escaped(text2) {
  return text2.replaceAll(/[&'<>"\r]/g, (character) => ESCAPES[character]);
}

// src/k6/html/selectors.ts
import { createRequire } from "node:module";

// src/kernel/recent-map.ts
function createRecentMap(generationSizeMax, compute) {
  let young = /* @__PURE__ */ new Map();
  let old = /* @__PURE__ */ new Map();
  return (key) => {
    const known = young.get(key);
    if (known !== void 0 || young.has(key)) return known;
    const value2 = old.has(key) ? old.get(key) : compute(key);
    if (young.size >= generationSizeMax) {
      old = young;
      young = /* @__PURE__ */ new Map();
    }
    young.set(key, value2);
    return value2;
  };
}

// src/k6/html/selectors.ts
var require2 = createRequire(import.meta.url);
var compile;
var testOf = createRecentMap(1e3, compileSelector);
function compileSelector(selector) {
  compile ??= require2("css-select").compile;
  try {
    return compile(selector, {
      relativeSelector: false,
      pseudos: PSEUDO_CLASSES
    });
  } catch {
    return () => false;
  }
}
var IN_DISABLED_FIELDSET = ["", " *"].map((inside) => `fieldset[disabled] > :not(legend:first-of-type)${inside}`).join();
var FIELDS = ":is(button, input, select, textarea, option)";
var GROUPS = ":is(optgroup, menuitem, fieldset)";
var PSEUDO_CLASSES = {
  checked: 'input:is([type="checkbox" i], [type="radio" i])[checked], option[selected]',
  disabled: `${FIELDS}:is([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}[disabled]`,
  enabled: `${FIELDS}:not([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}:not([disabled]), :is(a, area, link)[href]`,
  empty: (element) => !element.children.some(isElement) && textOf(element).trim() === "",
  contains: (element, text2) => includes(textOf(element), text2),
  containsown: (element, text2) => includes(element.children.map((child) => isText(child) ? child.data : "").join(""), text2),
  haschild: (element, selector) => element.children.some(testOf(selector ?? ""))
};
function includes(text2, part) {
  const unquoted2 = (part ?? "").replace(/^\s*(["'])(.*)\1\s*$/s, "$2");
  return text2.toLowerCase().includes(unquoted2.toLowerCase());
}

// src/k6/html/forms.ts
function fieldValueOf(node) {
  if (node === void 0) return void 0;
  switch (nameOf(node)) {
    case "input": {
      const isTickable = ["radio", "checkbox"].includes(attributeOf(node, "type") ?? "");
      return attributeOf(node, "value") ?? (isTickable ? "on" : "");
    }
    case "button":
      return attributeOf(node, "value") ?? "";
    case "textarea":
      return renderContent(node);
    case "option":
      return valueOrContent(node);
    case "select": {
      const chosen = descendantsOf(node).filter(testOf("option[selected]"));
      return attributeOf(node, "multiple") === void 0 ? valueOrContent(chosen[0]) : chosen.map(valueOrContent);
    }
    default:
      return void 0;
  }
}
function valueOrContent(node) {
  return attributeOf(node, "value") ?? (node ? renderContent(node) : "");
}
var NEVER_SUBMITTED = ["submit", "button", "reset", "image", "file"];
function fieldsOf(nodes) {
  const isField = testOf("input,select,textarea,keygen");
  const searched = nodes.some(testOf("form")) ? new Set(nodes.flatMap(descendantsOf)) : nodes;
  return [...searched].filter(isField).flatMap((field) => {
    const type = attributeOf(field, "type") ?? "";
    const name = attributeOf(field, "name") ?? "";
    const isTickable = type === "checkbox" || type === "radio";
    const isLeftOut = name === "" || attributeOf(field, "disabled") === "disabled" || NEVER_SUBMITTED.includes(type) || isTickable && attributeOf(field, "checked") !== "checked";
    return isLeftOut ? [] : [{ name, value: fieldValueOf(field) }];
  });
}
function serializeObject(fields) {
  return Object.fromEntries(fields.map(({ name, value: value2 }) => [name, value2]));
}
function serialize(fields) {
  return encodeForm(serializeObject(fields.filter(({ value: value2 }) => value2 !== void 0)));
}

// src/k6/html/selection.ts
var Selection = class _Selection {
  nodes;
  url;
  #page;
  #previous;
  constructor(nodes, page, previous) {
    this.nodes = nodes;
    this.url = page.url;
    this.#page = page;
    this.#previous = previous;
  }
  /** Selects other nodes of the same page. Their `end()` is this selection. */
  to(nodes) {
    return new _Selection(nodes, this.#page, this);
  }
  /** The nodes that `step` finds for each node, without those that `selector` does not match. */
  #gather(step, selector) {
    const found = [...new Set(this.nodes.flatMap(step))];
    const isNarrowed = selector !== void 0 && selector !== null;
    return this.to(isNarrowed ? found.filter(testOf(selector)) : found);
  }
  find(target) {
    if (typeof target === "string") {
      return this.#gather((node) => descendantsOf(node).filter(testOf(target)));
    }
    const found = nodesOf(target).filter((node) => this.#contains(node));
    return this.to([...new Set(found)]);
  }
  #contains(node) {
    return ancestorsOf(node).some((ancestor) => this.nodes.includes(ancestor));
  }
  add(target) {
    const added = typeof target === "string" ? descendantsOf(this.#page.document).filter(testOf(target)) : nodesOf(target);
    return this.to([.../* @__PURE__ */ new Set([...this.nodes, ...added])]);
  }
  children(selector) {
    return this.#gather((node) => childrenOf(node).filter(isElement), selector);
  }
  /** The children with texts and comments. */
  contents() {
    return this.#gather(childrenOf);
  }
  closest(target) {
    const test = testFor(target);
    return this.#gather((node) => {
      const closest = [node, ...ancestorsOf(node)].find(test);
      return closest ? [closest] : [];
    });
  }
  parent(selector) {
    return this.#gather((node) => ancestorsOf(node).slice(0, 1).filter(isElement), selector);
  }
  parents(selector) {
    return this.#gather((node) => ancestorsOf(node).filter(isElement), selector);
  }
  parentsUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(ancestorsOf(node), test).filter(isElement), selector);
  }
  next(selector) {
    return this.#gather((node) => siblingsOf(node, "next").slice(0, 1), selector);
  }
  nextAll(selector) {
    return this.#gather((node) => siblingsOf(node, "next"), selector);
  }
  nextUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, "next"), test), selector);
  }
  prev(selector) {
    return this.#gather((node) => siblingsOf(node, "prev").slice(0, 1), selector);
  }
  prevAll(selector) {
    return this.#gather((node) => siblingsOf(node, "prev"), selector);
  }
  prevUntil(end, selector) {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, "prev"), test), selector);
  }
  siblings(selector) {
    return this.#gather(
      (node) => [...siblingsOf(node, "prev").reverse(), ...siblingsOf(node, "next")],
      selector
    );
  }
  filter(target) {
    return this.to(this.#matching(target, "filter"));
  }
  not(target) {
    const matching = new Set(this.#matching(target, "not"));
    return this.to(this.nodes.filter((node) => !matching.has(node)));
  }
  is(target) {
    return this.#matching(target, "is").length > 0;
  }
  #matching(target, method) {
    if (typeof target === "function") {
      return this.nodes.filter((node, index) => target(index, this.to([node])));
    }
    if (!isTarget(target)) {
      throw new TypeError(
        `the argument to ${method}() must be a function, a selector or a selection`
      );
    }
    return this.nodes.filter(testFor(target));
  }
  has(target) {
    const test = testFor(target);
    return this.to(this.nodes.filter((node) => descendantsOf(node).some(test)));
  }
  eq(index) {
    const node = this.nodes.at(index);
    return node ? this.to([node]) : new _Selection([], this.#page);
  }
  first() {
    return this.eq(0);
  }
  last() {
    return this.eq(-1);
  }
  slice(start2, end) {
    return this.to(this.nodes.slice(start2, end));
  }
  /** The selection this one was made from. */
  end() {
    return this.#previous ?? new _Selection([], this.#page);
  }
  size() {
    return this.nodes.length;
  }
  get(index) {
    if (index === void 0) return this.toArray().map(this.#page.elementOf);
    const isThere = index < this.nodes.length && index > -this.nodes.length;
    return isThere ? this.#page.elementOf(this.eq(index)) : void 0;
  }
  toArray() {
    return this.nodes.map((_, index) => this.eq(index));
  }
  /**
   * The index of the first node among its siblings, or among all nodes that a selector matches; for nodes, the index of
   * their first one in this selection. -1 if there is none.
   */
  index(target) {
    const [first] = this.nodes;
    if (target === void 0) return first ? siblingsOf(first, "prev").length : -1;
    if (typeof target === "string") {
      return first ? descendantsOf(this.#page.document).filter(testOf(target)).indexOf(first) : -1;
    }
    const [node] = isTarget(target) ? nodesOf(target) : [];
    return node ? this.nodes.indexOf(node) : -1;
  }
  each(handler) {
    assertFunction(handler, "each");
    for (const [index, element] of this.get().entries()) handler(index, element);
    return this;
  }
  /** The results of the mapper. As in k6, a node for which the mapper throws has none. */
  map(mapper) {
    assertFunction(mapper, "map");
    return this.toArray().flatMap((selection, index) => {
      try {
        return [mapper(index, selection)];
      } catch (error) {
        dropError(error);
        return [];
      }
    });
  }
  attr(name, otherwise) {
    return attributeOf(this.nodes[0], name) ?? otherwise;
  }
  /** The values of the first node's `data-` attributes, or the value of the one with this name. */
  data(name) {
    const [first] = this.nodes;
    const attributes2 = first && isElement(first) ? first.attribs : {};
    return Object.keys(attributes2).length === 0 ? void 0 : dataOf(attributes2, name);
  }
  /** The content of the first node as HTML. */
  html() {
    const [first] = this.nodes;
    return first ? renderContent(first) : "";
  }
  text() {
    return this.nodes.map(textOf).join("");
  }
  /** The value that the first node would be submitted with. */
  val() {
    return fieldValueOf(this.nodes[0]);
  }
  serialize() {
    return serialize(fieldsOf(this.nodes));
  }
  serializeArray() {
    return fieldsOf(this.nodes);
  }
  serializeObject() {
    return serializeObject(fieldsOf(this.nodes));
  }
  toJSON() {
    return { url: this.url };
  }
};
function dropError(error) {
  if (error instanceof IterationInterrupted) throw error;
}
function isTarget(target) {
  return typeof target === "string" || target instanceof Selection || target instanceof Element;
}
function nodesOf(target) {
  if (target instanceof Selection) return target.nodes;
  if (target instanceof Element) return target.selection().nodes.slice(0, 1);
  throw new TypeError(
    `invalid argument, cannot use ${target === void 0 ? "undefined" : JSON.stringify(target)} as a selector`
  );
}
function testFor(target) {
  if (typeof target === "string") return testOf(target);
  const nodes = new Set(nodesOf(target));
  return (node) => nodes.has(node);
}
function endFor(end) {
  return end === null || end === void 0 ? () => false : testFor(end);
}
function assertFunction(value2, method) {
  if (typeof value2 === "function") return;
  throw new TypeError(`the argument to ${method}() must be a function`);
}

// src/k6/script/awaits/in-turn.ts
async function inTurn(receiver, method, callback, ...more) {
  const walk = Array.isArray(receiver) ? WALKS[method] : void 0;
  if (walk) return await walk(receiver, callback, more);
  if (receiver instanceof Selection) {
    const walkSelection = SELECTION_WALKS[method];
    if (walkSelection) return await walkSelection(receiver, callback);
  }
  if (receiver === Array && method === "from") {
    return await map(Array.from(callback), more[0], [more[1]]);
  }
  if (method === "forEach" && (receiver instanceof Map || receiver instanceof Set)) {
    for (const [key, value2] of [...receiver.entries()]) {
      await callback.call(more[0], value2, key, receiver);
    }
    return void 0;
  }
  const owner = receiver;
  if (typeof owner?.[method] !== "function") throw new TypeError(`.${method} is not a function`);
  return await owner[method](callback, ...more);
}
var WALKS = {
  async forEach(array, callback, [self]) {
    await map(array, callback, [self]);
  },
  map,
  async flatMap(array, callback, more) {
    return (await map(array, callback, more)).flat();
  },
  async filter(array, callback, more) {
    const kept = await map(array, callback, more);
    return array.filter((_, index) => kept[index]);
  },
  async find(array, callback, more) {
    return array[await firstIndex(array, callback, more)];
  },
  findIndex: firstIndex,
  async some(array, callback, more) {
    return await firstIndex(array, callback, more) >= 0;
  },
  async every(array, callback, [self]) {
    for (const [index, item] of array.entries()) {
      if (!await callback.call(self, item, index, array)) return false;
    }
    return true;
  },
  async reduce(array, callback, more) {
    if (array.length === 0 && more.length === 0) {
      throw new TypeError("Reduce of empty array with no initial value");
    }
    let result = more.length > 0 ? more[0] : array[0];
    for (let index = more.length > 0 ? 0 : 1; index < array.length; index += 1) {
      result = await callback(result, array[index], index, array);
    }
    return result;
  }
};
var SELECTION_WALKS = {
  async each(selection, callback) {
    for (const [index, element] of selection.get().entries()) await callback(index, element);
    return selection;
  },
  async map(selection, callback) {
    const results = [];
    for (const [index, each] of selection.toArray().entries()) {
      try {
        results.push(await callback(index, each));
      } catch (error) {
        dropError(error);
      }
    }
    return results;
  },
  async filter(selection, callback) {
    const kept = await answers(selection, callback);
    return selection.filter((index) => kept[index]);
  },
  async not(selection, callback) {
    const left = await answers(selection, callback);
    return selection.not((index) => left[index]);
  },
  async is(selection, callback) {
    return (await answers(selection, callback)).some(Boolean);
  }
};
async function answers(selection, callback) {
  const given = [];
  for (const [index, each] of selection.toArray().entries())
    given.push(await callback(index, each));
  return given;
}
async function map(array, callback, [self]) {
  const results = [];
  for (const [index, item] of array.entries()) {
    results.push(await callback.call(self, item, index, array));
  }
  return results;
}
async function firstIndex(array, callback, [self]) {
  for (const [index, item] of array.entries()) {
    if (await callback.call(self, item, index, array)) return index;
  }
  return -1;
}

// src/k6/script/replaced-names.ts
var REPLACED = {
  // Variables of a VU that scripts know as globals. They go through the parameter `__vu`, so each VU has its own.
  __VU: "__vu.id",
  __ITER: "__vu.iterationCount",
  __ENV: "__vu.env",
  "Math.random": "__vu.random",
  // The files of a bundle have become one, which no longer knows their folders.
  "import.meta.resolve": "__resolve"
};
var CONSTANT = "__constant";
var IN_FILE = "__inFile";

// src/k6/script/constants.ts
var constants = new Proxy(
  {},
  {
    set() {
      throw new TypeError("Assignment to constant variable.");
    }
  }
);

// src/k6/script/stacks.ts
import { pathToFileURL } from "node:url";
var fileNameOf = (path) => `flashsale-script:${path}`;
var originsOf = /* @__PURE__ */ new Map();
var placesOf = /* @__PURE__ */ new WeakMap();
function showOrigins(fileName, originOf) {
  originsOf.set(fileName, originOf);
  const before = Error.prepareStackTrace;
  if (before === prepareStack) return;
  usual = before ?? plainStack;
  Error.prepareStackTrace = prepareStack;
  Object.assign(globalThis, { [/* @__PURE__ */ Symbol.for("flashsale.place")]: placeAt });
}
function placeOf(error) {
  void error.stack;
  return placesOf.get(error) || void 0;
}
function isOfScript(error) {
  void error.stack;
  return placesOf.has(error);
}
var rememberPlace = (error, place) => void placesOf.set(error, place);
var usual = plainStack;
function prepareStack(error, frames) {
  const isInScript = (frame) => originsOf.has(frame.getFileName() ?? "");
  const last = frames.findLastIndex(isInScript);
  if (last === -1) return usual(error, frames);
  const places = frames.filter(isInScript).map((frame) => placeAt(...positionOf(frame)));
  placesOf.set(error, places.find((place) => place !== void 0) ?? "");
  return [textOf2(error), ...frames.slice(0, last + 1).map(lineOf)].join("\n");
}
function lineOf(frame) {
  const [fileName, line2, column] = positionOf(frame);
  const origin = originsOf.get(fileName)?.(line2, column);
  if (!origin) return `    at ${frame}`;
  const { file } = origin;
  const url2 = /^https?:/.test(file) ? file : pathToFileURL(file).href;
  const name = frame.getFunctionName();
  const where = `${url2}:${origin.line}`;
  return `    at ${name ? `${name} (${where})` : where}`;
}
var positionOf = (frame) => [
  frame.getFileName() ?? "",
  frame.getLineNumber() ?? 1,
  frame.getColumnNumber() ?? 1
];
function placeAt(fileName, line2, column) {
  const origin = originsOf.get(fileName)?.(line2, column);
  return origin && `${origin.file}:${origin.line}`;
}
function plainStack(error, frames) {
  return [textOf2(error), ...frames.map((frame) => `    at ${frame}`)].join("\n");
}
function textOf2(error) {
  try {
    return String(error);
  } catch {
    return "an error that cannot be shown";
  }
}

// src/k6/script/evaluate.ts
var GLOBALS = [
  ...["console", "crypto"],
  ...["setTimeout", "setInterval", "clearTimeout", "clearInterval"],
  "process"
];
var ABSENT = [
  ...["setImmediate", "clearImmediate", "queueMicrotask", "MessageChannel", "BroadcastChannel"],
  ...["fetch", "WebSocket", "EventSource", "Buffer"]
];
var NAMES = ["__ENV", "__VU"];
var PARAMETERS = [
  "module",
  "exports",
  "require",
  "__vu",
  "open",
  IN_FILE,
  "__inTurn",
  CONSTANT,
  ...GLOBALS,
  ...NAMES,
  ...ABSENT
];
function compileBundle(path, bundle) {
  const filename = fileNameOf(path);
  const body = bundle.waits ? `return (async () => {${bundle.code}
})();` : bundle.code;
  const factory = compileFunction(body, PARAMETERS, { filename });
  showOrigins(filename, bundle.originOf);
  return {
    evaluate(vu, { require: require4, open, inFile, globals }) {
      const module = { exports: {} };
      const ready = factory(
        module,
        module.exports,
        require4,
        vu,
        open,
        inFile,
        inTurn,
        constants,
        ...GLOBALS.map((name) => globals[name]),
        vu.env,
        vu.id
      );
      const ended = () => {
        showOptions(module.exports.options, vu.run.options);
        return module.exports;
      };
      return ready ? ready.then(ended) : ended();
    },
    describeError(error) {
      const message = messageOf(error);
      const place = error instanceof Error ? placeOf(error) : void 0;
      return place === void 0 ? message : `${place}: ${message}`;
    },
    owns: (error) => !(error instanceof Error) || isOfScript(error)
  };
}
function showOptions(own, inForce) {
  if (typeof own !== "object" || own === null) return;
  for (const [name, value2] of Object.entries(inForce)) {
    if (name !== "scenarios") Reflect.set(own, name, value2);
  }
}
function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" ? error.message : `${error.name}: ${error.message}`;
}
function functionsIn(exports) {
  return Object.fromEntries(
    Object.entries(exports).filter(([, value2]) => typeof value2 === "function")
  );
}

// src/load/metrics/histogram.ts
var POWERS_OF_TWO = Float64Array.from({ length: 64 }, (_, exponent) => 2 ** exponent);

// src/load/metrics/sinks.ts
var SCALED_MAX = 2 ** 52;

// src/load/metrics/metrics.ts
var untagged = { tag: () => void 0, allTags: () => ({}) };
function withTags(tags, below) {
  return {
    tag(name) {
      const own = tags[name];
      return own === void 0 ? below.tag(name) : String(own);
    },
    allTags: () => ({ ...below.allTags(), ...asTags(tags) })
  };
}
function asTags(values) {
  const tags = {};
  for (const name in values) {
    if (values[name] !== void 0) tags[name] = String(values[name]);
  }
  return tags;
}

// src/k6/modules/crypto.ts
import { createHash, createHmac, randomBytes } from "node:crypto";

// src/k6/runtime/bytes.ts
function bytesOf(data) {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data))
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("expected a string or an ArrayBuffer");
}

// src/k6/modules/crypto.ts
var ALGORITHMS = {
  md5: "md5",
  ripemd160: "ripemd160",
  sha1: "sha1",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  sha512_224: "sha512-224",
  sha512_256: "sha512-256"
};
var cryptoModule = () => {
  const hash = (algorithm) => hasher(() => createHash(nodeNameOf(algorithm)));
  const createHMAC = (algorithm, secret) => hasher(() => createHmac(nodeNameOf(algorithm), bytesOf(secret)));
  const digestOf = (made2, data, encoding2) => {
    made2.update(data);
    return made2.digest(encoding2);
  };
  const shorthands = Object.fromEntries(
    Object.keys(ALGORITHMS).map((algorithm) => [
      algorithm,
      (data, encoding2) => digestOf(hash(algorithm), data, encoding2)
    ])
  );
  return {
    ...shorthands,
    createHash: hash,
    createHMAC,
    hmac: (algorithm, secret, data, encoding2) => digestOf(createHMAC(algorithm, secret), data, encoding2),
    hexEncode: (data) => Buffer.from(bytesOf(data)).toString("hex"),
    randomBytes(size) {
      if (!(size >= 1)) throw new Error("invalid size");
      return new Uint8Array(randomBytes(size)).buffer;
    }
  };
};
function nodeNameOf(algorithm) {
  const name = ALGORITHMS[algorithm];
  if (name) return name;
  throw new Error(
    `invalid algorithm: ${algorithm} (there are: ${Object.keys(ALGORITHMS).join(", ")})`
  );
}
function hasher(create) {
  create();
  const given = [];
  return {
    update(data) {
      given.push(bytesOf(data));
    },
    digest(encoding2) {
      const made2 = create();
      for (const bytes of given) made2.update(bytes);
      return encode(made2.digest(), encoding2);
    }
  };
}
function encode(digest, encoding2) {
  switch (encoding2) {
    case "hex":
    case "base64":
      return digest.toString(encoding2);
    case "base64url":
      return digest.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
    case "base64rawurl":
      return digest.toString("base64url");
    case "binary":
      return new Uint8Array(digest).buffer;
    default:
      throw new Error(
        `invalid output encoding: ${encoding2} (there are: hex, base64, base64url, base64rawurl, binary)`
      );
  }
}

// src/k6/runtime/shared-state.ts
var states = /* @__PURE__ */ new WeakMap();
function sharedStateOf(run) {
  let state = states.get(run);
  if (!state) {
    state = { files: /* @__PURE__ */ new Map(), arrays: /* @__PURE__ */ new Map(), warned: /* @__PURE__ */ new Set() };
    states.set(run, state);
  }
  return state;
}
function deepFreeze(value2) {
  if (typeof value2 === "object" && value2 !== null) {
    for (const child of Object.values(value2)) deepFreeze(child);
    Object.freeze(value2);
  }
  return value2;
}
function warnOnce(vu, subject, message) {
  if (vu.warn) {
    vu.warn(subject, message);
    return;
  }
  const { warned } = sharedStateOf(vu.run);
  if (warned.has(subject)) return;
  warned.add(subject);
  vu.log(`warning: ${message}`);
}

// src/k6/modules/data.ts
var dataModule = (vu, files) => {
  const shared = sharedStateOf(vu.run);
  function SharedArray(name, build) {
    if (!vu.initializing) throw new Error("a SharedArray can be made in init code only");
    if (typeof name !== "string" || name === "") throw new TypeError("a SharedArray needs a name");
    if (typeof build !== "function") {
      throw new TypeError(`SharedArray "${name}" needs a function that returns an array`);
    }
    if (vu.shareArray) return vu.shareArray(name, () => arrayOf(name, build));
    let array = shared.arrays.get(name);
    if (!array) {
      array = vu.isReader ? createLazyArray(files.asNow(() => fill(name, build))) : fill(name, build);
      shared.arrays.set(name, array);
    }
    return array;
  }
  return { SharedArray };
};
function fill(name, build) {
  return deepFreeze(JSON.parse(JSON.stringify(arrayOf(name, build))));
}
function arrayOf(name, build) {
  const built = build();
  if (Array.isArray(built)) return built;
  throw new TypeError(`the function of SharedArray "${name}" must return an array`);
}
function createLazyArray(build) {
  const target = [];
  const filled = () => {
    if (!Object.isFrozen(target)) {
      for (const item of build()) target.push(item);
      Object.freeze(target);
    }
    return target;
  };
  return new Proxy(target, {
    get: (_, key) => Reflect.get(filled(), key),
    has: (_, key) => Reflect.has(filled(), key),
    ownKeys: () => Reflect.ownKeys(filled()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(filled(), key)
  });
}

// src/k6/modules/encoding.ts
var encodingModule = () => ({
  b64encode(input, variant) {
    const bytes = typeof input === "string" ? Buffer.from(input, "utf8") : Buffer.from(input);
    const padded = bytes.toString("base64");
    switch (variantOf(variant)) {
      case "std":
        return padded;
      case "rawstd":
        return padded.replace(/=+$/, "");
      case "url":
        return padded.replaceAll("+", "-").replaceAll("/", "_");
      case "rawurl":
        return bytes.toString("base64url");
    }
  },
  b64decode(input, encoding2, format) {
    const variant = variantOf(encoding2);
    const text2 = input.replaceAll(/[\r\n]/g, "");
    if (!SYNTAX[variant].test(text2)) throw new Error(`illegal base64 data ("${variant}")`);
    const bytes = Buffer.from(text2, variant.endsWith("url") ? "base64url" : "base64");
    return format === "s" ? bytes.toString("utf8") : new Uint8Array(bytes).buffer;
  }
});
var variantOf = (name) => name && Object.hasOwn(SYNTAX, name) ? name : "std";
var SYNTAX = {
  std: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  rawstd: /^(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{0,3}$/,
  url: /^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2}==|[A-Za-z0-9_-]{3}=)?$/,
  rawurl: /^(?:[A-Za-z0-9_-]{4})*[A-Za-z0-9_-]{0,3}$/
};

// src/load/vu/aborted-in-init.ts
var AbortedInInit = class extends Error {
};

// src/k6/modules/execution.ts
var executionModule = (vu) => {
  const iteration = () => {
    if (!vu.currentIteration) {
      throw new Error("exec.scenario is known inside a scenario only, not in init code or setup()");
    }
    return vu.currentIteration;
  };
  const tags = tagsOf(vu);
  return {
    scenario: {
      get name() {
        return iteration().scenario.name;
      },
      get executor() {
        return iteration().scenario.executor;
      },
      get startTime() {
        return Math.trunc(iteration().scenarioStartedAtMs);
      },
      get progress() {
        return iteration().progress();
      },
      get iterationInInstance() {
        return iteration().number;
      },
      get iterationInTest() {
        return iteration().number;
      }
    },
    instance: {
      get iterationsInterrupted() {
        return vu.run.iterationsInterrupted();
      },
      get iterationsCompleted() {
        return vu.run.iterationsCompleted();
      },
      get vusActive() {
        return vu.run.vusActive();
      },
      get vusInitialized() {
        return vu.run.vusInitialized();
      },
      get currentTestRunDuration() {
        return vu.run.elapsedMs();
      }
    },
    test: {
      abort: (reason) => abort(vu, reason),
      fail: (reason = "") => vu.run.fail(`exec.test.fail(): ${reason}`),
      options: frozen(vu.run.options)
    },
    vu: {
      get idInInstance() {
        return vu.id;
      },
      get idInTest() {
        return vu.id;
      },
      get iterationInInstance() {
        return vu.iterationCount;
      },
      get iterationInScenario() {
        iteration();
        return vu.iterationCount;
      },
      get tags() {
        return tags;
      },
      // As in k6, tags are changed one by one.
      set tags(_) {
      },
      metrics: { tags, metadata: {} }
    }
  };
};
function tagsOf(vu) {
  return new Proxy(vu.tags, {
    get: (_, name) => vu.allTags()[name],
    has: (_, name) => name in vu.allTags(),
    ownKeys: () => Object.keys(vu.allTags()),
    getOwnPropertyDescriptor(_, name) {
      const value2 = vu.allTags()[name];
      if (value2 === void 0) return void 0;
      return { value: value2, enumerable: true, configurable: true, writable: true };
    },
    set(tags, name, value2) {
      if (!["string", "number", "boolean"].includes(typeof value2)) {
        throw new TypeError(
          `the tag "${String(name)}" takes a text, a number or a boolean, not ${value2 === null ? "null" : typeof value2}`
        );
      }
      tags[String(name)] = String(value2);
      return true;
    }
  });
}
function frozen(value2) {
  if (typeof value2 !== "object" || value2 === null || Object.isFrozen(value2)) return value2;
  Object.freeze(value2);
  for (const field of Object.values(value2)) frozen(field);
  return value2;
}
function abort(vu, reason = "test aborted") {
  if (vu.initializing) throw new AbortedInInit(reason);
  vu.run.abort(reason);
  throw new IterationInterrupted();
}

// src/k6/modules/experimental/csv-records.ts
function* csvRecords(text2, delimiter) {
  const limit = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const field = new RegExp(`"([^"]*(?:""[^"]*)*)"|([^${limit}\\n"]*)`, "y");
  const separator = new RegExp(`${limit}|\\r?\\n|$`, "y");
  const emptyLines = /(?:\r?\n)*/y;
  let at = 0;
  let width;
  function take(pattern) {
    pattern.lastIndex = at;
    const match = pattern.exec(text2);
    if (match) at = pattern.lastIndex;
    return match;
  }
  const failure = (place, what) => new Error(`line ${text2.slice(0, place).split("\n").length}: ${what}`);
  for (; ; ) {
    take(emptyLines);
    if (at === text2.length) return;
    const start2 = at;
    const record = [];
    let end;
    do {
      const [, quoted2, plain3 = ""] = take(field);
      record.push(quoted2 === void 0 ? plain3.replace(/\r$/, "") : quoted2.replaceAll('""', '"'));
      end = take(separator);
      if (!end) throw failure(at, "a quote in the middle of a field, or one that is not closed");
    } while (end[0] === delimiter);
    width ??= record.length;
    if (record.length !== width) {
      throw failure(start2, `${record.length} fields, and ${width} in the first line`);
    }
    yield record;
  }
}

// src/k6/modules/experimental/fs.ts
import { basename, dirname } from "node:path";

// src/k6/runtime/open-file.ts
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
var FILE_BYTES_MAX = 2 ** 29 - 1024;
function createOpen(files, vu) {
  return (path, mode) => {
    if (typeof path !== "string" || path === "") {
      const given = `open() needs the path of a file, but was given ${JSON.stringify(path)}`;
      throw new TypeError([given, ...adviceOnSaleFile(path, vu)].join(". "));
    }
    if (!vu.initializing) {
      throw new Error("open() works in init code only");
    }
    const { content: content2 } = openOnce(vu, files.folder(), path);
    if (mode !== "b") return content2.toString("utf8");
    return new Uint8Array(content2).buffer;
  };
}
function adviceOnSaleFile(path, { env, isReader }) {
  if (path !== void 0 || env.FLASHSALE_SALE !== void 0) return [];
  return [
    isReader ? "The sale file (`__ENV.FLASHSALE_SALE`) is written once the options were read: open it in the function of a SharedArray, and read the array in the functions of VUs only" : "There is a sale file (`__ENV.FLASHSALE_SALE`) only if the script exports a `sale`: export const sale = { stock: 100, buyers: 2000 };"
  ];
}
function openOnce(vu, folder, path) {
  const { files } = sharedStateOf(vu.run);
  const absolute2 = path.startsWith("file://") ? fileURLToPath(path) : resolve(folder, path);
  let content2 = files.get(absolute2);
  if (!content2) {
    content2 = read(absolute2);
    files.set(absolute2, content2);
  }
  return { absolute: absolute2, content: content2 };
}
function read(path) {
  try {
    const stat = statSync(path);
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      throw new Error("it is a device, not a file");
    if (stat.isFIFO() || stat.isSocket())
      throw new Error("it is a pipe, which can be read only once; write its content into a file");
    if (stat.size > FILE_BYTES_MAX) {
      throw new Error(`it has ${stat.size} bytes, and open() takes at most ${FILE_BYTES_MAX}`);
    }
    return readFileSync(path);
  } catch (error) {
    throw new Error(`open() cannot read ${path}: ${error.message}`, { cause: error });
  }
}

// src/k6/modules/experimental/fs.ts
var SeekMode = { Start: 0, Current: 1, End: 2 };
var fsModule = (vu, { scriptPath }) => ({
  async open(path) {
    if (!vu.initializing) {
      throw named(new Error("open() works in init code only"), "ForbiddenError");
    }
    if (typeof path !== "string" || path === "") {
      throw new TypeError(`open() needs the path of a file, but was given ${JSON.stringify(path)}`);
    }
    try {
      const { absolute: absolute2, content: content2 } = openOnce(vu, dirname(scriptPath), path);
      return new ScriptFile(absolute2, content2);
    } catch (error) {
      throw named(error, "NotFoundError");
    }
  },
  SeekMode
});
function named(error, name) {
  error.name = name;
  return error;
}
var ScriptFile = class {
  path;
  #content;
  #position = 0;
  constructor(path, content2) {
    this.path = path;
    this.#content = content2;
  }
  /** All bytes of a file, independent of its position. */
  static contentOf(file) {
    return file.#content;
  }
  /** Fills an array with the next bytes. Returns their number, null at the end of the file. */
  async read(into) {
    if (!(into instanceof Uint8Array)) throw new TypeError("read() needs a Uint8Array to fill");
    const piece = this.#content.subarray(this.#position, this.#position + into.length);
    if (piece.length === 0) return null;
    into.set(piece);
    this.#position += piece.length;
    return piece.length;
  }
  /** Moves the position. Returns its offset from the start of the file. */
  async seek(offset, whence) {
    const { length } = this.#content;
    const from = [0, this.#position, length - 1][whence];
    if (from === void 0) throw new TypeError("seek() needs one of SeekMode to count from");
    if (typeof offset !== "number" || !Number.isInteger(offset)) {
      throw new TypeError(`seek() needs a whole number of bytes, but was given ${offset}`);
    }
    const position = from + offset;
    if (position < 0 || position > length || whence === SeekMode.End && offset > 0) {
      throw new TypeError(`seek() cannot go to ${position}: the file has ${length} bytes`);
    }
    this.#position = position;
    return position;
  }
  async stat() {
    return { name: basename(this.path), size: this.#content.length };
  }
};

// src/k6/modules/experimental/csv.ts
var csvModule = (vu) => ({
  async parse(file, options = {}) {
    const { arrays } = sharedStateOf(vu.run);
    const rows = rowsOf(file, options);
    const key = JSON.stringify(["csv.parse", file.path, options]);
    const parsed = arrays.get(key) ?? deepFreeze([...rows]);
    arrays.set(key, parsed);
    return parsed;
  },
  Parser: class {
    #rows;
    constructor(file, options = {}) {
      this.#rows = rowsOf(file, options);
    }
    async next() {
      const { done = false, value: value2 } = this.#rows.next();
      return { done, value: value2 ?? [] };
    }
  }
});
var texts = /* @__PURE__ */ new WeakMap();
function rowsOf(file, options) {
  if (!(file instanceof ScriptFile)) {
    throw new TypeError("CSV is read from a file that open() of k6/experimental/fs returned");
  }
  const content2 = ScriptFile.contentOf(file);
  const text2 = texts.get(content2) ?? content2.toString("utf8");
  texts.set(content2, text2);
  const { delimiter = ",", fromLine = 0, toLine = 0, skipFirstLine, asObjects } = options;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new TypeError(
      `delimiter: ${JSON.stringify(delimiter)} is not a character that can separate fields`
    );
  }
  if (fromLine < 0 || toLine < 0 || toLine > 0 && fromLine >= toLine) {
    throw new RangeError(`there are no lines from ${fromLine} to ${toLine}`);
  }
  if (asObjects && (skipFirstLine || fromLine > 0)) {
    throw new TypeError(
      "asObjects needs the first line, which skipFirstLine and fromLine leave out"
    );
  }
  return readRows(csvRecords(text2, delimiter), {
    first: Math.max(fromLine, skipFirstLine ? 1 : 0),
    last: toLine === 0 ? Number.POSITIVE_INFINITY : toLine,
    asObjects: asObjects ?? false
  });
}
function* readRows(records, { first, last, asObjects }) {
  let line2 = 0;
  let names;
  for (const record of records) {
    if (line2 > last) return;
    if (asObjects && !names) names = record;
    else if (line2 >= first) yield names ? asObject(names, record) : record;
    line2 += 1;
  }
  if (line2 < first || asObjects && !names)
    throw new RangeError(`the file has only ${line2} lines`);
}
var asObject = (names, record) => Object.fromEntries(names.map((name, index) => [name, record[index]]));

// src/load/schedule/parse-duration.ts
var MS_PER_UNIT = {
  ns: 1e-6,
  us: 1e-3,
  \u00B5s: 1e-3,
  \u03BCs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 6e4,
  h: 36e5
};
var MS_PER_DAY = 864e5;
var NUMBER = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
var WHOLE = /^\+?(?:(\d+)d)?((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|h|m|s))*)$/;
var PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|h|m|s)/g;
function parseDurationMs(text2) {
  if (typeof text2 === "number") return Number.isFinite(text2) && text2 >= 0 ? text2 : void 0;
  if (NUMBER.test(text2)) return Number(text2);
  const [, days, rest = ""] = WHOLE.exec(text2) ?? [];
  if (days === void 0 && rest === "") return void 0;
  let totalMs = Number(days ?? 0) * MS_PER_DAY;
  for (const [, amount, unit] of rest.matchAll(PART)) {
    totalMs += Number(amount) * MS_PER_UNIT[unit];
  }
  return totalMs;
}
var DURATION_MS_MAX = 2 ** 31 - 1;

// src/k6/runtime/wait-watch.ts
function waitWatched({ watch }, call, wait) {
  if (!watch) return wait();
  watch.begin(call);
  const promise = wait();
  return promise?.finally(() => watch.end());
}

// src/k6/modules/flashsale.ts
var TIMEOUT_DEFAULT = "30s";
var flashsaleModule = (vu) => ({
  rendezvous(name, vus, { timeout = TIMEOUT_DEFAULT } = {}) {
    if (typeof name !== "string" || name === "") throw new TypeError("a rendezvous needs a name");
    if (!Number.isInteger(vus) || vus < 1) {
      throw new TypeError(`rendezvous "${name}" needs the number of VUs to wait for`);
    }
    const timeoutMs = parseDurationMs(timeout);
    if (timeoutMs === void 0) {
      throw new TypeError(`rendezvous "${name}": "${timeout}" is not a duration like 30s`);
    }
    if (vu.initializing) throw new Error("rendezvous() works in scenarios only, not in init code");
    return waitWatched(vu, "rendezvous()", () => vu.meet({ name, size: vus, timeoutMs }));
  }
});

// src/k6/html/page.ts
import { createRequire as createRequire2 } from "node:module";

// src/k6/html/url-reference.ts
import { toUSVString } from "node:util";
var REFERENCE = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;
var NO_URL = {
  scheme: "",
  credentials: void 0,
  host: "",
  path: "",
  query: void 0,
  fragment: "",
  opaque: ""
};
function resolveReference(base, reference) {
  const from = parse(base);
  const to = parse(reference);
  if (!from || !to) return void 0;
  if (to.scheme || to.host || to.credentials !== void 0) {
    return { ...to, scheme: to.scheme || from.scheme, path: withoutDots(to.path) };
  }
  const { scheme, credentials, host } = from;
  const isSamePage = to.path === "" && !to.query;
  const path = to.path.startsWith("/") ? to.path : to.path === "" ? from.path : from.path.slice(0, from.path.lastIndexOf("/") + 1) + to.path;
  return {
    ...{ scheme, credentials, host, opaque: "" },
    path: withoutDots(path),
    query: isSamePage ? from.query : to.query,
    fragment: isSamePage && to.fragment === "" ? from.fragment : to.fragment
  };
}
function parse(text2) {
  const match = [...text2].some(isControl) ? null : REFERENCE.exec(text2);
  if (!match) return void 0;
  const [, scheme = "", credentials, host = "", path = "", query, fragment = ""] = match;
  if (/%(?![0-9a-f]{2})/i.test(host + path + fragment)) return void 0;
  const isOpaque = scheme !== "" && path !== "" && !path.startsWith("/") && host === "";
  return {
    ...{ scheme: scheme.toLowerCase(), credentials, host, query, fragment },
    path: isOpaque ? "" : path,
    opaque: isOpaque ? path : ""
  };
}
var isControl = (character) => character < " " || character === "\x7F";
function withoutDots(path) {
  if (path === "") return "";
  const kept = [];
  const segments = path.replace(/^\//, "").split("/");
  for (const [index, segment] of segments.entries()) {
    if (segment === "..") kept.pop();
    if (segment !== "." && segment !== "..") kept.push(segment);
    else if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}
function formatUrl({ scheme, credentials, host, path, query, ...rest }) {
  const { fragment, opaque } = rest;
  const user = credentials === void 0 ? "" : `${credentials}@`;
  const hasAuthority = (scheme || host || user) && (host || path || user);
  return [
    scheme && `${scheme}:`,
    opaque || `${hasAuthority ? "//" : ""}${user}${host}${encoded(path)}`,
    query === void 0 ? "" : `?${query}`,
    fragment && `#${encoded(fragment)}`
  ].join("");
}
function encoded(text2) {
  return toUSVString(text2).replaceAll(
    /[^\w\-.~!$&'()*+,;=:@[\]/%]/gu,
    (character) => encodeURIComponent(character)
  );
}

// src/k6/html/readers.ts
function attributes(read2, ...names) {
  return Object.fromEntries(names.map((name) => [name, read2(name.toLowerCase())]));
}
var text = (attribute) => (element) => element.selection().attr(attribute, "");
var flag = (attribute) => (element) => element.hasAttribute(attribute);
var number = (otherwise) => (attribute) => (element) => {
  const value2 = element.getAttribute(attribute) ?? "";
  return /^[+-]?\d+$/.test(value2) ? Number(value2) : otherwise;
};
var choice = (otherwise, ...others) => (attribute) => (element) => {
  const value2 = element.selection().attr(attribute, "");
  return others.includes(value2) ? value2 : otherwise;
};
var optionalChoice = (...known) => (attribute) => (element) => {
  const value2 = element.getAttribute(attribute);
  return value2 !== void 0 && known.includes(value2) ? value2 : void 0;
};
var url = (attribute) => (element) => {
  const reference = element.getAttribute(attribute);
  return reference === void 0 ? "" : absolute(element, reference) ?? "";
};
function absolute(element, reference) {
  const page = element.selection().url;
  if (page === "") return reference;
  const parts = resolveReference(page, reference);
  return parts && formatUrl(parts);
}
var all = (selector) => (element) => element.querySelectorAll(selector);
var content = (element) => element.textContent();
function findInPage(element, selector) {
  return element.selection().parents().last().find(selector);
}
var indexAmong = (containers, selector, otherwise) => (element) => {
  const container = element.selection().parents(containers);
  return container.size() === 0 ? otherwise : container.find(selector).index(element);
};

// src/k6/html/form-elements.ts
function formOf(element) {
  const around = element.selection().closest("form");
  if (around.size() > 0) return around;
  const id = element.selection().attr("form", "");
  const named2 = id === "" ? void 0 : findInPage(element, `#${id}`);
  return named2 && named2.size() > 0 ? named2 : void 0;
}
var form = (element) => formOf(element)?.get(0);
function labels(element) {
  const around = element.selection().closest("label");
  const id = element.id();
  return (id === "" ? around : around.add(findInPage(element, `label[for="${id}"]`))).get();
}
var encoding = choice(
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain"
);
var onOrOff = choice("on", "off");
var value = (element) => valueOrContent(element.selection().nodes[0]);
var chosenIn = (element) => element.selection().find("option[selected]");
function floatOf(element, attribute) {
  const text2 = element.getAttribute(attribute)?.trim() ?? "";
  const float = text2 === "" ? Number.NaN : Number(text2);
  return float >= 0 ? float : void 0;
}
function progressMax(element) {
  return floatOf(element, "max") ?? 1;
}
function progressOf(element) {
  const done = floatOf(element, "value");
  return done === void 0 ? void 0 : done / progressMax(element);
}
function ofFieldOrForm(element, attribute) {
  return element.getAttribute(`form${attribute}`) ?? formOf(element)?.attr(attribute);
}
var FIELD = {
  ...attributes(text, "name"),
  form,
  labels,
  formAction(element) {
    const action = ofFieldOrForm(element, "action") ?? "";
    const page = element.selection().url;
    return page !== "" && action === "" ? page : absolute(element, action) ?? action;
  },
  formEnctype(element) {
    const value2 = ofFieldOrForm(element, "enctype") ?? "";
    const others = ["multipart/form-data", "text/plain"];
    return others.includes(value2) ? value2 : "application/x-www-form-urlencoded";
  },
  formMethod: (element) => ofFieldOrForm(element, "method")?.toLowerCase() === "post" ? "post" : "get",
  formNoValidate: (element) => ofFieldOrForm(element, "novalidate") !== void 0,
  formTarget: (element) => ofFieldOrForm(element, "target") ?? ""
};
var FORM_ELEMENTS = {
  button: {
    ...FIELD,
    ...attributes(text, "accessKey"),
    ...attributes(flag, "autofocus", "disabled"),
    ...attributes(number(0), "tabIndex"),
    ...attributes(choice("submit", "button", "menu", "reset"), "type"),
    value
  },
  datalist: { options: all("option") },
  fieldset: {
    ...attributes(flag, "disabled"),
    ...attributes(text, "name"),
    form,
    type: () => "fieldset",
    elements: all("input,select,button,textarea"),
    validity: () => void 0
  },
  form: {
    ...attributes(url, "action"),
    ...attributes(text, "name", "target"),
    ...attributes(encoding, "enctype"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(flag, "noValidate"),
    encoding: encoding("enctype"),
    acceptCharset: text("accept-charset"),
    elements: all("input,select,button,textarea,fieldset"),
    length: (element) => element.querySelectorAll("input,select,button,textarea,fieldset").length,
    method: choice("get", "post")("method")
  },
  input: {
    ...FIELD,
    ...attributes(
      text,
      "value",
      "alt",
      "height",
      "width",
      "accept",
      "pattern",
      "placeholder"
    ),
    ...attributes(text, "min", "max", "dirName", "accessKey", "step"),
    ...attributes(number(0), "tabIndex", "size"),
    ...attributes(number(-1), "maxLength"),
    ...attributes(
      flag,
      "disabled",
      "autofocus",
      "required",
      "checked",
      "readonly",
      "multiple"
    ),
    ...attributes(url, "src"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(
      choice(
        ...["text", "button", "checkbox", "color", "date", "datetime-local", "email"],
        ...["file", "hidden", "image", "month", "number", "password", "radio", "range", "reset"],
        ...["search", "submit", "tel", "time", "url", "week"]
      ),
      "type"
    ),
    defaultChecked: flag("checked"),
    defaultValue: text("value"),
    list(element) {
      const id = element.selection().attr("list", "");
      const type = element.selection().attr("type", "");
      const without = ["hidden", "checkbox", "radio", "file", "button"];
      if (id === "" || without.includes(type)) return void 0;
      return findInPage(element, `datalist[id="${id}"]`).get(0);
    }
  },
  keygen: {
    ...attributes(flag, "autofocus", "disabled"),
    ...attributes(text, "challenge", "name"),
    ...attributes(choice("RSA", "DSA", "EC"), "keytype"),
    form,
    labels,
    type: () => "keygen"
  },
  label: {
    form,
    htmlFor: text("for"),
    control(element) {
      const id = element.getAttribute("for");
      return id === void 0 ? void 0 : findInPage(element, `#${id}`).get(0);
    }
  },
  legend: { ...attributes(text, "accessKey"), form },
  meter: { ...attributes(number(0), "min", "max", "high", "low", "optimum"), labels },
  optgroup: { ...attributes(flag, "disabled"), ...attributes(text, "label") },
  option: {
    ...attributes(flag, "selected"),
    defaultSelected: flag("selected"),
    disabled: (element) => element.hasAttribute("disabled") || element.selection().parents("optgroup").attr("disabled") !== void 0,
    form(element) {
      const around = element.selection().parents("form");
      if (around.size() > 0) return around.get(0);
      const id = element.selection().parents("select").attr("form");
      return id === void 0 ? void 0 : findInPage(element, `form#${id}`).get(0);
    },
    index: indexAmong("select,datalist", "option", 0),
    label: (element) => element.getAttribute("label") ?? element.textContent(),
    text: content,
    value
  },
  output: {
    ...attributes(text, "name"),
    form,
    labels,
    htmlFor: text("for"),
    type: () => "output",
    value: content,
    defaultValue: content
  },
  progress: {
    labels,
    max: progressMax,
    value: (element) => progressOf(element) ?? 0,
    position: (element) => progressOf(element) ?? -1
  },
  select: {
    ...attributes(flag, "autofocus", "disabled", "multiple", "required"),
    ...attributes(text, "name"),
    ...attributes(number(0), "tabIndex"),
    form,
    labels,
    options: all("option"),
    length: (element) => element.querySelectorAll("option").length,
    selectedIndex: (element) => element.selection().find("option").index(chosenIn(element)),
    selectedOptions: all("option[selected]"),
    size: (element) => element.hasAttribute("multiple") ? 4 : 1,
    type: (element) => element.hasAttribute("multiple") ? "select-multiple" : "select",
    value: (element) => valueOrContent(chosenIn(element).nodes[0])
  },
  textarea: {
    ...attributes(text, "value", "placeholder", "accessKey"),
    ...attributes(number(0), "rows", "cols", "maxLength", "tabIndex"),
    ...attributes(flag, "readOnly", "required"),
    ...attributes(onOrOff, "autocomplete"),
    ...attributes(
      choice("sentences", "none", "off", "characters", "words"),
      "autocapitalize"
    ),
    ...attributes(choice("soft", "hard", "off"), "wrap"),
    form,
    labels,
    type: () => "textarea",
    defaultValue: text("value"),
    length: (element) => Buffer.byteLength(element.selection().attr("value", ""))
  }
};

// src/k6/html/link-url.ts
var DEFAULT_PORTS = { http: "80", https: "443", ftp: "21" };
var LINK_URL = {
  hash: (element) => prefixed("#", decoded(urlOf(element).fragment)),
  host(element) {
    const { scheme, host } = urlOf(element);
    const { name, port } = splitHost(host);
    return port !== "" && port === DEFAULT_PORTS[scheme] ? name : host;
  },
  hostname: (element) => splitHost(urlOf(element).host).name,
  port: (element) => splitHost(urlOf(element).host).port,
  username: (element) => credentialsOf(element).username,
  password: (element) => credentialsOf(element).password,
  origin(element) {
    const { scheme, host } = urlOf(element);
    if (scheme === "file") return String(element);
    return scheme === "" ? "" : `${scheme}://${host}`;
  },
  pathname: (element) => decoded(urlOf(element).path),
  protocol: (element) => urlOf(element).scheme || ":",
  search: (element) => prefixed("?", urlOf(element).query ?? "")
};
function urlOf(element) {
  const href = element.getAttribute("href");
  if (href === void 0) return NO_URL;
  return resolveReference(element.selection().url, href) ?? NO_URL;
}
function splitHost(host) {
  const [, name = host, port = ""] = /^(?:\[?)(.*?)(?:\]?):(\d*)$/.exec(host) ?? [];
  return { name, port };
}
function credentialsOf(element) {
  const [username = "", ...rest] = (urlOf(element).credentials ?? "").split(":");
  return { username: decoded(username), password: decoded(rest.join(":")) };
}
function prefixed(prefix, text2) {
  return text2 === "" ? "" : prefix + text2;
}
function decoded(text2) {
  try {
    return decodeURIComponent(text2);
  } catch {
    return text2;
  }
}

// src/k6/html/table-elements.ts
var TABLE_SECTION = { rows: all("tr") };
var TABLE_CELL = {
  ...attributes(number(1), "colSpan", "rowSpan"),
  ...attributes(text, "headers"),
  cellIndex: indexAmong("tr", "th,td", -1)
};
var TABLE_ELEMENTS = {
  table: {
    ...attributes(flag, "sortable"),
    caption: (element) => element.selection().children("caption").get(0),
    tHead: (element) => element.selection().children("thead").get(0),
    tFoot: (element) => element.selection().children("tfoot").get(0),
    tBodies: all("tbody"),
    rows: all("tr")
  },
  thead: TABLE_SECTION,
  tbody: TABLE_SECTION,
  tfoot: TABLE_SECTION,
  tr: {
    cells: all("th,td"),
    rowIndex: indexAmong("table", "tr", -1),
    sectionRowIndex: indexAmong("thead,tbody,tfoot", "tr", -1)
  },
  col: { span: (element) => Math.max(1, number(1)("span")(element)) },
  td: TABLE_CELL,
  th: {
    ...TABLE_CELL,
    ...attributes(text, "abbr"),
    ...attributes(choice("", "row", "col", "colgroup", "rowgroup"), "scope"),
    ...attributes(flag, "sorted")
  }
};

// src/k6/html/elements.ts
var relList = (element) => element.getAttribute("rel")?.split(" ") ?? [];
var referrerPolicy = choice(
  ...["", "no-referrer", "no-referrer-when-downgrade", "origin"],
  ...["origin-when-cross-origin", "unsafe-url"]
);
var crossOrigin = optionalChoice("anonymous", "use-credentials");
var HREF = {
  ...attributes(text, "download", "rel", "target", "type", "accessKey", "hrefLang"),
  ...attributes(referrerPolicy, "referrerPolicy"),
  ...attributes(url, "href"),
  ...LINK_URL,
  relList,
  text: content,
  toString: url("href")
};
var MEDIA = {
  ...attributes(flag, "autoplay", "controls", "loop", "muted"),
  ...attributes(choice("auto", "metadata", "none"), "preload"),
  ...attributes(url, "src"),
  ...attributes(crossOrigin, "crossOrigin"),
  ...attributes(text, "mediaGroup"),
  currentSrc: text("src"),
  defaultMuted: flag("muted"),
  textTracks: all("track")
};
var CITING = attributes(text, "cite", "datetime");
var KINDS = {
  ...FORM_ELEMENTS,
  ...TABLE_ELEMENTS,
  a: HREF,
  area: HREF,
  audio: MEDIA,
  base: {
    ...attributes(text, "target"),
    href: (element) => absolute(element, element.getAttribute("href") ?? "") ?? element.selection().url
  },
  canvas: attributes(number(150), "width", "height"),
  data: attributes(text, "value"),
  del: CITING,
  ins: CITING,
  embed: attributes(text, "height", "width", "src", "type"),
  iframe: {
    ...attributes(flag, "allowfullscreen"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    ...attributes(text, "height", "width", "name"),
    ...attributes(url, "src")
  },
  img: {
    ...attributes(url, "src"),
    ...attributes(text, "sizes", "srcset", "alt", "name", "useMap"),
    ...attributes(crossOrigin, "crossOrigin"),
    ...attributes(number(0), "height", "width"),
    ...attributes(flag, "isMap"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    currentSrc: url("src")
  },
  li: {
    ...attributes(number(0), "value"),
    ...attributes(
      choice("", "1", "a", "A", "i", "I", "disc", "square", "circle"),
      "type"
    )
  },
  link: {
    ...attributes(crossOrigin, "crossOrigin"),
    ...attributes(referrerPolicy, "referrerPolicy"),
    ...attributes(url, "href"),
    ...attributes(text, "hreflang", "media", "rel", "target", "type"),
    relList
  },
  map: {
    ...attributes(text, "name"),
    areas: all("area"),
    images(element) {
      const id = element.getAttribute("id");
      if (id === void 0) return [];
      return findInPage(element, `img[usemap="#${id}"],object[usemap="#${id}"]`).get();
    }
  },
  meta: {
    ...attributes(text, "content", "name"),
    httpEquiv: choice("content-type", "default-style", "refresh")("http-equiv")
  },
  object: {
    ...attributes(url, "data"),
    ...attributes(text, "height", "name", "type", "useMap", "width"),
    ...attributes(number(0), "tabIndex"),
    ...attributes(flag, "typeMustMatch"),
    form
  },
  ol: {
    ...attributes(flag, "reversed"),
    ...attributes(number(0), "start"),
    ...attributes(choice("1", "a", "A", "i", "I"), "type")
  },
  param: attributes(text, "name", "value"),
  pre: attributes(text, "name", "value"),
  quote: attributes(text, "cite"),
  script: {
    ...attributes(text, "crossOrigin", "type", "charset"),
    ...attributes(url, "src"),
    ...attributes(flag, "async", "defer", "noModule"),
    text: content
  },
  source: {
    ...attributes(text, "keySystem", "media", "sizes", "srcset", "type"),
    ...attributes(url, "src")
  },
  style: {
    ...attributes(text, "media"),
    type: (element) => element.getAttribute("type") || "text/css"
  },
  time: attributes(text, "datetime"),
  title: { text: content },
  track: {
    ...attributes(
      choice("subtitle", "captions", "descriptions", "chapters", "metadata"),
      "kind"
    ),
    ...attributes(url, "src"),
    ...attributes(text, "srclang", "label"),
    ...attributes(flag, "default")
  },
  ul: attributes(text, "type"),
  video: MEDIA
};
var ELEMENT_METHODS = new Set(
  Object.values(KINDS).flatMap(Object.keys)
);
var CLASSES = new Map(Object.entries(KINDS).map(([name, readers]) => [name, kindOf(readers)]));
function kindOf(readers) {
  const kind = class extends Element {
  };
  for (const [name, reader] of Object.entries(readers)) {
    const method = function() {
      return reader(this);
    };
    Object.defineProperty(kind.prototype, name, { value: method });
  }
  return kind;
}
function elementOf(selection) {
  const [node] = selection.nodes;
  const kind = node && CLASSES.get(nameOf(node));
  return new (kind ?? Element)(selection);
}

// src/k6/html/page.ts
var require3 = createRequire2(import.meta.url);
var parser;
function parsePage(html, url2) {
  parser ??= loadParser();
  const { parse: parse3, treeAdapter } = parser;
  const document = parse3(html, { treeAdapter });
  return new Selection([document], { document, url: url2, elementOf });
}
function loadParser() {
  const { parse: parse3 } = require3("parse5");
  const { adapter } = require3("parse5-htmlparser2-tree-adapter");
  const treeAdapter = {
    ...adapter,
    setTemplateContent: () => {
    },
    getTemplateContent: (template) => template
  };
  return { parse: parse3, treeAdapter };
}

// src/k6/modules/html.ts
var htmlModule = () => ({
  parseHTML: (html) => parsePage(String(html), "")
});

// src/load/http/content-encoding.ts
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants as constants2,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync
} from "node:zlib";
import { decompress as unzstd } from "fzstd";
var PACKERS = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body)
};
function packBody(body, compression) {
  const names = compression.split(",").map((name) => name.trim());
  let packed2 = body;
  for (const name of names) {
    const pack = PACKERS[name];
    if (!pack) {
      throw new Error(
        `"${name}" is not a compression of request bodies (there are: ${Object.keys(PACKERS).join(", ")})`
      );
    }
    packed2 = pack(packed2);
  }
  return { body: packed2, encoding: names.join(", ") };
}
var UNPACKERS = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  // Node itself knows it from version 22.15 on.
  zstd: (bytes) => unzstd(bytes)
};
var MAY_BE_EMPTY = /* @__PURE__ */ new Set(["zstd"]);
function unpackBody(body, encoding2, bytesMax) {
  const names = encoding2.split(",").map((name) => name.trim().toLowerCase());
  let bytes = body;
  for (const name of names.reverse()) {
    const unpack = Object.hasOwn(UNPACKERS, name) ? UNPACKERS[name] : void 0;
    if (unpack === void 0) continue;
    if (bytes.length === 0) {
      if (MAY_BE_EMPTY.has(name)) continue;
      throw new Error("it has no bytes");
    }
    const unpacked = unpack(bytes, { maxOutputLength: bytesMax });
    bytes = Buffer.from(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength);
  }
  return bytes;
}
var PART_UNPACKERS = {
  gzip: (bytes, limit) => gunzipSync(bytes, { ...limit, finishFlush: constants2.Z_SYNC_FLUSH }),
  deflate: (bytes, limit) => inflateSync(bytes, { ...limit, finishFlush: constants2.Z_SYNC_FLUSH }),
  br: (bytes, limit) => brotliDecompressSync(bytes, { ...limit, finishFlush: constants2.BROTLI_OPERATION_FLUSH })
};
function unpackPart(body, encoding2, bytesMax) {
  let bytes = body;
  for (const each of encoding2.split(",").reverse()) {
    const name = each.trim().toLowerCase();
    if (!Object.hasOwn(UNPACKERS, name)) continue;
    try {
      bytes = PART_UNPACKERS[name]?.(bytes, { maxOutputLength: bytesMax }) ?? Buffer.alloc(0);
    } catch {
      return Buffer.alloc(0);
    }
  }
  return bytes;
}
var isCutOff = (error) => error.code === "Z_BUF_ERROR" || /unexpected (?:EOF|end of file)/i.test(error.message);

// src/k6/http/expected-statuses.ts
var made = /* @__PURE__ */ new WeakSet();
function expectedStatuses(...ranges) {
  if (ranges.length === 0) throw new TypeError("expectedStatuses takes at least one status");
  for (const range of ranges) {
    const bounds = typeof range === "number" ? [range] : [range?.min, range?.max];
    if (!bounds.every(Number.isInteger)) {
      throw new TypeError("expectedStatuses takes status codes and { min, max } objects");
    }
  }
  const test = (status) => ranges.some(
    (range) => typeof range === "number" ? status === range : status >= range.min && status <= range.max
  );
  made.add(test);
  return test;
}
function statusTestOf(given) {
  if (given === null || made.has(given)) return given;
  throw new TypeError("a response callback is made by http.expectedStatuses(\u2026), or is null");
}

// src/k6/http/multipart.ts
import { randomBytes as randomBytes2 } from "node:crypto";
var FileData = class {
  data;
  filename;
  content_type;
  constructor(data, filename, contentType) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
};
function encodeMultipart(fields) {
  const boundary = randomBytes2(30).toString("hex");
  const parts = fields.flatMap(([name, value2]) => {
    const isFile = value2 instanceof FileData;
    const disposition = `form-data; name="${quoted(name)}"${isFile ? `; filename="${quoted(value2.filename)}"` : ""}`;
    const type = isFile ? `Content-Type: ${value2.content_type}\r
` : "";
    const head = `--${boundary}\r
Content-Disposition: ${disposition}\r
${type}\r
`;
    return [head, isFile ? bytesOf(value2.data) : String(value2), "\r\n"];
  });
  return {
    body: Buffer.concat([...parts, `--${boundary}--\r
`].map((part) => Buffer.from(part))),
    contentType: `multipart/form-data; boundary=${boundary}`
  };
}
function quoted(text2) {
  return text2.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll(/[\r\n]/g, "");
}

// src/k6/http/request-body.ts
function encodeBody(body) {
  if (body === null || body === void 0 || body === "") return { body: null };
  if (typeof body === "string") return { body };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { body: bytesOf(body) };
  if (typeof body === "object" && !Array.isArray(body) && !(body instanceof Date)) {
    const fields = Object.entries(body);
    if (fields.some(([, value2]) => value2 instanceof FileData)) return encodeMultipart(fields);
    return { body: encodeForm(body), contentType: "application/x-www-form-urlencoded" };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not ${nameOf2(body)}`
  );
}
function nameOf2(body) {
  if (Array.isArray(body)) return "an array; JSON.stringify() makes a text of it";
  return body instanceof Date ? "a Date" : `a ${typeof body}`;
}

// src/load/http/cookie-jar.ts
import { isIP } from "node:net";

// src/load/http/set-cookie.ts
var CONTROL_CHARACTERS = /[^\P{Cc}\t\x80-\x9f]/u;
function parseSetCookie(header) {
  if (CONTROL_CHARACTERS.test(header)) return void 0;
  const [pair, ...rest] = header.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === "") return void 0;
  const attributes2 = /* @__PURE__ */ new Map();
  for (const part of rest) {
    const at = part.indexOf("=");
    const attribute = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes2.set(attribute, at < 0 ? "" : part.slice(at + 1).trim());
  }
  return { name, value: pair.slice(equals + 1).trim(), attributes: attributes2 };
}
function cookieText(value2) {
  return /^".*"$/.test(value2) ? value2.slice(1, -1) : value2;
}
function expiryOf(attributes2, nowMs) {
  const maxAge = attributes2.get("max-age");
  if (maxAge !== void 0 && /^-?\d+$/.test(maxAge)) {
    return Number(maxAge) <= 0 ? Number.NEGATIVE_INFINITY : nowMs + Number(maxAge) * 1e3;
  }
  return parseCookieDate(attributes2.get("expires") ?? "") ?? Number.POSITIVE_INFINITY;
}
var MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
function parseCookieDate(text2) {
  let time = null;
  let day;
  let month;
  let year;
  for (const token of text2.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock = time ? null : /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const number2 = /^(\d{1,4})(?:\D|$)/.exec(token)?.[1];
    const monthNumber = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock) time = clock;
    else if (day === void 0 && number2 && number2.length <= 2) day = Number(number2);
    else if (month === void 0 && monthNumber >= 0) month = monthNumber;
    else if (year === void 0 && number2 && number2.length >= 2) year = Number(number2);
  }
  if (!time || day === void 0 || month === void 0 || year === void 0) return void 0;
  if (year < 100) year += year < 70 ? 2e3 : 1900;
  const [hours, minutes, seconds] = time.slice(1).map(Number);
  if (year < 1601 || hours > 23 || minutes > 59 || seconds > 59) return void 0;
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  return date.getUTCDate() === day ? date.getTime() : void 0;
}

// src/load/http/cookie-jar.ts
var isLoopback = (hostname) => /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost)$/.test(hostname);
var COOKIES_MAX = 3e3;
function createCookieJar(nowMs, cookies = []) {
  function matching(origin, path) {
    const { hostname, protocol } = new URL(origin);
    const pathname = path.split("?", 1)[0];
    const now = nowMs();
    return cookies.filter(
      (cookie) => (cookie.host === hostname || cookie.domainWide && isWithin(hostname, cookie.host)) && (pathname === cookie.path || pathname.startsWith(withSlash(cookie.path))) && (!cookie.secure || protocol === "https:" || isLoopback(hostname)) && cookie.expiresAtMs > now
    ).sort((a, b) => b.path.length - a.path.length);
  }
  function indexOf(cookie) {
    return cookies.findIndex(
      (other) => other.name === cookie.name && other.host === cookie.host && other.path === cookie.path
    );
  }
  function put(cookie) {
    const index = indexOf(cookie);
    const expired = cookie.expiresAtMs <= nowMs();
    if (index >= 0) cookies.splice(index, 1, ...expired ? [] : [cookie]);
    else if (!expired) cookies.push(cookie);
    if (cookies.length > COOKIES_MAX) cookies.shift();
  }
  return {
    headerFor(origin, path, without) {
      if (cookies.length === 0) return void 0;
      const sent = matching(origin, path).filter(({ name }) => !without?.has(name));
      if (sent.length === 0) return void 0;
      return sent.map(({ name, value: value2 }) => `${name}=${value2}`).join("; ");
    },
    store(setCookie, origin, path) {
      const cookie = readCookie(setCookie, origin, path, nowMs());
      if (cookie) put(cookie);
    },
    cookiesFor(origin, path) {
      const found = /* @__PURE__ */ new Map();
      for (const { name, value: value2 } of matching(origin, path)) {
        found.set(name, [...found.get(name) ?? [], cookieText(value2)]);
      }
      return Object.fromEntries(found);
    },
    delete(origin, path, name) {
      const gone = matching(origin, path).filter((cookie) => cookie.name === name);
      cookies = cookies.filter((cookie) => !gone.includes(cookie));
    },
    clear() {
      if (cookies.length > 0) cookies = [];
    },
    stored: () => cookies.map((cookie) => ({ ...cookie }))
  };
}
function readCookie(setCookie, origin, requestPath, nowMs) {
  const parsed = parseSetCookie(setCookie);
  if (!parsed) return void 0;
  const { name, value: value2, attributes: attributes2 } = parsed;
  const { hostname } = new URL(origin);
  const domain = attributes2.get("domain")?.replace(/^\./, "").toLowerCase();
  if (domain && domain !== hostname && !isWithin(hostname, domain)) return void 0;
  const path = attributes2.get("path");
  return {
    name,
    value: value2,
    host: domain || hostname,
    domainWide: Boolean(domain),
    path: path?.startsWith("/") ? path : defaultPath(requestPath),
    secure: attributes2.has("secure"),
    expiresAtMs: expiryOf(attributes2, nowMs)
  };
}
function isWithin(hostname, domain) {
  return hostname.endsWith(`.${domain}`) && isIP(hostname) === 0;
}
function defaultPath(path) {
  const pathname = path.split("?", 1)[0];
  const last = pathname.lastIndexOf("/");
  return last <= 0 ? "/" : pathname.slice(0, last);
}
function withSlash(path) {
  return path.endsWith("/") ? path : `${path}/`;
}

// src/load/http/request-error.ts
var RequestError = class extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = "RequestError";
  }
};

// src/load/http/url.ts
function separateCredentials(url2) {
  const parsed = parseHttpUrl(url2);
  const credentials = credentialsOf2(parsed);
  parsed.username = "";
  parsed.password = "";
  return { url: parsed.href, credentials };
}
function parseHttpUrl(url2) {
  const parsed = URL.canParse(url2) ? new URL(url2) : void 0;
  if (!parsed || parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw new RequestError(`"${url2}" is not an absolute http or https URL`);
  }
  return parsed;
}
function credentialsOf2({ username, password }) {
  if (!username && !password) return void 0;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

// src/k6/http/script-cookie-jar.ts
var ScriptCookieJar = class _ScriptCookieJar {
  #jar;
  constructor(jar) {
    this.#jar = jar === void 0 ? createCookieJar(Date.now) : jar;
  }
  /** The engine's jar inside a script's jar; undefined for any other value. */
  static jarOf(value2) {
    return value2 instanceof _ScriptCookieJar ? value2.#jar : void 0;
  }
  cookiesForURL(url2) {
    const { origin, pathname } = parseHttpUrl(url2);
    return this.#jar.cookiesFor(origin, pathname);
  }
  set(url2, name, value2, given) {
    const { origin, pathname } = parseHttpUrl(url2);
    const options = given ?? {};
    if (options.expires && !isExpiry(options.expires)) {
      throw new TypeError(
        `"${options.expires}" is no time at which a cookie expires, like "Wed, 21 Oct 2099 07:28:00 GMT"`
      );
    }
    const attributes2 = [
      ...options.domain ? [`Domain=${options.domain}`] : [],
      ...options.path ? [`Path=${options.path}`] : [],
      ...options.expires ? [`Expires=${options.expires}`] : [],
      ...options.max_age ? [`Max-Age=${options.max_age}`] : [],
      ...options.secure ? ["Secure"] : []
    ];
    const pair = `${name}=${cookieValue(value2 ?? "")}`;
    this.#jar.store([pair, ...attributes2].join("; "), origin, pathname);
    return true;
  }
  clear(url2) {
    for (const name of Object.keys(this.cookiesForURL(url2))) this.delete(url2, name);
  }
  delete(url2, name) {
    const { origin, pathname } = parseHttpUrl(url2);
    this.#jar.delete(origin, pathname, name);
  }
};
var isExpiry = (text2) => /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [A-Z]{3,4}$/.test(text2) && !Number.isNaN(Date.parse(text2));
function cookieValue(value2) {
  const clean = String(value2).replaceAll(/[^\x20-\x7e]|[";\\]/g, "");
  return /[ ,]/.test(clean) ? `"${clean}"` : clean;
}

// src/k6/http/http-params.ts
var PARAMETERS2 = /* @__PURE__ */ new Set([
  "headers",
  "tags",
  "cookies",
  "timeout",
  "redirects",
  "responseType",
  "responseCallback",
  "jar",
  "compression",
  "auth",
  "throw"
]);
var TIMEOUT_MS_DEFAULT = 6e4;
function toCallRequest(vu, method, url2, body, params) {
  if (params) {
    for (const name in params) if (!PARAMETERS2.has(name)) warnOfUnknown(vu, name);
  }
  if (params?.auth === "ntlm") {
    throw new Error('the authentication "ntlm" is not supported (supported are basic and digest)');
  }
  const encoded2 = encodeBody(body);
  const named2 = typeof url2 === "object" && url2 !== null ? url2 : void 0;
  const request = {
    method,
    url: named2 ? named2.url : String(url2),
    headers: encoded2.contentType ? withHeader(params?.headers, "content-type", encoded2.contentType) : params?.headers ?? void 0,
    body: encoded2.body,
    timeoutMs: params?.timeout === void 0 ? TIMEOUT_MS_DEFAULT : timeoutMsOf(String(params.timeout)),
    dropsBody: responseTypeOf(vu, params) === "none",
    redirectsMax: redirectsMaxOf(vu, params),
    tags: named2 ? { name: named2.name, ...params?.tags } : params?.tags,
    cookies: params?.cookies ? plainCookies(params.cookies) : void 0,
    isExpected: params?.responseCallback === void 0 ? vu.expectedStatus : statusTestOf(params.responseCallback)
  };
  if (params?.cookies) request.replacedCookies = replacedIn(params.cookies);
  if (params?.jar) request.jar = ScriptCookieJar.jarOf(params.jar);
  if (params?.compression && request.body !== null) {
    const packed2 = packBody(request.body, params.compression);
    request.body = packed2.body;
    request.headers = withHeader(request.headers, "content-encoding", packed2.encoding);
  }
  return request;
}
var RESPONSE_TYPES = ["text", "binary", "none"];
function responseTypeOf(vu, params) {
  const type = params?.responseType;
  if (type === void 0) return vu.http.discardResponseBodies ? "none" : "text";
  if (RESPONSE_TYPES.includes(type)) return type;
  throw new TypeError(`responseType is "text", "binary" or "none", not ${JSON.stringify(type)}`);
}
function redirectsMaxOf(vu, params) {
  if (typeof params !== "object" || params === null || !("redirects" in params)) {
    return vu.http.redirectsMax;
  }
  return Math.trunc(Number(params.redirects)) || 0;
}
function warnOfUnknown(vu, name) {
  const known = [...PARAMETERS2].join(", ");
  const message = `the http parameter "${name}" is unknown, and ignored (known: ${known})`;
  warnOnce(vu, `parameter ${name}`, message);
}
var timeoutMsOf = createRecentMap(100, readTimeoutMs);
function readTimeoutMs(timeout) {
  const ms = parseDurationMs(timeout);
  if (ms === void 0) throw new Error(`"${timeout}" is not a timeout like "30s" or 30000`);
  return ms === 0 ? TIMEOUT_MS_DEFAULT : Math.min(ms, DURATION_MS_MAX);
}
function withHeader(headers, name, value2) {
  const given = Object.keys(headers ?? {}).some((each) => each.toLowerCase() === name);
  return given ? headers : { ...headers, [name]: value2 };
}
function replacedIn(cookies) {
  const names = Object.entries(cookies).flatMap(
    ([name, cookie]) => typeof cookie === "object" && cookie?.replace ? [name] : []
  );
  return names.length > 0 ? new Set(names) : void 0;
}
function plainCookies(cookies) {
  return Object.fromEntries(
    Object.entries(cookies).map(([name, cookie]) => [
      name,
      // As in k6, a number or a boolean is its text.
      cookieValue(typeof cookie === "object" ? cookie?.value ?? "" : cookie)
    ])
  );
}

// src/k6/http/pending-response.ts
var RESPONSE_FIELDS = [
  "body",
  "cookies",
  "error",
  "error_code",
  "headers",
  "proto",
  "remote_ip",
  "remote_port",
  "request",
  "status",
  "status_text",
  "timings",
  "url",
  "json",
  "html",
  "clickLink",
  "submitForm"
];
var PendingResponse = class extends Promise {
  // Promises derived from this one (`.then`, `Promise.all`) are plain ones.
  static get [Symbol.species]() {
    return Promise;
  }
};
Object.defineProperty(PendingResponse.prototype, "constructor", { value: Promise });
for (const field of RESPONSE_FIELDS) {
  Object.defineProperty(PendingResponse.prototype, field, {
    get() {
      throw new Error(
        `.${field} was read of a response that is still on its way: put "await" before the http call (const response = await http.get(\u2026)); k6 runs the same line`
      );
    }
  });
}
function guardMembers(promise, keys) {
  for (const key of [...keys, "length"]) {
    Object.defineProperty(promise, key, {
      get() {
        throw new Error(
          `[${key}] was read of a batch that is still on its way: put "await" before http.batch(\u2026); k6 runs the same line`
        );
      }
    });
  }
}

// src/k6/http/send-request.ts
import { randomBytes as randomBytes3 } from "node:crypto";

// src/k6/http/digest.ts
import { createHash as createHash2 } from "node:crypto";
var HASHES = { md5: "md5", "sha-256": "sha256" };
function answerDigestChallenge(challenge, { user, password }, { method, target, clientNonce }) {
  if (!/^Digest\s/i.test(challenge)) return void 0;
  const { realm = "", nonce = "", opaque, algorithm = "MD5", qop } = fieldsOf2(challenge);
  const isSession = /-sess$/i.test(algorithm);
  const hashName = HASHES[algorithm.toLowerCase().replace(/-sess$/, "")];
  if (hashName === void 0) return void 0;
  const hash = (text2) => createHash2(hashName).update(text2).digest("hex");
  const identity = hash(`${user}:${realm}:${password}`);
  const secret = isSession ? hash(`${identity}:${nonce}:${clientNonce}`) : identity;
  const request = hash(`${method}:${target}`);
  const offersAuth = qop?.split(",").some((each) => each.trim().toLowerCase() === "auth");
  if (qop && !offersAuth) return void 0;
  const count = "00000001";
  const response = offersAuth ? hash([secret, nonce, count, clientNonce, "auth", request].join(":")) : hash([secret, nonce, request].join(":"));
  const quoted2 = { username: user, realm, nonce, uri: target, response, ...opaque && { opaque } };
  return `Digest ${[
    ...Object.entries(quoted2).map(([name, value2]) => `${name}="${escapeQuotes(value2)}"`),
    `algorithm=${algorithm}`,
    ...offersAuth || isSession ? [`cnonce="${clientNonce}"`] : [],
    ...offersAuth ? ["qop=auth", `nc=${count}`] : []
  ].join(", ")}`;
}
function fieldsOf2(challenge) {
  const fields = challenge.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return Object.fromEntries(
    [...fields].map(([, name, quoted2, plain3]) => [
      name.toLowerCase(),
      quoted2 === void 0 ? plain3 : quoted2.replaceAll(/\\(.)/g, "$1")
    ])
  );
}
var escapeQuotes = (text2) => text2.replaceAll(/["\\]/g, String.raw`\$&`);

// src/load/http/exchange.ts
var NO_PEER = { ip: "", port: 0, tlsVersion: "", tlsCipherSuite: "" };
var TIMEOUT = "TIMEOUT";
var INVALID_REQUEST = "INVALID_REQUEST";
var CONNECTION_CLOSED = "CONNECTION_CLOSED";
var UNREADABLE_BODY = "UNREADABLE_BODY";
var CUT_OFF_BODY = "CUT_OFF_BODY";
var BAD_REDIRECT = "BAD_REDIRECT";
var OVERSIZED_ANSWER = "OVERSIZED_ANSWER";
var BODY_BYTES_MAX = 128 * 1024 * 1024;
var Exchange = class _Exchange {
  request;
  /** False while the request provably has not reached the server. */
  written = false;
  /** 0 until the head of an answer has arrived, and 0 again when the exchange ends with a failure. */
  status = 0;
  statusText = "";
  failure;
  /** Moments on the client's monotonic clock, in milliseconds; 0 for a moment that was not reached. */
  calledAtMs = 0;
  writtenAtMs = 0;
  sentAtMs = 0;
  answeredAtMs = 0;
  endedAtMs = 0;
  /** Time spent on opening a connection for this exchange; 0 on a kept connection. */
  connectingMs = 0;
  tlsMs = 0;
  listener;
  now;
  connection;
  rawHeaders = [];
  chunks = [];
  /** The bytes of a body that was cut off: no answer, but scripts may look at them. */
  partial = void 0;
  bodyBytes = 0;
  parsed;
  parseTried = false;
  constructor(request, listener, now) {
    this.request = request;
    this.listener = listener;
    this.now = now;
  }
  /** Bytes of the answer's body. */
  bytes() {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? EMPTY;
  }
  text() {
    return this.bytes().toString("utf8");
  }
  /** The text of a body that was cut off, as far as it came and can be unpacked; undefined if no answer had begun. */
  partialBody() {
    if (this.partial === void 0) return void 0;
    return unpackPart(
      Buffer.concat(this.partial),
      this.header("content-encoding") ?? "",
      BODY_BYTES_MAX
    );
  }
  /** The body as JSON, parsed once; undefined when it is not JSON. */
  json() {
    if (!this.parseTried) {
      this.parseTried = true;
      try {
        this.parsed = this.chunks.length === 0 ? void 0 : JSON.parse(this.text());
      } catch {
        this.parsed = void 0;
      }
    }
    return this.parsed;
  }
  /** The first value of a header of the answer; `name` is in lower case. */
  header(name) {
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      const key = raw[i];
      if (key.length === name.length && key.toLowerCase() === name) {
        return textOf3(raw[i + 1]);
      }
    }
    return void 0;
  }
  /** The value of a cookie that the answer sets. */
  cookie(name) {
    for (const [header, value2] of this.headers()) {
      if (header.toLowerCase() !== "set-cookie") continue;
      const at = value2.indexOf("=");
      if (value2.slice(0, at).trim() === name)
        return (value2.slice(at + 1).split(";")[0] ?? "").trim();
    }
    return void 0;
  }
  /** All headers of the answer, in order, as the server spelled them. */
  headers() {
    const pairs = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      pairs.push([this.rawHeaders[i], textOf3(this.rawHeaders[i + 1])]);
    }
    return pairs;
  }
  peer() {
    return this.connection?.peer ?? NO_PEER;
  }
  /** Decompresses the body; the exchange is a failure if that cannot be done. Call it once, after the end. */
  decompress() {
    const encoding2 = this.header("content-encoding");
    if (encoding2 === void 0 || this.failure || this.request.dropsBody) return;
    if (BODILESS.includes(this.status) || this.request.method === "HEAD") return;
    try {
      this.chunks = [unpackBody(this.bytes(), encoding2, BODY_BYTES_MAX)];
    } catch (cause) {
      const message = `the body is no ${encoding2}: ${cause.message}`;
      this.reject({ code: isCutOff(cause) ? CUT_OFF_BODY : UNREADABLE_BODY, message, cause });
    }
  }
  /** Makes an answer that turned out to be of no use a failure. */
  reject(failure) {
    if (this.status !== 0 && !WITHOUT_PART.has(failure.code)) this.partial = this.chunks;
    this.failure = failure;
    this.status = 0;
    this.statusText = "";
    this.chunks = [];
  }
  /** Ends the exchange with a failure before it returns. A request that was not written yet will not be. */
  cancel(code, message) {
    if (this.endedAtMs !== 0) return;
    if (this.connection) this.connection.break({ code, message });
    else this.end({ code, message }, this.now());
  }
  /** Copies everything that a response is read from; its body only on request. */
  pack(withBody) {
    const { written, status, statusText, failure, calledAtMs, writtenAtMs, sentAtMs } = this;
    const { answeredAtMs, endedAtMs, connectingMs, tlsMs, rawHeaders } = this;
    return {
      ...{ written, status, statusText, calledAtMs, writtenAtMs, sentAtMs, answeredAtMs },
      ...{ endedAtMs, connectingMs, tlsMs, rawHeaders },
      request: { ...this.request, body: null },
      failure: failure && { code: failure.code, message: failure.message },
      peer: this.peer(),
      body: withBody ? this.packedBody() : void 0
    };
  }
  packedBody() {
    if (this.partial) return new Uint8Array(Buffer.concat(this.partial));
    return this.chunks.length > 0 ? new Uint8Array(this.bytes()) : void 0;
  }
  static unpack({ request, peer, body, rawHeaders, ...facts }) {
    const exchange = new _Exchange(request, NO_LISTENER, () => 0);
    Object.assign(exchange, facts);
    exchange.connection = { peer, break() {
    } };
    exchange.rawHeaders = rawHeaders;
    const chunks = body && [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
    if (facts.failure) exchange.partial = chunks;
    else exchange.chunks = chunks ?? [];
    return exchange;
  }
  // The connection calls the methods below, in this order.
  start(connection) {
    this.connection = connection;
    this.calledAtMs = this.now();
  }
  /** Called again if the request is sent again: it stays one request that began with the first byte. */
  beforeWrite() {
    if (this.written) return;
    this.writtenAtMs = this.now();
    this.written = true;
    this.listener.beforeWrite();
  }
  onSent() {
    if (this.endedAtMs === 0) this.sentAtMs = this.now();
  }
  onBytes(atMs) {
    if (this.answeredAtMs === 0) this.answeredAtMs = atMs;
  }
  onHead(status, statusText, headers) {
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
  }
  onBody(buffer, from, to) {
    this.bodyBytes += to - from;
    if (this.request.dropsBody) return;
    if (this.bodyBytes <= BODY_BYTES_MAX) {
      const chunk = Buffer.allocUnsafe(to - from);
      buffer.copy(chunk, 0, from, to);
      this.chunks.push(chunk);
    } else
      this.cancel(OVERSIZED_ANSWER, `the answer's body is longer than ${BODY_BYTES_MAX} bytes`);
  }
  /** A failure discards the part of the answer that has arrived. */
  end(failure, atMs) {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = atMs;
    if (failure) this.reject(failure);
    this.listener.ended();
  }
};
var EMPTY = Buffer.alloc(0);
var WITHOUT_PART = /* @__PURE__ */ new Set([UNREADABLE_BODY, BAD_REDIRECT, OVERSIZED_ANSWER]);
var BODILESS = [204, 304];
function textOf3(value2) {
  return /[\x80-\xff]/.test(value2) ? Buffer.from(value2, "latin1").toString("utf8") : value2;
}
var NO_LISTENER = { beforeWrite() {
}, ended() {
} };

// src/load/http/name-lookup.ts
var BLOCKED_NAME = "BLOCKED_NAME";
var BLOCKED_ADDRESS = "BLOCKED_ADDRESS";

// src/load/http/error-codes.ts
var BY_CODE = {
  [INVALID_REQUEST]: 1020,
  [TIMEOUT]: 1050,
  ENOTFOUND: 1101,
  EAI_AGAIN: 1100,
  [BLOCKED_ADDRESS]: 1110,
  [BLOCKED_NAME]: 1111,
  EPIPE: 1201,
  CONNECT_TIMEOUT: 1211,
  ETIMEDOUT: 1211,
  ECONNREFUSED: 1212,
  ECONNRESET: 1220,
  // The server speaks no TLS, or none of the versions that are asked for.
  ERR_SSL_WRONG_VERSION_NUMBER: 1301,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 1301,
  EPROTO: 1301,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 1010,
  ERR_SSL_UNSUPPORTED_PROTOCOL: 1010,
  [UNREADABLE_BODY]: 1701,
  ERR_TLS_CERT_ALTNAME_INVALID: 1311,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 1310,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 1310,
  DEPTH_ZERO_SELF_SIGNED_CERT: 1310,
  SELF_SIGNED_CERT_IN_CHAIN: 1310
};
var GENERIC = 1e3;
var CLOSED = /* @__PURE__ */ new Set([CONNECTION_CLOSED, CUT_OFF_BODY]);
var GENERIC_DIAL = 1210;
function errorCodeOf(exchange) {
  if (exchange.failure) {
    const { code } = exchange.failure;
    if (CLOSED.has(code)) return GENERIC;
    return BY_CODE[code] ?? (exchange.written ? GENERIC : GENERIC_DIAL);
  }
  return exchange.status >= 400 ? 1e3 + exchange.status : 0;
}
var TEXTS = {
  1050: "request timeout",
  1110: "ip is blacklisted",
  1101: "lookup: no such host",
  1211: "dial: i/o timeout",
  1212: "dial: connection refused"
};
function errorTextOf(exchange) {
  if (!exchange.failure) return "";
  if (CLOSED.has(exchange.failure.code))
    return exchange.answeredAtMs > 0 ? "unexpected EOF" : "EOF";
  return TEXTS[errorCodeOf(exchange)] ?? exchange.failure.message;
}

// src/load/metrics/http-metrics.ts
function timingsOf(exchange) {
  const { calledAtMs, writtenAtMs, sentAtMs, answeredAtMs, endedAtMs } = exchange;
  const { connectingMs, tlsMs } = exchange;
  if (!exchange.written) {
    const blocked = endedAtMs - calledAtMs;
    return {
      blocked,
      connecting: 0,
      tls_handshaking: 0,
      sending: 0,
      waiting: 0,
      receiving: 0,
      duration: 0
    };
  }
  const sent = sentAtMs || endedAtMs;
  const answered = answeredAtMs || endedAtMs;
  return {
    blocked: Math.max(0, writtenAtMs - calledAtMs - connectingMs - tlsMs),
    connecting: connectingMs,
    tls_handshaking: tlsMs,
    sending: Math.max(0, sent - writtenAtMs),
    waiting: Math.max(0, answered - sent),
    receiving: Math.max(0, endedAtMs - answered),
    duration: endedAtMs - writtenAtMs
  };
}

// src/k6/http/follow.ts
function followLink(page, { selector = "a[href]" }) {
  const link = page.find(selector);
  if (link.size() === 0) {
    throw new Error(`no element found for selector '${selector}' in response '${page.url}'`);
  }
  const href = link.attr("href");
  if (href === void 0) {
    throw new Error(
      `no valid href attribute value found on element '${selector}' in response '${page.url}'`
    );
  }
  return { method: "GET", url: formatUrl(resolve2(page, href)), body: null };
}
function followForm(page, { formSelector = "form", submitSelector = '[type="submit"]', fields = {} }) {
  const form2 = page.find(formSelector);
  if (form2.size() === 0) {
    throw new Error(`no form found for selector '${formSelector}' in response '${page.url}'`);
  }
  const method = (form2.attr("method") || "GET").toUpperCase();
  const button = form2.find(submitSelector);
  const name = button.attr("name");
  const value2 = button.val();
  const values = {
    ...form2.serializeObject(),
    ...name === void 0 || value2 === void 0 ? {} : { [name]: value2 },
    ...fields
  };
  const url2 = resolve2(page, form2.attr("action", ""));
  if (method !== "GET") return { method, url: formatUrl(url2), body: values };
  const query = encodeForm(
    Object.fromEntries(Object.entries(values).map(([key, each]) => [key, String(each)]))
  );
  return { method, url: formatUrl({ ...url2, query: query || void 0 }), body: null };
}
function resolve2({ url: url2 }, reference) {
  const parts = resolveReference(url2, reference);
  if (!parts) throw new Error(`"${reference}" in response '${url2}' is not a URL`);
  return parts;
}

// src/k6/http/json-selector.ts
function selectJson(value2, selector) {
  return select(value2, pathOf(selector));
}
function select(value2, path) {
  let current = value2;
  for (const [index, part] of path.entries()) {
    if (Array.isArray(current)) {
      const rest = path.slice(index + 1);
      if (part.kind === "each") return rest.length === 0 ? current.length : ofEach(current, rest);
      if (part.kind === "query" && part.all) return ofEach(current.filter(part.accepts), rest);
      current = itemOf(current, part);
    } else if (typeof current === "object" && current !== null) {
      current = memberOf(current, part);
    } else {
      return void 0;
    }
  }
  return current;
}
var ofEach = (items, rest) => items.map((item) => select(item, rest)).filter((item) => item !== void 0);
function itemOf(items, part) {
  if (part.kind === "query") return items.find(part.accepts);
  return part.kind === "name" && /^\d+$/.test(part.name) ? items[Number(part.name)] : void 0;
}
function memberOf(object, part) {
  if (part.kind === "name") return Object.hasOwn(object, part.name) ? object[part.name] : void 0;
  if (part.kind !== "wildcard") return void 0;
  const name = Object.keys(object).find((each) => part.pattern.test(each));
  return name === void 0 ? void 0 : object[name];
}
var pathOf = createRecentMap(1e3, (selector) => parse2(selector, selector));
function parse2(path, selector) {
  return splitPath(path, selector).map((text2) => {
    if (text2 === "#") return { kind: "each" };
    const [, query, all2] = /^#\((.*)\)(#?)$/s.exec(text2) ?? [];
    if (query !== void 0) {
      return { kind: "query", accepts: readQuery(query, selector), all: all2 === "#" };
    }
    if (/^[@!{[]/.test(text2)) throw unsupported(selector);
    if (/(?<!\\)[*?]/.test(text2)) return { kind: "wildcard", pattern: wildcardPattern(text2) };
    return { kind: "name", name: text2.replaceAll(/\\(.)/gs, "$1") };
  });
}
function splitPath(path, selector) {
  const parts = [];
  let part = "";
  let depth = 0;
  let quoted2 = false;
  for (let i = 0; i < path.length; i += 1) {
    const letter = path[i];
    if (letter === "\\" && i + 1 < path.length) {
      part += letter + path[i + 1];
      i += 1;
      continue;
    }
    if (depth > 0 && letter === '"') quoted2 = !quoted2;
    if (!quoted2 && letter === "(" && (depth > 0 || part === "#")) depth += 1;
    if (!quoted2 && letter === ")" && depth > 0) depth -= 1;
    if (depth === 0 && letter === "|") throw unsupported(selector);
    if (depth === 0 && letter === ".") {
      parts.push(part);
      part = "";
    } else {
      part += letter;
    }
  }
  if (depth > 0) throw new Error(`json("${selector}"): a query "#(" has no end`);
  return [...parts, part];
}
var COMPARISON = /^((?:[^"=!<>%\\(]|\\.|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*?)\s*(==|=|!=|!%|<=|>=|<|>|%)\s*(.*)$/s;
function readQuery(query, selector) {
  const [, left = query, operator, right = ""] = COMPARISON.exec(query.trim()) ?? [];
  const path = left.trim() === "" ? [] : parse2(left.trim(), selector);
  if (operator === void 0) return (item) => select(item, path) !== void 0;
  const test = comparisonOf(operator, unquoted(right.trim()));
  return (item) => {
    const value2 = select(item, path);
    return value2 !== null && COMPARABLE.has(typeof value2) && test(value2);
  };
}
var COMPARABLE = /* @__PURE__ */ new Set(["string", "number", "boolean"]);
function unquoted(text2) {
  if (!text2.startsWith('"')) return text2;
  try {
    return String(JSON.parse(text2));
  } catch {
    return text2;
  }
}
function comparisonOf(operator, text2) {
  const pattern = wildcardPattern(text2);
  const compared = (test) => (value2) => typeof value2 === "number" ? test(value2, Number(text2)) : test(String(value2), text2);
  switch (operator) {
    case "<":
      return compared((value2, wanted) => value2 < wanted);
    case "<=":
      return compared((value2, wanted) => value2 <= wanted);
    case ">":
      return compared((value2, wanted) => value2 > wanted);
    case ">=":
      return compared((value2, wanted) => value2 >= wanted);
    case "!=":
      return compared((value2, wanted) => value2 !== wanted);
    case "%":
      return (value2) => typeof value2 === "string" && pattern.test(value2);
    case "!%":
      return (value2) => typeof value2 === "string" && !pattern.test(value2);
    default:
      return compared((value2, wanted) => value2 === wanted);
  }
}
function wildcardPattern(text2) {
  const pattern = text2.replaceAll(/\\(.)|[*?]|[^\w\s]/gs, (found, escaped2) => {
    if (found === "*") return ".*";
    if (found === "?") return ".";
    return (escaped2 ?? found).replace(/[^\w\s]/, String.raw`\$&`);
  });
  return new RegExp(`^${pattern}$`, "s");
}
var unsupported = (selector) => new Error(
  `json("${selector}"): names, indexes, #, queries and wildcards can be selected; pipes, modifiers and multipaths are not supported`
);

// src/k6/http/response-headers.ts
function joinHeaders(headers) {
  const joined = {};
  for (const [name, value2] of headers) {
    const canonical = canonicalName(name);
    const before = joined[canonical];
    joined[canonical] = before === void 0 ? value2 : `${before}, ${value2}`;
  }
  return joined;
}
function groupHeaders(list) {
  const grouped = {};
  for (let i = 0; i < list.length; i += 2) {
    const name = canonicalName(list[i]);
    grouped[name] ??= [];
    grouped[name].push(list[i + 1]);
  }
  return grouped;
}
function setCookiesOf(headers) {
  const cookies = /* @__PURE__ */ new Map();
  for (const [header, line2] of headers) {
    const cookie = header.toLowerCase() === "set-cookie" ? parseSetCookie(line2) : void 0;
    if (!cookie) continue;
    const { name, value: value2, attributes: attributes2 } = cookie;
    const ofName = cookies.get(name) ?? [];
    cookies.set(name, ofName);
    ofName.push({
      name,
      value: cookieText(value2),
      domain: attributes2.get("domain") ?? "",
      path: attributes2.get("path") ?? "",
      http_only: attributes2.has("httponly"),
      secure: attributes2.has("secure"),
      max_age: Number(attributes2.get("max-age") ?? 0) || 0,
      expires: parseCookieDate(attributes2.get("expires") ?? "") ?? 0
    });
  }
  return Object.fromEntries(cookies);
}
function canonicalName(name) {
  return name.toLowerCase().replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

// src/k6/http/response.ts
var BODILESS2 = [204, 304];
var FIELDS2 = {
  ...{ remote_ip: "text", remote_port: "number", url: "text", status: "number" },
  ...{ status_text: "text", proto: "text", headers: "object", cookies: "object", body: "any" },
  ...{ timings: "object", tls_version: "text", tls_cipher_suite: "text", ocsp: "object" },
  ...{ error: "text", error_code: "number", request: "object" },
  ...{ html: "fixed", json: "fixed", clickLink: "fixed", submitForm: "fixed" }
};
var NAMES2 = Object.keys(FIELDS2);
var NO_OCSP = {
  ...{ produced_at: 0, this_update: 0, next_update: 0, revoked_at: 0 },
  ...{ revocation_reason: "", status: "" }
};
var Response = class _Response {
  status;
  url;
  #exchange;
  #request;
  #responseType;
  #send;
  #page;
  #headers;
  /** Fields that the script has written. */
  #written;
  static #fields = {
    get(response, name) {
      const written = response.#written;
      if (written !== void 0 && Object.hasOwn(written, name)) return written[name];
      return response[name];
    },
    set(response, name, value2) {
      return response.#write(String(name), value2);
    },
    ownKeys: () => NAMES2,
    getOwnPropertyDescriptor(response, name) {
      if (!Object.hasOwn(FIELDS2, name)) return void 0;
      const value2 = _Response.#fields.get?.(response, name, response);
      return { value: value2, enumerable: true, configurable: true, writable: true };
    },
    defineProperty: () => false,
    deleteProperty: () => false
  };
  /** The response as scripts get it. */
  static of(result, request, responseType, send) {
    return new Proxy(new _Response(result, request, responseType, send), _Response.#fields);
  }
  constructor({ url: url2, exchange }, request, responseType, send) {
    this.status = exchange.status;
    this.url = url2;
    this.#exchange = exchange;
    this.#request = request;
    this.#responseType = responseType;
    this.#send = send;
  }
  /** Returns false for a value that the field does not take, and for what is no field. */
  #write(name, value2) {
    const kind = Object.hasOwn(FIELDS2, name) ? FIELDS2[name] : "fixed";
    const isObject = typeof value2 === "object" && value2 !== null;
    if (kind === "fixed" || kind === void 0 || kind === "object" && !isObject) return false;
    this.#written ??= {};
    this.#written[name] = kind === "text" ? String(value2) : kind === "number" ? Number(value2) : value2;
    if (name === "body") this.#page = void 0;
    return true;
  }
  get status_text() {
    return this.status === 0 ? "" : `${this.status} ${this.#exchange.statusText}`;
  }
  get body() {
    if (this.#responseType === "none" || BODILESS2.includes(this.status)) return null;
    if (this.status === 0) return this.#partialBody();
    if (this.#responseType === "binary") return new Uint8Array(this.#exchange.bytes()).buffer;
    return this.#exchange.text();
  }
  /** As much as there is of an answer that was cut off. */
  #partialBody() {
    const bytes = this.#exchange.partialBody();
    if (bytes === void 0) return null;
    return this.#responseType === "binary" ? new Uint8Array(bytes).buffer : bytes.toString("utf8");
  }
  /** The body as the script sees it, which may have written another one. */
  #ownBody() {
    return this.#written !== void 0 && "body" in this.#written ? this.#written.body : this.body;
  }
  /**
   * The body as JSON, or the value that `selector` finds in it. With a selector it is undefined if nothing is found or the
   * body is no JSON; without one it throws for a body that is no JSON.
   */
  get json() {
    return (...selectors) => this.#readJson(selectors.length === 0 ? void 0 : String(selectors[0]));
  }
  #readJson(selector) {
    const isWritten = this.#written !== void 0 && "body" in this.#written;
    if (!isWritten) this.#assertBody("JSON");
    const value2 = isWritten ? parsedJson(this.#written?.body) : this.#ownJson();
    if (value2 === void 0) {
      if (selector !== void 0) return void 0;
      throw new Error(
        `the body of ${this.#request.method} ${this.url} (status ${this.status}) is not JSON`
      );
    }
    return selector === void 0 ? value2 : selectJson(value2, selector);
  }
  #ownJson() {
    if (this.status !== 0) return this.#exchange.json();
    return parsedJson(this.#exchange.partialBody()?.toString("utf8"));
  }
  #assertBody(form2) {
    if (form2 === "JSON" && this.#responseType === "none") {
      throw new Error(
        'json() needs a body, but the request asked to drop it (responseType "none" or discardResponseBodies)'
      );
    }
    if (this.body !== null) return;
    throw new Error(
      `the body is null so we can't transform it to ${form2} - this likely was because of a request error getting the response`
    );
  }
  /** The body as HTML, or the nodes that `selector` finds in it. The body is parsed once. */
  get html() {
    return (selector) => {
      this.#page ??= this.#parsePage();
      return selector === void 0 ? this.#page : this.#page.find(selector);
    };
  }
  #parsePage() {
    const body = this.#ownBody();
    if (body === null || body === void 0) this.#assertBody("HTML");
    return parsePage(
      body instanceof ArrayBuffer ? Buffer.from(body).toString("utf8") : String(body),
      this.url
    );
  }
  /** Sends the request that a click on a link of the page would send. */
  get clickLink() {
    return ({ params, ...choice2 } = {}) => {
      const { method, url: url2, body } = followLink(this.html(), choice2);
      return this.#send(method, url2, body, params);
    };
  }
  /** Sends the request that submitting a form of the page would send. */
  get submitForm() {
    return ({ params, ...choice2 } = {}) => {
      const { method, url: url2, body } = followForm(this.html(), choice2);
      return this.#send(method, url2, body, params);
    };
  }
  /**
   * The headers by their canonical names (`Content-Type`). The values of a repeated header are joined by commas. Always
   * the same object, for scripts may add to it.
   */
  get headers() {
    this.#headers ??= joinHeaders(this.#answeredHeaders());
    return this.#headers;
  }
  /** A failed request has none, also where an answer had begun. */
  #answeredHeaders() {
    return this.status === 0 ? [] : this.#exchange.headers();
  }
  /** The cookies that the answer sets, by their names. */
  get cookies() {
    return setCookiesOf(this.#answeredHeaders());
  }
  get error() {
    return errorTextOf(this.#exchange);
  }
  get error_code() {
    return errorCodeOf(this.#exchange);
  }
  get timings() {
    return { ...timingsOf(this.#exchange), looking_up: 0 };
  }
  get proto() {
    return this.status === 0 ? "" : "HTTP/1.1";
  }
  get remote_ip() {
    return this.#exchange.peer().ip;
  }
  get remote_port() {
    return this.#exchange.peer().port;
  }
  get tls_version() {
    return this.#exchange.peer().tlsVersion;
  }
  get tls_cipher_suite() {
    return this.#exchange.peer().tlsCipherSuite;
  }
  get ocsp() {
    return { ...NO_OCSP };
  }
  /** The request as the script made it, with the headers that were sent last. */
  get request() {
    const { method, url: url2, body } = this.#request;
    return {
      method,
      url: url2,
      body: typeof body === "string" ? body : "",
      headers: groupHeaders(this.#exchange.request.headers),
      cookies: {}
    };
  }
  get [HAS_OWN_JSON]() {
    return true;
  }
  /** The fields that `JSON.stringify` shows, and that `setup` hands over. */
  toJSON() {
    const shown = NAMES2.filter((name) => FIELDS2[name] !== "fixed");
    return Object.fromEntries(shown.map((name) => [name, this[name]]));
  }
};
function parsedJson(text2) {
  try {
    return JSON.parse(String(text2));
  } catch {
    return void 0;
  }
}

// src/k6/http/send-request.ts
function sendRequest(vu, send, method, url2, body, params) {
  if (!vu.waitForCalls) return sendAwaited(vu, send, method, url2, body, params);
  const settler = new BlockingSettler(
    vu,
    send,
    toCallRequest(vu, method, url2, body, params),
    params
  );
  dispatch(settler, params, vu.calls.send);
  vu.waitForCalls();
  return settler.take();
}
function sendAwaited(vu, send, method, url2, body, params) {
  const call = toCallRequest(vu, method, url2, body, params);
  vu.watch?.begin(method);
  const settler = new PromisingSettler(vu, send, call, params);
  settler.watch = vu.watch;
  dispatch(settler, params, vu.calls.send);
  return settler.pending;
}
function sendBeside(vu, send, method, url2, body, params) {
  const call = toCallRequest(vu, method, url2, body, params);
  const settler = new PromisingSettler(vu, send, call, params);
  dispatch(settler, params, vu.calls.sendBeside);
  return settler.pending;
}
function dispatch(settler, params, send) {
  if (params?.auth === "digest") sendWithDigest(settler.request, settler, send);
  else send(settler.request, settler);
}
function sendWithDigest(call, listener, send) {
  const { url: url2, credentials } = separateCredentials(call.url);
  const first = {
    ...call,
    url: url2,
    isExpected: call.isExpected && ((status) => status === 401)
  };
  send(first, {
    failed: (error) => listener.failed(error),
    done(result) {
      const { exchange } = result;
      const challenge = exchange.header("www-authenticate");
      const authorization = exchange.status === 401 && challenge !== void 0 && credentials ? answerDigestChallenge(challenge, credentials, {
        method: exchange.request.method,
        target: exchange.request.path,
        clientNonce: randomBytes3(8).toString("hex")
      }) : void 0;
      if (authorization === void 0) listener.done(result);
      else send({ ...call, url: url2, headers: { ...call.headers, authorization } }, listener);
    }
  });
}
var Settler = class {
  request;
  responseType;
  throws;
  send;
  constructor(vu, send, request, params) {
    this.send = send;
    this.request = request;
    this.responseType = responseTypeOf(vu, params);
    this.throws = params?.throw ?? vu.http.throwOnFailure;
  }
  done(result) {
    const { request } = this;
    const response = Response.of(result, request, this.responseType, this.send);
    if (this.throws && result.exchange.failure) {
      this.failed(new RequestError(`${request.method} ${request.url} failed: ${response.error}`));
    } else {
      this.answered(response);
    }
  }
};
var PromisingSettler = class extends Settler {
  /** Is told of the end. */
  watch;
  resolve;
  reject;
  pending;
  // V8 sets fields with values of their own by a call for each object, which a constructor saves.
  constructor(...settled) {
    super(...settled);
    this.pending = new PendingResponse((resolve5, reject) => {
      this.resolve = resolve5;
      this.reject = reject;
    });
  }
  failed(error) {
    this.watch?.end();
    this.reject(error);
    if (error instanceof IterationInterrupted) this.pending.catch(() => {
    });
  }
  answered(response) {
    this.watch?.end();
    this.resolve(response);
  }
};
var BlockingSettler = class extends Settler {
  onEnd = () => {
  };
  response;
  error;
  /** The response of the call, which has ended. Throws if there is none. */
  take() {
    if (this.response) return this.response;
    throw this.error;
  }
  failed(error) {
    this.error = error;
    this.onEnd();
  }
  answered(response) {
    this.response = response;
    this.onEnd();
  }
};

// src/k6/http/batch.ts
function sendBatch(vu, send, requests) {
  const keys = Object.keys(requests);
  const responses = {};
  const queue = new BatchQueue(vu, requests);
  const inOrder = () => Array.isArray(requests) ? keys.map((key) => responses[key]) : responses;
  if (vu.waitForCalls) {
    const settlers = sendAndWait(vu, vu.waitForCalls, queue, send);
    for (const [key, settler] of settlers) responses[key] = settler.take();
    return inOrder();
  }
  async function work() {
    for (let next = queue.take(); next; next = queue.take()) {
      try {
        responses[next.key] = await sendBeside(
          ...[vu, send, next.method, next.url, next.body, next.params]
        );
      } finally {
        queue.ended(next);
      }
    }
  }
  vu.watch?.begin("http.batch()");
  const workers = Array.from({ length: Math.min(vu.http.batchMax, keys.length) }, work);
  const all2 = Promise.all(workers).finally(() => vu.watch?.end()).then(inOrder);
  guardMembers(all2, keys);
  return all2;
}
function sendAndWait(vu, waitForCalls, queue, send) {
  const settlers = /* @__PURE__ */ new Map();
  let inFlight = 0;
  function sendMore() {
    while (inFlight < vu.http.batchMax) {
      const next = queue.take();
      if (!next) return;
      const call = toCallRequest(vu, next.method, next.url, next.body, next.params);
      const settler = new BlockingSettler(vu, send, call, next.params);
      settlers.set(next.key, settler);
      settler.onEnd = () => {
        inFlight -= 1;
        queue.ended(next);
        sendMore();
      };
      inFlight += 1;
      dispatch(settler, next.params, vu.calls.send);
    }
  }
  sendMore();
  waitForCalls();
  return settlers;
}
var BatchQueue = class {
  vu;
  requests;
  inFlightOfHost = /* @__PURE__ */ new Map();
  constructor(vu, requests) {
    this.vu = vu;
    this.requests = Object.entries(requests).map(([key, request]) => readRequest(key, request));
  }
  /** Takes the next request whose host has room. */
  take() {
    const index = this.requests.findIndex(
      ({ host }) => (this.inFlightOfHost.get(host) ?? 0) < this.vu.http.batchPerHostMax
    );
    const [next] = index < 0 ? [] : this.requests.splice(index, 1);
    if (next) this.inFlightOfHost.set(next.host, (this.inFlightOfHost.get(next.host) ?? 0) + 1);
    return next;
  }
  ended({ host }) {
    this.inFlightOfHost.set(host, (this.inFlightOfHost.get(host) ?? 0) - 1);
  }
};
function readRequest(key, request) {
  if (Array.isArray(request)) {
    const [method, url2, body, params] = request;
    return { key, host: hostOf(url2), method: method.toUpperCase(), url: url2, body, params };
  }
  if (typeof request === "object" && "method" in request) {
    const { method, url: url2 } = request;
    return { ...request, key, host: hostOf(url2), method: method.toUpperCase() };
  }
  return { key, host: hostOf(request), method: "GET", url: request };
}
function hostOf(url2) {
  const text2 = typeof url2 === "string" ? url2 : url2.url;
  return URL.canParse(text2) ? new URL(text2).host : text2;
}

// src/k6/runtime/callable-class.ts
function callableClass(made2) {
  return new Proxy(made2, {
    apply: (target, _self, given) => Reflect.construct(target, given)
  });
}

// src/k6/modules/http.ts
var httpModule = (vu) => {
  const send = (method, url2, body, params) => {
    assertMaySend(vu);
    return sendRequest(vu, send, method, url2, body, params);
  };
  const withBody = (method) => (url2, body, params) => send(method, url2, body, params);
  const withoutBody = (method) => (url2, params) => send(method, url2, null, params);
  const anyMethod = (method, url2, body, params) => send(method.toUpperCase(), url2, body, params);
  return {
    get: withoutBody("GET"),
    head: withoutBody("HEAD"),
    post: withBody("POST"),
    put: withBody("PUT"),
    patch: withBody("PATCH"),
    del: withBody("DELETE"),
    options: withBody("OPTIONS"),
    request: anyMethod,
    asyncRequest(method, url2, body, params) {
      assertMaySend(vu);
      return sendBeside(vu, send, method.toUpperCase(), url2, body, params);
    },
    batch(requests) {
      assertMaySend(vu);
      return sendBatch(vu, send, requests);
    },
    url: nameUrl,
    expectedStatuses,
    setResponseCallback(test) {
      vu.expectedStatus = statusTestOf(test);
    },
    cookieJar() {
      if (vu.initializing) throw new Error("the cookie jar of a VU exists in scenarios only");
      return new ScriptCookieJar(vu.cookies);
    },
    CookieJar: callableClass(ScriptCookieJar),
    TLS_1_0: "tls1.0",
    TLS_1_1: "tls1.1",
    TLS_1_2: "tls1.2",
    TLS_1_3: "tls1.3",
    file: (data, filename = String(Date.now()), contentType = "application/octet-stream") => new FileData(data, filename, contentType)
  };
};
function assertMaySend(vu) {
  if (!vu.initializing) return;
  throw new Error("requests cannot be sent in init code; send them in setup() or in a scenario");
}
function nameUrl(strings, ...values) {
  return {
    url: String.raw({ raw: strings }, ...values),
    name: strings.join("${}")
  };
}

// src/k6/modules/jslib/humanize-value.ts
function humanizeValue(value2, { type, contains }, timeUnit = "") {
  if (type === "rate") return `${(Math.trunc(value2 * 1e4) / 100).toFixed(2)}%`;
  if (contains === "data") return humanizeBytes(value2);
  if (contains === "time") return humanizeTime(value2, timeUnit);
  return rounded(value2, 6);
}
var rounded = (value2, digits) => String(Number(value2.toFixed(digits)));
var cut = (value2, digits) => rounded(Math.trunc(value2 * 10 ** digits) / 10 ** digits, digits);
var BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
function humanizeBytes(bytes) {
  if (bytes < 10) return `${rounded(bytes, 6)} B`;
  const power = Math.floor(Math.log(bytes) / Math.log(1e3));
  const amount = Math.round(bytes / 1e3 ** power * 10) / 10;
  return `${amount.toFixed(amount < 10 ? 1 : 0)} ${BYTE_UNITS[power]}`;
}
var TIME_UNITS = {
  s: { name: "s", perMs: 1e-3 },
  ms: { name: "ms", perMs: 1 },
  us: { name: "\xB5s", perMs: 1e3 }
};
function humanizeTime(ms, timeUnit) {
  const unit = TIME_UNITS[timeUnit];
  if (unit) return `${(ms * unit.perMs).toFixed(2)}${unit.name}`;
  if (ms === 0) return "0s";
  if (ms < 1e-3) return `${Math.trunc(ms * 1e6)}ns`;
  if (ms < 1) return `${cut(ms * 1e3, 2)}\xB5s`;
  if (ms < 1e3) return `${cut(ms, 2)}ms`;
  const minutes = Math.floor(ms / 6e4);
  const seconds = `${cut(ms % 6e4 / 1e3, minutes > 0 ? 0 : 2)}s`;
  if (minutes === 0) return seconds;
  if (minutes < 60) return `${minutes}m${seconds}`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}

// src/k6/modules/jslib/junit.ts
function jUnit(data, options = {}) {
  const { name = "k6 thresholds", classname = "Unnamed folder" } = options;
  const cases = Object.entries(data.metrics).flatMap(
    ([metric, { type, values, thresholds = {} }]) => Object.entries(thresholds).map(([expression, { ok }]) => {
      const opening = `<testcase name="${escapeXml(`${metric} - ${expression}`)}" classname="${escapeXml(classname)}"`;
      if (ok) return { ok, text: `${opening} />` };
      const figures = Object.entries(values).map(
        ([figure, value2]) => `${figure} value: ${value2}`
      );
      const message = escapeXml(`${type} threshold failed: ${figures.join(", ")}`);
      return { ok, text: `${opening}><failure message="${message}" /></testcase>` };
    })
  );
  const counts = `tests="${cases.length}" failures="${cases.filter(({ ok }) => !ok).length}"`;
  return [
    '<?xml version="1.0"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts}>`,
    ...cases.map(({ text: text2 }) => `    ${text2}`),
    "  </testsuite>",
    "</testsuites>"
  ].join("\n");
}
function escapeXml(text2) {
  return text2.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// src/k6/modules/jslib/text-summary.ts
var COLORS = { cyan: "36", faint: "2", faintCyan: "36;2", green: "32", red: "31" };
function textSummary(data, options = {}) {
  const { indent, enableColors, ...figures } = {
    ...{ indent: " ", enableColors: true, summaryTimeUnit: "", summaryTrendStats: [] },
    ...data.options,
    ...options
  };
  const paint = (text2, color) => enableColors ? `\x1B[${COLORS[color]}m${text2}\x1B[0m` : text2;
  return [
    ...groupLines(data.root_group, `${indent}    `, paint),
    ...metricLines(data.metrics, figures, paint).map((line2) => `${indent}  ${line2}`)
  ].join("\n");
}
function groupLines({ name, groups, checks }, indent, paint) {
  const inner = name === "" ? indent : `${indent}  `;
  return [
    ...name === "" ? [] : [`${indent}\u2588 ${name}`, ""],
    ...checks.flatMap(({ name: check2, passes, fails }) => {
      if (fails === 0) return [paint(`${inner}\u2713 ${check2}`, "green")];
      const percent = Math.floor(100 * passes / (passes + fails));
      const counts = `${inner} \u21B3  ${percent}% \u2014 \u2713 ${passes} / \u2717 ${fails}`;
      return [paint(`${inner}\u2717 ${check2}`, "red"), paint(counts, "red")];
    }),
    ...checks.length > 0 ? [""] : [],
    ...groups.flatMap((group2) => groupLines(group2, inner, paint))
  ];
}
function metricLines(metrics, options, paint) {
  const entries = Object.entries(metrics).toSorted(([a], [b]) => compareNames(a, b));
  const trends = alignCells(entries.map(([, metric]) => trendCells(metric, options, paint)));
  const others = alignCells(entries.map(([, metric]) => otherCells(metric, options, paint)));
  const labels2 = entries.map(([name]) => labelOf(name));
  const widest = Math.max(...labels2.map(({ indent, label }) => widthOf(indent + label)));
  return entries.map(([, metric], index) => {
    const { indent, label } = labels2[index];
    const dots = ".".repeat(widest - widthOf(indent + label) + 3);
    const figures = metric.type === "trend" ? trends[index] : others[index];
    return `${indent}${markOf(metric, paint)} ${label}${paint(`${dots}:`, "faint")} ${figures}`;
  });
}
function compareNames(a, b) {
  const [metricA, metricB] = [a, b].map((name) => name.split("{")[0]);
  if (metricA !== metricB) return metricA < metricB ? -1 : 1;
  return a < b ? -1 : 1;
}
function labelOf(name) {
  const brace = name.indexOf("{");
  if (brace < 0) return { indent: "", label: name };
  return { indent: "  ", label: `{ ${name.slice(brace + 1, -1)} }` };
}
function markOf({ thresholds }, paint) {
  if (!thresholds) return " ";
  const isMet = Object.values(thresholds).every(({ ok }) => ok);
  return isMet ? paint("\u2713", "green") : paint("\u2717", "red");
}
function trendCells(metric, {
  summaryTimeUnit,
  summaryTrendStats
}, paint) {
  if (metric.type !== "trend") return [];
  return summaryTrendStats.map((stat) => {
    const value2 = metric.values[stat];
    const shown = value2 === void 0 ? "-" : stat === "count" ? String(value2) : humanizeValue(value2, metric, summaryTimeUnit);
    return { text: `${stat}=${paint(shown, "cyan")}`, width: widthOf(`${stat}=${shown}`) };
  });
}
function otherCells(metric, { summaryTimeUnit }, paint) {
  if (metric.type === "trend") return [];
  const { values } = metric;
  const show = (figure) => humanizeValue(values[figure] ?? 0, metric, summaryTimeUnit);
  const shown = {
    counter: () => [show("count"), `${show("rate")}/s`],
    gauge: () => [show("value"), `min=${show("min")}`, `max=${show("max")}`],
    rate: () => [show("rate"), `\u2713 ${values.passes}`, `\u2717 ${values.fails}`]
  }[metric.type]();
  return shown.map((text2, index) => ({
    text: paint(text2, index === 0 ? "cyan" : "faintCyan"),
    width: widthOf(text2)
  }));
}
function alignCells(rows) {
  const widths = [];
  for (const row of rows) {
    for (const [column, { width }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width);
    }
  }
  return rows.map(
    (row) => row.map(({ text: text2, width }, column) => text2 + " ".repeat(widths[column] - width)).join(" ").trimEnd()
  );
}
var widthOf = (text2) => [...text2.normalize("NFKC")].length;

// src/k6/modules/jslib/k6-summary.ts
var k6SummaryModule = () => ({ humanizeValue, jUnit, textSummary });

// src/k6/modules/jslib/k6-utils.ts
import { randomUUID } from "node:crypto";

// src/kernel/random.ts
function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = state + 1831565813 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

// src/k6/modules/k6.ts
var k6Module = (vu) => ({
  check: (value2, checks, tags) => check(vu, value2, checks, tags),
  fail(message = "") {
    throw new Error(message);
  },
  group: (name, body) => group(vu, name, body),
  sleep(seconds) {
    const durationMs = Math.max(0, Number(seconds) * 1e3) || 0;
    return waitWatched(vu, "sleep()", () => vu.pause(durationMs));
  },
  randomSeed(seed) {
    vu.random = createRandom(seed);
  }
});
function check(vu, value2, checks, tags) {
  if (vu.initializing) throw new Error("check() works in scenarios, setup() and teardown() only");
  vu.watch?.assertNothingWaits("check()");
  if (checks === void 0) throw new Error("no checks provided to `check`");
  const names = Object.keys(checks);
  for (const name of names) assertName(name);
  return checkFrom(vu, value2, checks, names, tags);
}
function checkFrom(vu, value2, checks, names, tags) {
  let allPassed = true;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index];
    const test = checks[name];
    let verdict;
    try {
      verdict = typeof test === "function" ? test(value2) : test;
    } catch (error) {
      countCheck(vu, name, false, tags);
      throw error;
    }
    if (verdict instanceof Promise) {
      const rest = names.slice(index + 1);
      return verdict.then(
        async (known) => {
          countCheck(vu, name, Boolean(known), tags);
          return await checkFrom(vu, value2, checks, rest, tags) && allPassed && Boolean(known);
        },
        (error) => {
          countCheck(vu, name, false, tags);
          throw error;
        }
      );
    }
    countCheck(vu, name, Boolean(verdict), tags);
    if (!verdict) allPassed = false;
  }
  return allPassed;
}
function assertName(name) {
  if (name.includes("::"))
    throw new Error(`group and check names may not contain '::' ("${name}")`);
}
function countCheck(vu, name, passed, tags) {
  const rate = vu.metrics.define("checks", "rate");
  vu.checks.count(vu.group, name, passed);
  rate.add(passed ? 1 : 0, rate.readsTags ? checkTags(vu, name, tags) : untagged);
}
function checkTags(vu, name, tags) {
  return withTags({ check: name, ...tags }, vu);
}
function group(vu, name, body) {
  if (vu.initializing) throw new Error("group() works in scenarios, setup() and teardown() only");
  vu.watch?.assertNothingWaits("group()");
  if (typeof body !== "function")
    throw new Error("group() requires a callback as a second argument");
  assertName(name);
  const outer = vu.group;
  const inner = `${outer}::${name}`;
  const startedAtMs = vu.run.elapsedMs();
  const leave = () => {
    const duration = vu.metrics.define("group_duration", "trend", "time");
    duration.add(vu.run.elapsedMs() - startedAtMs, withTags({ group: inner }, vu));
    vu.group = outer;
  };
  vu.group = inner;
  vu.checks.enter(inner);
  let result;
  try {
    result = body();
  } catch (error) {
    leave();
    throw error;
  }
  if (result instanceof Promise) return result.finally(leave);
  leave();
  return result;
}

// src/k6/modules/jslib/k6-utils.ts
var k6UtilsModule = (vu) => {
  const draw = (below) => Math.floor(vu.random() * below);
  return {
    check: (value2, ...rest) => value2 instanceof Promise ? value2.then((known) => check(vu, known, ...rest)) : check(vu, value2, ...rest),
    findBetween,
    getCurrentStageIndex: () => runningStage(vu).index,
    normalDistributionStages,
    parseDuration,
    randomIntBetween: (min, max) => Math.floor(vu.random() * (max - min + 1) + min),
    randomItem: (items) => items[draw(items.length)],
    randomString: (length, charset = "abcdefghijklmnopqrstuvwxyz") => Array.from({ length }, () => charset[draw(charset.length)]).join(""),
    tagWithCurrentStageIndex() {
      vu.tags.stage = String(runningStage(vu).index);
    },
    tagWithCurrentStageProfile() {
      vu.tags.stage_profile = profileOf(runningStage(vu));
    },
    uuidv4: (secure = false) => secure ? randomUUID() : uuidOf(Array.from({ length: 16 }, () => draw(256)))
  };
};
function uuidOf(bytes) {
  const hex = Buffer.from(bytes).toString("hex");
  const variant = "89ab"[Number.parseInt(hex[16], 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20)
  ].join("-");
}
function findBetween(content2, left, right, repeat = false) {
  const found = [];
  for (let at = 0; ; ) {
    const start2 = content2.indexOf(left, at);
    if (start2 < 0) break;
    const end = content2.indexOf(right, start2 + left.length);
    if (end < 0) break;
    const between = content2.slice(start2 + left.length, end);
    if (!repeat) return between;
    found.push(between);
    at = end + right.length;
  }
  return found.length > 0 ? found : null;
}
function normalDistributionStages(vusMax, durationSeconds, numberOfStages = 10) {
  const ends = `${Math.ceil(durationSeconds / 6)}s`;
  const between = `${Math.ceil(4 * durationSeconds / (6 * numberOfStages))}s`;
  const heights = Array.from(
    { length: numberOfStages + 1 },
    (_, stage) => Math.exp(-((-2 + 4 * stage / numberOfStages) ** 2) / 2)
  );
  const peak = Math.max(...heights);
  const stages = heights.map((height, stage) => ({
    duration: stage === 0 ? ends : between,
    target: Math.round(height * vusMax / peak)
  }));
  return [...stages, { duration: ends, target: 0 }];
}
function parseDuration(text2) {
  const ms = parseDurationMs(text2 ?? "");
  if (ms === void 0) throw new Error(`"${text2}" is not a duration like 30s or 1m30s`);
  return ms;
}
function runningStage({ currentIteration, run }) {
  if (!currentIteration)
    throw new Error("there is a stage inside a scenario only, not in init code or setup()");
  const { name, executor } = currentIteration.scenario;
  const scenarios = run.options.scenarios;
  const stages = scenarios[name]?.stages;
  if (!stages?.length) {
    throw new Error(
      `the scenario "${name}" has no stages; only those of ramping executors have, and it is ${executor}`
    );
  }
  let leftMs = Date.now() - currentIteration.scenarioStartedAtMs;
  const running = stages.findIndex(({ duration }) => {
    leftMs -= parseDurationMs(duration) ?? 0;
    return leftMs < 0;
  });
  return { stages, index: running < 0 ? stages.length - 1 : running };
}
function profileOf({ stages, index }) {
  const [before, now] = [stages[index - 1]?.target, stages[index]?.target];
  if (before === void 0 || now > before) return "ramp-up";
  return now === before ? "steady" : "ramp-down";
}

// src/k6/modules/metrics.ts
var metricsModule = (vu) => ({
  Counter: customMetric(vu, "counter"),
  Gauge: customMetric(vu, "gauge"),
  Rate: customMetric(vu, "rate"),
  Trend: customMetric(vu, "trend")
});
function customMetric(vu, type) {
  return callableClass(
    class CustomMetric {
      name;
      #metric;
      constructor(given, isTime = false) {
        if (!vu.initializing) throw new Error("metrics can be declared in init code only");
        const name = given ?? "";
        this.name = name;
        this.#metric = vu.metrics.define(name, type, isTime ? "time" : "default");
      }
      /**
       * Adds a number. As in k6, any other value is left out with a warning and returns false; with `throw` it throws, and
       * the function may be handed on without its metric.
       */
      add = (value2, tags) => {
        vu.watch?.assertNothingWaits(`${this.name}.add()`);
        const number2 = value2 === null ? Number.NaN : Number(value2);
        if (!Number.isFinite(number2)) {
          const message = `"${String(value2)}" is not a number that the metric "${this.name}" could take`;
          if (vu.http.throwOnFailure) throw new TypeError(message);
          warnOnce(vu, `metric ${this.name}`, `${message}; such values are left out`);
          return false;
        }
        const source = tags && this.#metric.readsTags ? withTags(tags, vu) : vu;
        this.#metric.add(number2, source);
        return true;
      };
    }
  );
}

// src/k6/runtime/timers.ts
function createTimers(vu) {
  let lastId = 0;
  const timers = /* @__PURE__ */ new Map();
  function start2(callback, delayMs, values, repeat) {
    if (vu.initializing) throw new Error("timers cannot be started in init code");
    if (typeof callback !== "function") throw new TypeError("a timer needs a function to call");
    lastId += 1;
    const id = lastId;
    const pauseMs = Math.max(0, Number(delayMs) || 0);
    const wait = () => {
      const timer = { id, dueMs: performance.now() + pauseMs, fire, cancel: () => false };
      timers.set(id, timer);
      arm(timer, pauseMs);
    };
    const fire = () => {
      if (!repeat) timers.delete(id);
      void vu.awaiting(
        Promise.resolve().then(() => {
          const result = callback(...values);
          if (repeat && timers.has(id)) wait();
          return result;
        })
      );
    };
    wait();
    return id;
  }
  function arm(timer, pauseMs) {
    timer.cancel = vu.after(pauseMs, () => fireInOrder(timer));
  }
  function fireInOrder(timer) {
    const first = earliestOf(timers.values(), timer);
    const isLeft = first === timer || first.cancel();
    first.dueMs = Number.POSITIVE_INFINITY;
    if (first !== timer) arm(timer, 0);
    if (isLeft) first.fire();
    else timers.delete(first.id);
  }
  function clear(id) {
    timers.get(id)?.cancel();
    timers.delete(id);
  }
  return {
    setTimeout: (callback, delayMs, ...values) => start2(callback, delayMs, values, false),
    setInterval: (callback, delayMs, ...values) => start2(callback, delayMs, values, true),
    clearTimeout: clear,
    clearInterval: clear
  };
}
function earliestOf(timers, timer) {
  let first = timer;
  for (const each of timers) if (each.dueMs < first.dueMs) first = each;
  return first;
}

// src/k6/modules/timers.ts
var timersModule = (vu) => createTimers(vu);

// src/k6/runtime/web-crypto.ts
import { webcrypto } from "node:crypto";
function createWebCrypto(vu) {
  const subtle = new Proxy(webcrypto.subtle, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...values) => vu.awaiting(member.apply(target, values));
    }
  });
  return {
    subtle,
    getRandomValues: (array) => webcrypto.getRandomValues(array),
    randomUUID: () => webcrypto.randomUUID()
  };
}

// src/k6/modules/webcrypto.ts
var webcryptoModule = (vu) => ({ crypto: createWebCrypto(vu) });

// src/k6/modules/registry.ts
var modules = {
  flashsale: flashsaleModule,
  k6: k6Module,
  "k6/crypto": cryptoModule,
  "k6/data": dataModule,
  "k6/encoding": encodingModule,
  "k6/execution": executionModule,
  "k6/html": htmlModule,
  "k6/http": httpModule,
  "k6/metrics": metricsModule,
  "k6/timers": timersModule,
  "k6/experimental/csv": csvModule,
  "k6/experimental/fs": fsModule,
  // Former names of globals and modules.
  "k6/experimental/timers": timersModule,
  "k6/experimental/encoding": () => ({ TextDecoder, TextEncoder }),
  "k6/experimental/webcrypto": webcryptoModule,
  "k6/x/webcrypto": webcryptoModule,
  // A module of types only.
  "k6/options": () => ({}),
  // Built in, because nearly every script imports them and few machines that run tests can reach the internet.
  "https://jslib.k6.io/k6-summary": k6SummaryModule,
  "https://jslib.k6.io/k6-utils": k6UtilsModule
};

// src/k6/runtime/shown-value.ts
var FUNCTION = "[object Function]";
function shownValue(value2) {
  if (typeof value2 === "function") return FUNCTION;
  if (typeof value2 === "symbol") return value2.description ?? "";
  return typeof value2 === "object" && value2 !== null ? showPart(value2, /* @__PURE__ */ new Set()) : String(value2);
}
function showPart(value2, around) {
  if (value2 === null || value2 === void 0) return "null";
  if (typeof value2 === "string" || typeof value2 === "symbol") return `"${shownValue(value2)}"`;
  if (typeof value2 !== "object") return shownValue(value2);
  if (around.has(value2)) return "[Circular]";
  if (value2 instanceof Error) return String(value2);
  if (value2 instanceof ArrayBuffer) return showBuffer(value2);
  if (ArrayBuffer.isView(value2)) return showTyped(value2);
  around.add(value2);
  const shown = Array.isArray(value2) ? showArray(value2, around) : showObject(value2, around);
  around.delete(value2);
  return shown;
}
function showArray(list, around) {
  return enclose(
    "[",
    [...list].map((each) => showPart(each, around)),
    "]"
  );
}
function showObject(object, around) {
  const names = Object.keys(object);
  if (names.length === 0 && object instanceof Date) return showDate(object);
  const members = names.map(
    (name) => `${name}: ${showPart(object[name], around)}`
  );
  return enclose("{", members, "}");
}
var showDate = (date) => Number.isNaN(date.getTime()) ? "{}" : `"${date.toISOString()}"`;
function showBuffer(buffer) {
  const bytes = [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `ArrayBuffer { [Uint8Contents]: <${bytes.join(" ")}>, byteLength: ${bytes.length} }`;
}
function showTyped(view) {
  if (view instanceof DataView) return "{}";
  const elements = [...view].map(String);
  const name = view.constructor.name.replace("Clamped", "");
  return `${name}(${elements.length}) ${enclose("[", elements, "]")}`;
}
var enclose = (open, parts, close) => parts.length === 0 ? `${open}${close}` : `${open} ${parts.join(", ")} ${close}`;

// src/k6/runtime/console.ts
function createConsole(log) {
  const plain3 = (...values) => log(line(values));
  const named2 = (level) => (...values) => log(`${level}: ${line(values)}`);
  return {
    log: plain3,
    info: plain3,
    debug: named2("debug"),
    warn: named2("warning"),
    error: named2("error")
  };
}
function line(values) {
  return values.map(shownValue).join(" ");
}

// src/k6/runtime/script-files.ts
import { dirname as dirname2 } from "node:path";
var ScriptFiles = class {
  /** The file that the run was started with. */
  scriptPath;
  /** The files whose code runs, the importing ones first. */
  running = [];
  constructor(scriptPath) {
    this.scriptPath = scriptPath;
  }
  /** The code of a file begins, and ends with a call without a path. A file from the network has its URL for a path. */
  enter = (path) => {
    if (path === void 0) this.running.pop();
    else this.running.push(path);
  };
  /** The folder at which relative paths start. k6, too, looks for those of a file from the network on this machine. */
  folder() {
    const file = this.running.at(-1) ?? this.scriptPath;
    return dirname2(/^https?:/.test(file) ? new URL(file).pathname : file);
  }
  /** A function that runs later, as if the file that runs now still did. */
  asNow(work) {
    const file = this.running.at(-1) ?? this.scriptPath;
    return () => this.within(file, work);
  }
  within(file, work) {
    this.enter(file);
    try {
      return work();
    } finally {
      this.enter();
    }
  }
};

// src/k6/script/require-file.ts
import { readFileSync as readFileSync2 } from "node:fs";
import { createRequire as createRequire3 } from "node:module";
import { dirname as dirname3, resolve as resolve4 } from "node:path";
import { compileFunction as compileFunction2 } from "node:vm";

// src/k6/script/file-names.ts
import { pathToFileURL as pathToFileURL2 } from "node:url";
function nameFile(text2, path, urlClass = "URL") {
  const name = JSON.stringify(path);
  const begin = `${IN_FILE}(${name});`;
  const code = text2.replace(/^#!/, "//");
  const lines = /\b(import|export)\b/.test(code) ? [`${begin}${code}`, `${IN_FILE}();`] : (
    // What a CommonJS file throws may be caught where it is required, and the code there goes on.
    [`${begin}try{${code}`, `}finally{${IN_FILE}();}`]
  );
  if (code.includes("import.meta.resolve")) {
    const url2 = JSON.stringify(/^https?:/.test(path) ? path : pathToFileURL2(path).href);
    lines.push(`function __resolve(path) { return new ${urlClass}(path, ${url2}).href; }`);
  }
  return `${lines.join("\n")}
`;
}

// src/k6/script/origins.ts
import { relative, resolve as resolve3 } from "node:path";

// src/k6/script/remote-modules.ts
var isRemote = (source) => /^https?:\/\//i.test(source);

// src/k6/script/origins.ts
function shortPath(path) {
  if (isRemote(path)) return path;
  const fromHere = relative(process.cwd(), resolve3(path));
  return fromHere.startsWith("..") ? resolve3(path) : fromHere;
}

// src/k6/script/require-file.ts
function createRequireFile(files, requireModule, variables) {
  const loaded = /* @__PURE__ */ new Map();
  return (name, from) => {
    const folder = typeof from === "string" ? dirname3(from) : files.folder();
    return requireFrom(folder, name);
  };
  function requireFrom(folder, name) {
    if (!/^(\.{0,2}\/|file:)/.test(name)) return requireModule(name);
    const path = resolve4(folder, name.replace(/^file:\/\//, ""));
    const known = loaded.get(path);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    try {
      load(path, module);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module.exports;
  }
  function load(path, module) {
    const text2 = readFileSync2(path, "utf8");
    if (path.endsWith(".json")) {
      module.exports = JSON.parse(text2);
      return;
    }
    const { transformSync } = createRequire3(import.meta.url)("esbuild");
    const { code } = transformSync(nameFile(text2, path), {
      loader: path.endsWith(".ts") ? "ts" : "js",
      format: "cjs",
      define: REPLACED
    });
    const all2 = {
      ...variables,
      ...{ module, exports: module.exports },
      require: (required) => requireFrom(dirname3(path), required),
      [IN_FILE]: files.enter
    };
    const filename = fileNameOf(path);
    showOrigins(filename, (line2) => ({ file: shortPath(path), line: line2 }));
    compileFunction2(code, Object.keys(all2), { filename })(...Object.values(all2));
  }
}

// src/k6/script/vu-modules.ts
function scriptEnvironment(vu, scriptPath) {
  const files = new ScriptFiles(scriptPath);
  const open = createOpen(files, vu);
  const globals = {
    console: createConsole((line2) => {
      vu.watch?.assertNothingWaits("console");
      vu.log(line2);
    }),
    crypto: createWebCrypto(vu),
    ...createTimers(vu),
    process: void 0
  };
  return {
    require: createRequireFile(files, createRequire4(vu, files), { ...globals, open, __vu: vu }),
    open,
    inFile: files.enter,
    globals
  };
}
function createRequire4(vu, files) {
  const made2 = /* @__PURE__ */ new Map();
  return (name) => {
    let module = made2.get(name);
    if (!module) {
      const members = modules[name]?.(vu, files);
      if (!members) throw new Error(`the module "${name}" is not there`);
      module = Object.defineProperties(members, {
        default: { value: members },
        __esModule: { value: true }
      });
      made2.set(name, module);
    }
    return module;
  };
}

// src/k6/blocking/blocking-vu.ts
import { performance as performance2 } from "node:perf_hooks";

// src/load/vu/pending-work.ts
var Pause = class {
  promise;
  resolve;
  reject;
  timer;
  constructor() {
    this.promise = new Promise((resolve5, reject) => {
      this.resolve = resolve5;
      this.reject = reject;
    });
  }
};
var PendingWork = class {
  /** Number of requests, pauses and promises begun so far. */
  begun = 0;
  pauses = /* @__PURE__ */ new Set();
  pending = 0;
  onIdle = void 0;
  began() {
    this.begun += 1;
    this.pending += 1;
  }
  ended() {
    this.pending -= 1;
    if (this.pending === 0 && this.onIdle) setImmediate(checkIdle, this);
  }
  /** Calls back when nothing is pending; at once when nothing is pending now. */
  whenIdle(callback) {
    this.onIdle = this.pending > 0 ? callback : void 0;
    if (this.pending === 0) callback();
  }
  /** Calls back no more. */
  forgetIdle() {
    this.onIdle = void 0;
  }
  checkIdle() {
    if (this.onIdle) this.whenIdle(this.onIdle);
  }
  /** Begins a pause of that many milliseconds; without a duration it lasts until `end`. */
  pause(durationMs) {
    this.began();
    const pause = new Pause();
    this.pauses.add(pause);
    if (durationMs !== void 0) pause.timer = setTimeout(() => this.end(pause), durationMs);
    return pause;
  }
  end(pause) {
    this.pauses.delete(pause);
    this.ended();
    pause.resolve();
  }
  /** Ends a pause whose promise then stays pending; does nothing, and answers with false, after its end. */
  drop(pause) {
    if (!this.pauses.delete(pause)) return false;
    clearTimeout(pause.timer);
    this.ended();
    return true;
  }
  /** Ends every pause with IterationInterrupted. */
  interruptPauses() {
    for (const pause of this.pauses) {
      clearTimeout(pause.timer);
      pause.promise.catch(() => {
      });
      pause.reject(new IterationInterrupted());
      this.ended();
    }
    this.pauses.clear();
  }
};
function checkIdle(work) {
  work.checkIdle();
}

// src/k6/blocking/packed-call.ts
var STATUSES = 1e3;
function packCall(request, usual2) {
  const { method, url: url2, body, timeoutMs, redirectsMax, cookies, replacedCookies, jar } = request;
  return {
    ...{ method, url: url2, timeoutMs, redirectsMax, cookies, replacedCookies },
    dropsBody: request.dropsBody ?? false,
    headers: request.headers && textsOf(request.headers),
    tags: request.tags && asTags(request.tags),
    // Bytes are sent with all the memory that they are a view of.
    body: typeof body === "string" || body === null ? body : body.slice(),
    jar: jar?.stored(),
    expected: request.isExpected === usual2 ? "default" : packTest(request.isExpected)
  };
}
function textsOf(headers) {
  const texts2 = {};
  for (const name in headers) texts2[name] = String(headers[name]);
  return texts2;
}
var packed = /* @__PURE__ */ new WeakMap();
function packTest(test) {
  if (!test) return null;
  let answers2 = packed.get(test);
  if (!answers2) {
    answers2 = Uint8Array.from({ length: STATUSES }, (_, status) => test(status) ? 1 : 0);
    packed.set(test, answers2);
  }
  return answers2;
}

// src/k6/blocking/shared-rows.ts
function shareRows(items) {
  const texts2 = items.map((item) => Buffer.from(JSON.stringify(item) ?? "null"));
  const ends = new SharedArrayBuffer(4 * texts2.length);
  const endOf = new Uint32Array(ends);
  const bytes = new SharedArrayBuffer(texts2.reduce((sum, { length }) => sum + length, 0));
  const into = new Uint8Array(bytes);
  let end = 0;
  for (const [index, text2] of texts2.entries()) {
    into.set(text2, end);
    end += text2.length;
    endOf[index] = end;
  }
  return { bytes, ends };
}
function readRows2({ bytes, ends }) {
  const from = new Uint8Array(bytes);
  const endOf = new Uint32Array(ends);
  const target = [];
  target.length = endOf.length;
  const isIndex = (key) => typeof key === "string" && /^\d+$/.test(key) && Number(key) < endOf.length;
  const item = (index) => {
    const start2 = index === 0 ? 0 : endOf[index - 1];
    return deepFreeze(JSON.parse(Buffer.from(from.slice(start2, endOf[index])).toString("utf8")));
  };
  return new Proxy(target, {
    get: (_, key) => isIndex(key) ? item(Number(key)) : Reflect.get(target, key),
    has: (_, key) => isIndex(key) || Reflect.has(target, key),
    ownKeys: () => [...Array.from(endOf.keys(), String), "length"],
    getOwnPropertyDescriptor: (_, key) => isIndex(key) ? { value: item(Number(key)), enumerable: true, configurable: true, writable: false } : Reflect.getOwnPropertyDescriptor(target, key),
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false
  });
}

// src/k6/blocking/thrown-value.ts
function packThrown(error) {
  if (!(error instanceof Error)) {
    return { kind: "other", name: "", message: String(error), stack: "" };
  }
  const kind = error instanceof IterationInterrupted ? "interrupted" : error instanceof RequestError ? "request" : "error";
  const place = placeOf(error);
  return { kind, name: error.name, message: error.message, stack: error.stack ?? "", place };
}
function unpackThrown(thrown, keepsStack) {
  const { kind, name, message, stack, place } = thrown;
  if (kind === "other") return message;
  if (kind === "interrupted") return new IterationInterrupted();
  const error = kind === "request" ? new RequestError(message) : new Error(message);
  if (kind === "error") error.name = name;
  if (keepsStack) {
    error.stack = stack;
    if (place !== void 0) rememberPlace(error, place);
  }
  return error;
}

// src/k6/blocking/blocking-vu.ts
var NOTES_MS_MAX = 100;
var NOTES_MAX = 500;
var BlockingVu = class {
  id;
  env;
  initializing = true;
  isReader = false;
  currentIteration = void 0;
  interrupted = false;
  iterationCount = 0;
  group = "";
  tags = {};
  expectedStatus = isSuccess;
  random = Math.random;
  http;
  cookies;
  run;
  release = void 0;
  watch = void 0;
  ready = void 0;
  onGone = void 0;
  work = new PendingWork();
  line;
  baseTags;
  open = /* @__PURE__ */ new Map();
  known = /* @__PURE__ */ new Map();
  origins = /* @__PURE__ */ new Map();
  notes = [];
  notedSinceMs = 0;
  lastId = 0;
  blockingCalls = 0;
  elapsed = { ms: 0, atMs: 0 };
  constructor(order, line2) {
    this.id = order.id;
    this.env = order.env;
    this.http = order.http;
    this.baseTags = order.baseTags;
    this.line = line2;
    this.cookies = {
      cookiesFor: (origin, path) => this.ask({ about: "cookies", origin, path }),
      store: (...line3) => void this.ask({ about: "store-cookie", line: line3 }),
      delete: (origin, path, name) => void this.ask({ about: "delete-cookie", origin, path, name })
    };
    const figure = (name) => () => this.ask({ about: "run", figure: name });
    this.run = {
      elapsedMs: () => this.elapsed.ms + performance2.now() - this.elapsed.atMs,
      iterationsCompleted: figure("iterationsCompleted"),
      iterationsInterrupted: figure("iterationsInterrupted"),
      vusActive: figure("vusActive"),
      vusInitialized: figure("vusInitialized"),
      options: order.options,
      abort: (reason) => this.note({ type: "abort", reason }),
      fail: (reason) => this.note({ type: "fail", reason })
    };
  }
  /** Takes over the facts of a call of one of the script's functions. */
  begin({ group: group2, iterationCount, iteration, elapsedMs }) {
    this.group = group2;
    this.iterationCount = iterationCount;
    this.elapsed = { ms: elapsedMs, atMs: performance2.now() };
    this.currentIteration = iteration && {
      scenario: { name: iteration.scenario, executor: iteration.executor },
      scenarioStartedAtMs: iteration.startedAtMs,
      number: iteration.number,
      progress: () => this.ask({ about: "progress" })
    };
  }
  calls = {
    send: (request, listener) => {
      this.blockingCalls += 1;
      this.send(request, { request, listener, blocks: true });
    },
    sendBeside: (request, listener) => {
      this.work.began();
      this.send(request, { request, listener, blocks: false });
    },
    cancelAll() {
    },
    close() {
    }
  };
  waitForCalls = () => {
    if (this.blockingCalls === 0) return;
    this.line.waitUntil((message) => {
      if (message.type !== "ended" || !this.open.get(message.id)?.blocks) return false;
      this.handle(message);
      return this.blockingCalls === 0;
    });
  };
  metrics = {
    define: (name, type, contains) => {
      const key = `${name} ${type} ${contains}`;
      const known = this.known.get(key);
      if (known) return known;
      const question = { about: "metric", name, metricType: type, contains };
      const { index, readsTags } = this.ask(question);
      const metric = {
        readsTags,
        add: (value2, source) => this.note({
          type: "sample",
          metric: index,
          value: value2,
          tags: readsTags ? source.allTags() : void 0
        })
      };
      this.known.set(key, metric);
      return metric;
    }
  };
  /** The place in the script's files of a position in its bundle. */
  originOf(line2, column) {
    const key = `${line2}:${column}`;
    if (!this.origins.has(key)) {
      this.origins.set(key, this.ask({ about: "origin", line: line2, column }));
    }
    return this.origins.get(key);
  }
  checks = {
    enter: (group2) => this.note({ type: "group", group: group2 }),
    count: (group2, name, passed) => this.note({ type: "check", group: group2, name, passed })
  };
  shareArray = (name, build) => {
    const shared = this.ask({ about: "array", name });
    if (shared) return readRows2(shared);
    let rows;
    try {
      rows = shareRows(build());
      return readRows2(rows);
    } finally {
      this.ask({ about: "array-built", name, rows });
    }
  };
  warn = (subject, message) => this.note({ type: "warning", subject, message });
  log = (line2) => this.note({ type: "log", line: line2 });
  began() {
    this.work.began();
  }
  ended() {
    this.work.ended();
  }
  pause(durationMs) {
    this.tell({ type: "nothing" });
    if (durationMs > 0) Atomics.wait(NEVER, 0, 0, durationMs);
  }
  meet({ name, size, timeoutMs }) {
    this.ask({ about: "rendezvous", name, size, timeoutMs });
  }
  after(durationMs, callback) {
    const pause = this.work.pause(durationMs);
    pause.promise.then(callback, () => {
    });
    return () => this.work.drop(pause);
  }
  awaiting(promise) {
    this.began();
    return promise.finally(() => this.ended());
  }
  tag(name) {
    if (name === "vu") return String(this.id);
    if (name === "iter") return String(this.iterationCount);
    return this.allTags()[name];
  }
  allTags() {
    return { ...this.baseTags, group: this.group, ...asTags(this.tags) };
  }
  note(note) {
    if (this.notes.length === 0) this.notedSinceMs = performance2.now();
    this.notes.push(note);
    if (this.notes.length >= NOTES_MAX || performance2.now() - this.notedSinceMs > NOTES_MS_MAX) {
      this.tell({ type: "nothing" });
    }
  }
  /** Sends the notes, and with them the reason for sending them now. */
  tell(then) {
    if (then.type === "nothing" && this.notes.length === 0) return;
    const { notes, group: group2 } = this;
    this.notes = [];
    this.line.post({ notes, group: group2, tags: asTags(this.tags), then });
  }
  /** Handles a message of the engine that is no call of a function. */
  handle(message) {
    if (message.type !== "ended") return;
    const call = this.open.get(message.id);
    if (!call) return;
    this.open.delete(message.id);
    if (call.blocks) this.blockingCalls -= 1;
    finish(call, message.end);
    if (!call.blocks) this.work.ended();
  }
  /** Forgets the timers and requests of a function that threw: what they would call does not run any more. */
  forget() {
    for (const call of this.open.values()) call.listener = DEAF;
    this.work.interruptPauses();
  }
  send(request, call) {
    const id = this.nextId();
    this.open.set(id, call);
    this.tell({ type: "send", id, call: packCall(request, isSuccess) });
  }
  /** Stops the thread until the engine has answered. Throws the error that it answers with. */
  ask(question) {
    const id = this.nextId();
    this.tell({ type: "ask", id, question });
    let value2;
    let thrown;
    this.line.waitUntil((message) => {
      if (message.type !== "answer" || message.id !== id) return false;
      value2 = message.value;
      if (message.error) thrown = { error: unpackThrown(message.error, false) };
      return true;
    });
    if (thrown) throw thrown.error;
    return value2;
  }
  nextId() {
    this.lastId += 1;
    return this.lastId;
  }
};
var NEVER = new Int32Array(new SharedArrayBuffer(4));
var DEAF = { done() {
}, failed() {
} };
var isSuccess = (status) => status >= 200 && status < 400;
function finish({ request, listener }, end) {
  if ("failure" in end) {
    listener.failed(unpackThrown(end.failure, false));
    return;
  }
  for (const line2 of end.storedCookies) request.jar?.store(...line2);
  listener.done({ url: end.url, exchange: Exchange.unpack(end.exchange) });
}

// src/k6/blocking/line.ts
import { receiveMessageOnPort } from "node:worker_threads";
function createLine(port, arrivals) {
  const count = new Int32Array(arrivals);
  const later = [];
  let handle = () => {
  };
  function next() {
    for (; ; ) {
      const seen = Atomics.load(count, 0);
      const received = receiveMessageOnPort(port);
      if (received) return received.message;
      Atomics.wait(count, 0, seen);
    }
  }
  function handleLater() {
    for (let message = later.shift(); message; message = later.shift()) handle(message);
  }
  return {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    waitUntil(take) {
      for (let message = next(); !take(message); message = next()) {
        if (later.push(message) === 1) setImmediate(handleLater);
      }
    },
    listen(handler) {
      handle = handler;
      port.on("message", (message) => {
        handleLater();
        handle(message);
      });
    }
  };
}

// src/k6/blocking/vu-main.ts
async function start(order) {
  const line2 = createLine(parentPort, order.arrivals);
  const vu = new BlockingVu(order, line2);
  deepenStacks();
  process.on("unhandledRejection", (error) => {
    vu.forget();
    if (error instanceof IterationInterrupted) return;
    vu.note({ type: "rejection", error: packThrown(error) });
  });
  let functions;
  try {
    const evaluator = compileBundle(order.scriptPath, {
      ...order,
      originOf: (line3, column) => vu.originOf(line3, column)
    });
    const exports = await evaluator.evaluate(vu, scriptEnvironment(vu, order.scriptPath));
    functions = functionsIn(exports);
  } catch (error) {
    vu.tell({ type: "threw", error: packThrown(error) });
    return;
  }
  vu.initializing = false;
  const run = createFunctionRunner(vu, functions);
  line2.listen((message) => {
    if (message.type === "call") run(message);
    else vu.handle(message);
  });
  vu.tell({ type: "ready" });
}
function createFunctionRunner(vu, functions) {
  let argument;
  return (call) => {
    if (call.argument) argument = call.argument.value;
    vu.begin(call);
    let result;
    let thrown;
    try {
      result = functions[call.name]?.(argument);
      if (result instanceof Promise) {
        result.then(
          (value2) => {
            result = value2;
          },
          (error) => fail(error)
        );
      }
    } catch (error) {
      fail(error);
    }
    setImmediate(endWhenIdle);
    function tellResult() {
      try {
        vu.tell({ type: "returned", result: plain2(call.name, result) });
      } catch (error) {
        vu.tell({ type: "threw", error: packThrown(error) });
      }
    }
    function fail(error) {
      thrown = { error };
      vu.forget();
    }
    function endWhenIdle() {
      vu.work.whenIdle(() => {
        if (thrown) vu.tell({ type: "threw", error: packThrown(thrown.error) });
        else tellResult();
      });
    }
  };
}
function plain2(name, result) {
  if (name === "setup") return result === void 0 ? void 0 : JSON.parse(setupJson(result));
  if (name !== "handleSummary" || typeof result !== "object" || result === null) return void 0;
  return Object.fromEntries(
    Object.entries(result).map(([path, content2]) => [
      path,
      content2 === void 0 || content2 === null || content2 instanceof ArrayBuffer ? content2 : String(content2)
    ])
  );
}
await start(workerData);
