import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * Helmet's headers as a flat list. Helmet computes the same headers for every request, so it is called once at start.
 *
 * @param shows `page` for an answer that browsers show. Headers that matter only for pages are left out of `data`,
 *   because each header of an answer takes time to write, to send and to read.
 * @param policy the content security policy by directive
 */
export function securityHeaders(
  shows: 'page' | 'data',
  policy: Record<string, string[]>,
): readonly string[] {
  const headers: string[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push(name.toLowerCase(), value),
    removeHeader() {},
  } as unknown as ServerResponse;
  const directives = { ...policy, 'base-uri': ["'none'"], 'form-action': ["'none'"] };
  const onlyOnPages = shows === 'page' && undefined;
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
    crossOriginOpenerPolicy: onlyOnPages,
    originAgentCluster: onlyOnPages,
    referrerPolicy: onlyOnPages,
    dnsPrefetchControl: onlyOnPages,
    ieNoOpen: onlyOnPages,
    permittedCrossDomainPolicies: onlyOnPages,
    xssFilter: onlyOnPages,
  })({} as IncomingMessage, recorder, (error) => {
    if (error !== undefined) throw error;
  });
  return headers;
}
