import { toUSVString } from 'node:util';

/** The parts of a URL or of a reference to one, as they were written. */
export interface UrlParts {
  scheme: string;
  /** `user:password`, still encoded. */
  credentials: string | undefined;
  host: string;
  path: string;
  query: string | undefined;
  fragment: string;
  /** What follows the scheme where that is no path, as in `mailto:a@b.c`. */
  opaque: string;
}

/** As RFC 3986 takes them apart. */
const REFERENCE =
  /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;

export const NO_URL: UrlParts = {
  scheme: '',
  credentials: undefined,
  host: '',
  path: '',
  query: undefined,
  fragment: '',
  opaque: '',
};

/**
 * Where a reference leads from a document, by the rules of RFC 3986 and with Go's spelling, as in k6: no slash is added,
 * no port left out. `base` may be empty. Undefined for what is no reference.
 */
export function resolveReference(base: string, reference: string): UrlParts | undefined {
  const from = parse(base);
  const to = parse(reference);
  if (!from || !to) return undefined;
  if (to.scheme || to.host || to.credentials !== undefined) {
    return { ...to, scheme: to.scheme || from.scheme, path: withoutDots(to.path) };
  }
  const { scheme, credentials, host } = from;
  const isSamePage = to.path === '' && !to.query;
  const path = to.path.startsWith('/')
    ? to.path
    : to.path === ''
      ? from.path
      : from.path.slice(0, from.path.lastIndexOf('/') + 1) + to.path;
  return {
    ...{ scheme, credentials, host, opaque: '' },
    path: withoutDots(path),
    query: isSamePage ? from.query : to.query,
    fragment: isSamePage && to.fragment === '' ? from.fragment : to.fragment,
  };
}

function parse(text: string): UrlParts | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no URL has them.
  const match = /[\x00-\x1f\x7f]/.test(text) ? null : REFERENCE.exec(text);
  if (!match) return undefined;
  const [, scheme = '', credentials, host = '', path = '', query, fragment = ''] = match;
  if (/%(?![0-9a-f]{2})/i.test(host + path + fragment)) return undefined;
  const isOpaque = scheme !== '' && path !== '' && !path.startsWith('/') && host === '';
  return {
    ...{ scheme: scheme.toLowerCase(), credentials, host, query, fragment },
    path: isOpaque ? '' : path,
    opaque: isOpaque ? path : '',
  };
}

/** A path without `.` and `..`, beginning with a slash if there is any. */
function withoutDots(path: string): string {
  if (path === '') return '';
  const kept: string[] = [];
  const segments = path.replace(/^\//, '').split('/');
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

export function formatUrl({ scheme, credentials, host, path, query, ...rest }: UrlParts): string {
  const { fragment, opaque } = rest;
  const user = credentials === undefined ? '' : `${credentials}@`;
  const hasPlace = (scheme || host || user) && (host || path || user);
  return [
    scheme && `${scheme}:`,
    opaque || `${hasPlace ? '//' : ''}${user}${host}${encoded(path)}`,
    query === undefined ? '' : `?${query}`,
    fragment && `#${encoded(fragment)}`,
  ].join('');
}

/** With what no URL may contain encoded; what is encoded already stays so. */
function encoded(text: string): string {
  return toUSVString(text).replaceAll(/[^\w\-.~!$&'()*+,;=:@[\]/%]/gu, (character) =>
    encodeURIComponent(character),
  );
}
