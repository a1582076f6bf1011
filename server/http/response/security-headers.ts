import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * Helmet's headers as the flat list that answers begin with. Helmet works out anew for each request what never changes;
 * asked once, it costs nothing later.
 *
 * @param shows what the answer is to a browser. Headers that only matter where something is shown stand on pages alone,
 *   because each header of an answer takes time to write, to send and to read.
 * @param policy what a browser that shows the answer may load, by directive
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
