import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { Role } from '../../src/protocol/accounts.ts';
import type { TokenCheck } from '../http/authenticate.ts';
import type { Caller } from '../http/request.ts';

const ISSUER = 'flashsale';
const AUDIENCE = 'flashsale-api';
const ALGORITHM = 'HS256';
const NIL = '00000000-0000-0000-0000-000000000000';

const Claims = z.object({ sub: z.uuid(), sid: z.uuid(), role: Role, exp: z.number() });

export interface Tokens {
  /** How long a token is valid. */
  ttlSeconds: number;
  sign(caller: Caller, sessionId: string): string;
  verify(token: string): TokenCheck;
  /** Signs a token and checks it, for the health report. */
  selfTest(): Promise<void>;
}

/**
 * Signs and checks the bearer tokens. The algorithm is pinned, and the key object is made once: jsonwebtoken turns a
 * secret given as a string into a key on every call, which costs ten times the signature.
 */
export function createTokens(options: { secret: string; ttlMs: number; nowMs(): number }): Tokens {
  const { nowMs } = options;
  const ttlSeconds = Math.ceil(options.ttlMs / 1000);
  const key = createSecretKey(Buffer.from(options.secret));
  const nowSeconds = () => Math.floor(nowMs() / 1000);

  const tokens: Tokens = {
    ttlSeconds,
    sign({ userId, role }, sessionId) {
      const iat = nowSeconds();
      const claims = { sub: userId, sid: sessionId, role, iat, exp: iat + ttlSeconds };
      return jwt.sign({ ...claims, iss: ISSUER, aud: AUDIENCE }, key, { algorithm: ALGORITHM });
    },
    verify(token) {
      try {
        const verified = jwt.verify(token, key, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTimestamp: nowSeconds(),
        });
        const { sub, sid, role, exp } = Claims.parse(verified);
        return { caller: { userId: sub, role }, sessionId: sid, expiresAtMs: exp * 1000 };
      } catch (error) {
        // Not told apart further: what exactly is wrong with a forged token is nobody's business.
        if (error instanceof jwt.TokenExpiredError) return { refused: 'The token has expired.' };
        return { refused: 'The token is not valid.' };
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
