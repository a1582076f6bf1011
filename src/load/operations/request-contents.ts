import { valueAt } from '../../../scenarios/lib/answers.ts';
import type { SentPlace } from '../../target/operation-rule.ts';
import type { HttpRequest } from '../http/exchange.ts';
import { text } from './json-values.ts';

/** The parts of a request in which facts may stand, each read when it is first asked for. */
export class RequestContents {
  private readonly request: HttpRequest;
  /** The groups of the path's pattern. */
  private readonly groups: readonly string[];
  private parsed: { json: unknown } | undefined;
  private pairs: Partial<Record<'query' | 'form', URLSearchParams>> = {};

  constructor(request: HttpRequest, groups: readonly string[]) {
    this.request = request;
    this.groups = groups;
  }

  json(): unknown {
    this.parsed ??= { json: parseJson(this.body()) };
    return this.parsed.json;
  }

  body(): string | undefined {
    const { body } = this.request;
    if (body === null) return undefined;
    return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  }

  /** A value of the query or of a form. */
  pair(where: 'query' | 'form', name: string): string | undefined {
    const { path } = this.request;
    const start = path.indexOf('?');
    const source = where === 'form' ? this.body() : start < 0 ? '' : path.slice(start + 1);
    this.pairs[where] ??= new URLSearchParams(source ?? '');
    return this.pairs[where]?.get(name) ?? undefined;
  }

  /** The first value of a header; `name` in lower case. */
  header(name: string): string | undefined {
    const { headers } = this.request;
    for (let index = 0; index < headers.length; index += 2) {
      const known = headers[index] as string;
      if (known.length === name.length && known.toLowerCase() === name) return headers[index + 1];
    }
    return undefined;
  }

  cookie(name: string): string | undefined {
    for (const pair of this.header('cookie')?.split(';') ?? []) {
      const at = pair.indexOf('=');
      if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
    }
    return undefined;
  }

  group(number: number): string | undefined {
    const value = this.groups[number];
    return value?.includes('%') ? decoded(value) : value;
  }
}

export type ReadFact = (contents: RequestContents) => unknown;

/** A function that reads the value at a place of a request; without a place it reads nothing. */
export function createFactReader(place: SentPlace | undefined): ReadFact {
  if (place === undefined) return () => undefined;
  const read = readerAt(place);
  if (place.base64) {
    return (contents) => {
      const value = text(read(contents));
      return value && Buffer.from(value, 'base64').toString('utf8');
    };
  }
  return read;
}

function readerAt(place: SentPlace): ReadFact {
  const { within } = place;
  if (place.in === 'path') return (contents) => contents.group(within?.group ?? 1);
  const whole = wholeReaderAt(place);
  if (within === undefined) return whole;
  const pattern = new RegExp(within.pattern, 's');
  return (contents) => pattern.exec(text(whole(contents)) ?? '')?.[within.group];
}

function wholeReaderAt(place: SentPlace): ReadFact {
  switch (place.in) {
    case 'json': {
      const { path } = place;
      const [only] = path;
      if (only !== undefined && path.length === 1) {
        return (contents) => member(contents.json(), only);
      }
      return (contents) => valueAt(contents.json(), path);
    }
    case 'query':
      return (contents) => contents.pair('query', place.name);
    case 'form':
      return (contents) => contents.pair('form', place.name);
    case 'header':
      return (contents) => contents.header(place.name);
    case 'cookie':
      return (contents) => contents.cookie(place.name);
    default:
      return (contents) => contents.body();
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function parseJson(body: string | undefined): unknown {
  if (body === undefined) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
