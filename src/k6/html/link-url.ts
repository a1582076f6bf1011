import type { Element } from './element.ts';
import { NO_URL, resolveReference, type UrlParts } from './url-reference.ts';

const DEFAULT_PORTS: Record<string, string> = { http: '80', https: '443', ftp: '21' };

/**
 * Methods for the parts of a link's URL, which is resolved against the URL of its page. The parts are those of Go: the
 * protocol is `http`, not `http:`.
 */
export const LINK_URL = {
  hash: (element: Element) => prefixed('#', decoded(urlOf(element).fragment)),
  host(element: Element) {
    const { scheme, host } = urlOf(element);
    const { name, port } = splitHost(host);
    return port !== '' && port === DEFAULT_PORTS[scheme] ? name : host;
  },
  hostname: (element: Element) => splitHost(urlOf(element).host).name,
  port: (element: Element) => splitHost(urlOf(element).host).port,
  username: (element: Element) => credentialsOf(element).username,
  password: (element: Element) => credentialsOf(element).password,
  origin(element: Element) {
    const { scheme, host } = urlOf(element);
    if (scheme === 'file') return String(element);
    return scheme === '' ? '' : `${scheme}://${host}`;
  },
  pathname: (element: Element) => decoded(urlOf(element).path),
  protocol: (element: Element) => urlOf(element).scheme || ':',
  search: (element: Element) => prefixed('?', urlOf(element).query ?? ''),
};

function urlOf(element: Element): UrlParts {
  const href = element.getAttribute('href');
  if (href === undefined) return NO_URL;
  return resolveReference(element.selection().url, href) ?? NO_URL;
}

function splitHost(host: string): { name: string; port: string } {
  const [, name = host, port = ''] = /^(?:\[?)(.*?)(?:\]?):(\d*)$/.exec(host) ?? [];
  return { name, port };
}

function credentialsOf(element: Element): { username: string; password: string } {
  const [username = '', ...rest] = (urlOf(element).credentials ?? '').split(':');
  return { username: decoded(username), password: decoded(rest.join(':')) };
}

function prefixed(prefix: string, text: string): string {
  return text === '' ? '' : prefix + text;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
