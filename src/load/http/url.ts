import { rememberLastOfLength } from '../../kernel/last-of-length.ts';
import { RequestError } from './request-error.ts';

export interface SplitUrl {
  /** `http://host:port` */
  origin: string;
  /** Path and query, escaped; at least `/`. */
  path: string;
  /** `Basic …` if the URL contains a user and password. */
  authorization: string | undefined;
}

interface Origin {
  origin: string;
  authorization: string | undefined;
}

/** Everything that cannot stand in a request line as it is; an origin with such a character is no origin. */
const UNSAFE = /[^\x21-\x7e]|[#"<>\\^`{|}]/;
/** Characters that cannot stand in a path, as k6 encodes them; in a query they stay. A backslash would become a slash. */
const UNSAFE_IN_PATH = /[ "<>\\^`{|}]/g;
const ORIGINS_MAX = 10_000;
const LENGTHS = 64;

/**
 * Creates a function that splits absolute URLs. A load requests the same few origins again and again: they are parsed
 * once, and after that the path is only cut off. Unusual URLs are parsed completely. A URL that comes again soon is not even cut.
 *
 * @throws RequestError for a text that is not an http or https URL
 */
export function createUrlSplitter(): (url: string) => SplitUrl {
  const origins = new Map<string, Origin>();
  return rememberLastOfLength(LENGTHS, (url) => {
    if (url.includes('%')) assertEscapes(url);
    if (UNSAFE.test(url)) return parseAndSplit(url);
    const schemeEnd = url.indexOf('://');
    if (schemeEnd < 0) return parseAndSplit(url);
    const end = endOfOrigin(url, schemeEnd + 3);
    const written = url.slice(0, end);
    let known = origins.get(written);
    if (!known) {
      known = parseAndSplit(written);
      if (origins.size < ORIGINS_MAX) origins.set(written, known);
    }
    const rest = url.slice(end);
    const path = rest === '' ? '/' : rest[0] === '?' ? `/${rest}` : rest;
    return { origin: known.origin, path, authorization: known.authorization };
  });
}

/** As in k6, an escape that is none makes a URL unusable, unless it stands in the query. */
function assertEscapes(url: string): void {
  const [beforeQuery] = url.split(/[?#]/, 1) as [string];
  if (/%(?![\da-f]{2})/i.test(beforeQuery)) {
    throw new RequestError(`"${url}" has an escape that is none: % and two digits are one`);
  }
}

function endOfOrigin(url: string, from: number): number {
  const slash = url.indexOf('/', from);
  const query = url.indexOf('?', from);
  if (query >= 0 && (slash < 0 || query < slash)) return query;
  return slash < 0 ? url.length : slash;
}

function parseAndSplit(url: string): SplitUrl {
  const parsed = parseHttpUrl(encodePath(url));
  const credentials = credentialsOf(parsed);
  return {
    origin: parsed.origin,
    path: parsed.pathname + parsed.search,
    authorization:
      credentials &&
      `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
  };
}

function encodePath(url: string): string {
  const schemeEnd = url.indexOf('://');
  if (schemeEnd < 0) return url;
  const from = endOfOrigin(url, schemeEnd + 3);
  const to = from + (/[?#]/.exec(url.slice(from))?.index ?? url.length);
  return (
    url.slice(0, from) +
    url.slice(from, to).replaceAll(UNSAFE_IN_PATH, encodeURIComponent) +
    url.slice(to)
  );
}

/**
 * Separates a URL from the user and password in it.
 *
 * @throws RequestError for a text that is not an http or https URL
 */
export function separateCredentials(url: string): {
  url: string;
  credentials: { user: string; password: string } | undefined;
} {
  const parsed = parseHttpUrl(url);
  const credentials = credentialsOf(parsed);
  parsed.username = '';
  parsed.password = '';
  return { url: parsed.href, credentials };
}

/** @throws RequestError, with the text, if it is not an http or https URL */
export function parseHttpUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw new RequestError(`"${url}" is not an absolute http or https URL`);
  }
  return parsed;
}

function credentialsOf({ username, password }: URL) {
  if (!username && !password) return undefined;
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}
