import { createRecentMap } from '../../kernel/recent-map.ts';

/**
 * Selects a value of JSON by a path, as k6's `response.json(selector)` does (GJSON): `user.name`, `items.0.id`,
 * `items.#` (the number of items), `items.#.id` (the id of each), `items.#(price>5).id` (of the first item that matches),
 * `items.#(price>5)#.id` (of all that match), `na*.first` (the first name that matches), `with\.dot`. Undefined if there
 * is no such value; throws for a path that is not supported.
 */
export function selectJson(value: unknown, selector: string): unknown {
  return select(value, pathOf(selector));
}

type Part =
  | { kind: 'name'; name: string }
  | { kind: 'wildcard'; pattern: RegExp }
  | { kind: 'each' }
  | { kind: 'query'; accepts: (item: unknown) => boolean; all: boolean };

function select(value: unknown, path: Part[]): unknown {
  let current = value;
  for (let index = 0; index < path.length; index += 1) {
    const part = path[index] as Part;
    if (Array.isArray(current)) {
      const rest = path.slice(index + 1);
      if (part.kind === 'each') return rest.length === 0 ? current.length : ofEach(current, rest);
      if (part.kind === 'query' && part.all) return ofEach(current.filter(part.accepts), rest);
      current = itemOf(current, part);
    } else if (typeof current === 'object' && current !== null) {
      current = memberOf(current as Record<string, unknown>, part);
    } else {
      return undefined;
    }
  }
  return current;
}

const ofEach = (items: unknown[], rest: Part[]): unknown[] =>
  items.map((item) => select(item, rest)).filter((item) => item !== undefined);

function itemOf(items: unknown[], part: Part): unknown {
  if (part.kind === 'query') return items.find(part.accepts);
  return part.kind === 'name' && /^\d+$/.test(part.name) ? items[Number(part.name)] : undefined;
}

function memberOf(object: Record<string, unknown>, part: Part): unknown {
  if (part.kind === 'name') return Object.hasOwn(object, part.name) ? object[part.name] : undefined;
  if (part.kind !== 'wildcard') return undefined;
  const name = Object.keys(object).find((each) => part.pattern.test(each));
  return name === undefined ? undefined : object[name];
}

/** The parts of a selector. Cached, because scripts repeat the same few selectors for every response. */
const pathOf = createRecentMap(1_000, (selector: string) => parse(selector, selector));

function parse(path: string, selector: string): Part[] {
  return splitPath(path, selector).map((text) => {
    if (text === '#') return { kind: 'each' };
    const [, query, all] = /^#\((.*)\)(#?)$/s.exec(text) ?? [];
    if (query !== undefined) {
      return { kind: 'query', accepts: readQuery(query, selector), all: all === '#' };
    }
    if (/^[@!{[]/.test(text)) throw unsupported(selector);
    if (/(?<!\\)[*?]/.test(text)) return { kind: 'wildcard', pattern: wildcardPattern(text) };
    return { kind: 'name', name: text.replaceAll(/\\(.)/gs, '$1') };
  });
}

/** Splits a path at the dots that are neither escaped nor inside a query. */
function splitPath(path: string, selector: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < path.length; i += 1) {
    const letter = path[i] as string;
    if (letter === '\\' && i + 1 < path.length) {
      part += letter + path[i + 1];
      i += 1;
      continue;
    }
    if (depth > 0 && letter === '"') quoted = !quoted;
    if (!quoted && letter === '(' && (depth > 0 || part === '#')) depth += 1;
    if (!quoted && letter === ')' && depth > 0) depth -= 1;
    if (depth === 0 && letter === '|') throw unsupported(selector);
    if (depth === 0 && letter === '.') {
      parts.push(part);
      part = '';
    } else {
      part += letter;
    }
  }
  if (depth > 0) throw new Error(`json("${selector}"): a query "#(" has no end`);
  return [...parts, part];
}

const COMPARISON =
  /^((?:[^"=!<>%\\(]|\\.|"[^"]*"|\((?:[^()"]|"[^"]*")*\))*?)\s*(==|=|!=|!%|<=|>=|<|>|%)\s*(.*)$/s;

/** The test of a query: `price>5`, `name=="Al"`, `name%"A*"`, `>5` (the item itself), `price` (it exists). */
function readQuery(query: string, selector: string): (item: unknown) => boolean {
  const [, left = query, operator, right = ''] = COMPARISON.exec(query.trim()) ?? [];
  const path = left.trim() === '' ? [] : parse(left.trim(), selector);
  if (operator === undefined) return (item) => select(item, path) !== undefined;
  const test = comparisonOf(operator, unquoted(right.trim()));
  return (item) => {
    const value = select(item, path);
    // Null, arrays and objects exist, but no comparison with them is true.
    return value !== null && COMPARABLE.has(typeof value) && test(value as Comparable);
  };
}

type Comparable = string | number | boolean;
const COMPARABLE = new Set(['string', 'number', 'boolean']);

function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

/** The test of a comparison. Numbers are compared as numbers, other values as text. */
function comparisonOf(operator: string, text: string): (value: Comparable) => boolean {
  const pattern = wildcardPattern(text);
  const compared =
    (test: (value: string | number, wanted: string | number) => boolean) => (value: Comparable) =>
      typeof value === 'number' ? test(value, Number(text)) : test(String(value), text);
  switch (operator) {
    case '<':
      return compared((value, wanted) => value < wanted);
    case '<=':
      return compared((value, wanted) => value <= wanted);
    case '>':
      return compared((value, wanted) => value > wanted);
    case '>=':
      return compared((value, wanted) => value >= wanted);
    case '!=':
      return compared((value, wanted) => value !== wanted);
    case '%':
      return (value) => typeof value === 'string' && pattern.test(value);
    case '!%':
      return (value) => typeof value === 'string' && !pattern.test(value);
    default:
      return compared((value, wanted) => value === wanted);
  }
}

/** The pattern of a wildcard: `*` is any text, `?` any character. */
function wildcardPattern(text: string): RegExp {
  const pattern = text.replaceAll(/\\(.)|[*?]|[^\w\s]/gs, (found, escaped: string | undefined) => {
    if (found === '*') return '.*';
    if (found === '?') return '.';
    return (escaped ?? found).replace(/[^\w\s]/, String.raw`\$&`);
  });
  return new RegExp(`^${pattern}$`, 's');
}

const unsupported = (selector: string): Error =>
  new Error(
    `json("${selector}"): names, indexes, #, queries and wildcards can be selected; pipes, modifiers and multipaths are not supported`,
  );
