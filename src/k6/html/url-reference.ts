import { toUSVString } from 'node:util';

/** The parts of a URL, or of a reference to one, in their original spelling. */
export interface UrlParts {
  scheme: string;
  /** `user:password`, still encoded. */
  credentials: string | undefined;
  host: string;
  path: string;
  query: string | undefined;
  fragment: string;
  /** The part after the scheme of a URL that has no path, as in `mailto:a@b.c`. */
  opaque: string;
}

/** Separates the parts as RFC 3986 does. */
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
 * Resolves a reference in a document whose URL is `base` (it may be empty), by the rules of RFC 3986. As in Go, and so in
 * k6, no slash is added and no port is left out. Undefined if one of the two cannot be read.
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
  const match = [...text].some(isControl) ? null : REFERENCE.exec(text);
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

/** The ASCII control characters, which no URL may contain. */
const isControl = (character: string): boolean => character < ' ' || character === '\u007f';

/** A path without `.` and `..`, with a slash in front unless it is empty. */
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

/** Joins the parts to a URL. */
export function formatUrl({ scheme, credentials, host, path, query, ...rest }: UrlParts): string {
  const { fragment, opaque } = rest;
  const user = credentials === undefined ? '' : `${credentials}@`;
  const hasAuthority = (scheme || host || user) && (host || path || user);
  return [
    scheme && `${scheme}:`,
    opaque || `${hasAuthority ? '//' : ''}${user}${host}${encoded(path)}`,
    query === undefined ? '' : `?${query}`,
    fragment && `#${encoded(fragment)}`,
  ].join('');
}

/** Percent-encodes the characters that no URL may contain. Text that is encoded already stays as it is. */
function encoded(text: string): string {
  return toUSVString(text).replaceAll(/[^\w\-.~!$&'()*+,;=:@[\]/%]/gu, (character) =>
    encodeURIComponent(character),
  );
}
