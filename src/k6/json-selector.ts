import { createRecentMap } from '../load/recent-map.ts';

/**
 * Picks a value out of JSON by a dotted path as k6's `response.json(selector)` does (GJSON): `user.name`, `items.0.id`,
 * `items.#` (how many), `items.#.id` (of each), `with\.dot`. Undefined where nothing is there.
 */
export function selectJson(value: unknown, selector: string): unknown {
  return select(value, pathOf(selector));
}

function select(value: unknown, path: string[]): unknown {
  let current = value;
  for (const [index, key] of path.entries()) {
    if (Array.isArray(current)) {
      if (key === '#') {
        const rest = path.slice(index + 1);
        if (rest.length === 0) return current.length;
        return current.map((item) => select(item, rest)).filter((item) => item !== undefined);
      }
      current = /^\d+$/.test(key) ? current[Number(key)] : undefined;
    } else if (typeof current === 'object' && current !== null) {
      current = Object.hasOwn(current, key) ? (current as Record<string, unknown>)[key] : undefined;
    } else {
      return undefined;
    }
  }
  return current;
}

/** Scripts use the same few selectors for every answer. */
const pathOf = createRecentMap(1_000, splitPath);

const UNSUPPORTED = /[*?|@!{}]|#\(/;

function splitPath(selector: string): string[] {
  if (!selector.includes('\\')) {
    if (UNSUPPORTED.test(selector)) {
      throw new Error(
        `json("${selector}"): only names, indexes and # can be selected; queries, wildcards and modifiers are not supported`,
      );
    }
    return selector.split('.');
  }
  const parts: string[] = [];
  let part = '';
  for (let i = 0; i < selector.length; i += 1) {
    if (selector[i] === '.') {
      parts.push(part);
      part = '';
      continue;
    }
    if (selector[i] === '\\' && i + 1 < selector.length) i += 1;
    part += selector[i];
  }
  return [...parts, part];
}
