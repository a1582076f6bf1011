import { createHmac } from 'node:crypto';
import jwt from 'jsonwebtoken';
import * as z from 'zod';
import { rememberTwo } from '../../src/kernel/memo.ts';
import { Role } from '../../src/protocol/accounts.ts';
import type { TokenCheck } from '../http/guards/authenticate.ts';
import type { Caller } from '../http/request/request.ts';
import type { TokenKey, TokenKeys } from './keys.ts';

const ISSUER = 'flashsale';
const AUDIENCE = 'flashsale-api';
const NIL = '00000000-0000-0000-0000-000000000000';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), role: Role, exp: z.number() });

export interface Tokens {
  /** Time for which a token is valid. */
  ttlSeconds: number;
  sign(caller: Caller, sessionId: string): string;
  verify(token: string): TokenCheck;
  /** Signs a token and verifies it, for the health report; rejects when that fails. */
  selfTest(): Promise<void>;
}

/**
 * Makes the function that signs with a key. Tokens of a secret are put together here: jsonwebtoken checks its options and
 * every claim anew for each token, which takes as long as the signature itself, and seeding signs tens of thousands.
 */
function createSigner({ key, algorithm, kid }: TokenKey): (claims: object) => string {
  if (algorithm !== 'HS256') {
    const options = { algorithm, ...(kid !== undefined && { keyid: kid }) };
    return (claims) => jwt.sign(claims, key, options);
  }
  const header = encode({ alg: algorithm, typ: 'JWT', ...(kid !== undefined && { kid }) });
  return (claims) => {
    const signed = `${header}.${encode(claims)}`;
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
  };
}

/** The key id in a token's header, which all tokens of a key have in common. Throws if it is no header. */
const kidOf = rememberTwo(
  (header: string): unknown => JSON.parse(String(Buffer.from(header, 'base64url'))).kid,
);

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/**
 * Signs and verifies bearer tokens. The key id in a token selects one of the server's own keys, and the key determines the
 * algorithm, so a token cannot choose the way in which it is verified.
 */
export function createTokens(options: { keys: TokenKeys; ttlMs: number; nowMs(): number }): Tokens {
  const { keys, nowMs } = options;
  const sign = createSigner(keys.signing);
  const ttlSeconds = Math.ceil(options.ttlMs / 1000);
  const nowSeconds = () => Math.floor(nowMs() / 1000);

  const tokens: Tokens = {
    ttlSeconds,
    sign({ userId, role }, sessionId) {
      const iat = nowSeconds();
      const claims = { sub: userId, sid: sessionId, role, iat, exp: iat + ttlSeconds };
      return sign({ ...claims, iss: ISSUER, aud: AUDIENCE });
    },
    verify(token) {
      try {
        const kid = kidOf(token.slice(0, token.indexOf('.')));
        const known = keys.verifying.find((key) => key.kid === kid);
        if (known === undefined) return NOT_VALID;
        const verified = jwt.verify(token, known.key, {
          algorithms: [known.algorithm],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTimestamp: nowSeconds(),
        });
        const { sub, sid, role, exp } = Claims.parse(verified);
        return { caller: { userId: sub, role }, sessionId: sid, expiresAtMs: exp * 1000 };
      } catch (error) {
        if (error instanceof jwt.TokenExpiredError) return { refused: 'The token has expired.' };
        return NOT_VALID;
      }
    },
    async selfTest() {
      const nobody: Caller = { userId: NIL, role: 'buyer' };
      const check = tokens.verify(tokens.sign(nobody, NIL));
      if ('refused' in check) throw new Error(check.refused);
    },
  };
  return tokens;
}

/** The one refusal for all invalid tokens: an attacker must not learn which part of a forged token is wrong. */
const NOT_VALID = { refused: 'The token is not valid.' };
