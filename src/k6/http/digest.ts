import { createHash } from 'node:crypto';

export interface Credentials {
  user: string;
  password: string;
}

const HASHES: Record<string, string> = { md5: 'md5', 'sha-256': 'sha256' };

/**
 * The value of `Authorization` that answers a server's `WWW-Authenticate: Digest …` (RFC 7616); undefined if the server
 * asks for another kind of authentication. `target` is path and query as they were sent, `clientNonce` a new random text
 * for every answer.
 */
export function answerDigestChallenge(
  challenge: string,
  { user, password }: Credentials,
  { method, target, clientNonce }: { method: string; target: string; clientNonce: string },
): string | undefined {
  if (!/^Digest\s/i.test(challenge)) return undefined;
  const { realm = '', nonce = '', opaque, algorithm = 'MD5', qop } = fieldsOf(challenge);
  const isSession = /-sess$/i.test(algorithm);
  const hashName = HASHES[algorithm.toLowerCase().replace(/-sess$/, '')];
  if (hashName === undefined) return undefined;
  const hash = (text: string): string => createHash(hashName).update(text).digest('hex');

  const identity = hash(`${user}:${realm}:${password}`);
  const secret = isSession ? hash(`${identity}:${nonce}:${clientNonce}`) : identity;
  const request = hash(`${method}:${target}`);
  const offersAuth = qop?.split(',').some((each) => each.trim().toLowerCase() === 'auth');
  // The server offers `auth-int` only, which needs the hash of the body.
  if (qop && !offersAuth) return undefined;
  const count = '00000001';
  const response = offersAuth
    ? hash([secret, nonce, count, clientNonce, 'auth', request].join(':'))
    : hash([secret, nonce, request].join(':'));

  const quoted = { username: user, realm, nonce, uri: target, response, ...(opaque && { opaque }) };
  return `Digest ${[
    ...Object.entries(quoted).map(([name, value]) => `${name}="${escapeQuotes(value)}"`),
    `algorithm=${algorithm}`,
    ...(offersAuth || isSession ? [`cnonce="${clientNonce}"`] : []),
    ...(offersAuth ? ['qop=auth', `nc=${count}`] : []),
  ].join(', ')}`;
}

function fieldsOf(challenge: string): Record<string, string> {
  const fields = challenge.matchAll(/([\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return Object.fromEntries(
    [...fields].map(([, name, quoted, plain]) => [
      (name as string).toLowerCase(),
      quoted === undefined ? (plain as string) : quoted.replaceAll(/\\(.)/g, '$1'),
    ]),
  );
}

const escapeQuotes = (text: string): string => text.replaceAll(/["\\]/g, String.raw`\$&`);
