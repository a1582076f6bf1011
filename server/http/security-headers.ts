import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/**
 * Helmet's headers as the flat list that answers begin with. Helmet works out anew for each request what never changes;
 * asked once, it costs nothing later.
 *
 * @param policy what a browser that shows the answer may load, by directive
 */
export function securityHeaders(policy: Record<string, string[]>): readonly string[] {
  const headers: string[] = [];
  const recorder = {
    setHeader: (name: string, value: string) => headers.push(name.toLowerCase(), value),
    removeHeader() {},
  } as unknown as ServerResponse;
  const directives = { ...policy, 'base-uri': ["'none'"], 'form-action': ["'none'"] };
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
  })({} as IncomingMessage, recorder, (error) => {
    if (error !== undefined) throw error;
  });
  return headers;
}
