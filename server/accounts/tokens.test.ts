import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { secretKeys } from './keys.ts';
import { createTokens } from './tokens.ts';

const secret = '0123456789abcdef0123456789abcdef';
const caller = { userId: '018f0000-0000-7000-8000-000000000001', role: 'buyer' as const };
const sessionId = '018f0000-0000-7000-8000-00000000000a';
const at = (nowMs: number) =>
  createTokens({ keys: secretKeys(secret), ttlMs: 60_000, nowMs: () => nowMs });
const NOW_MS = 1_700_000_000_000;

describe('S4.1 tokens', () => {
  test('contain the caller, the session and the time of expiry', () => {
    const tokens = at(NOW_MS);
    expect(tokens.verify(tokens.sign(caller, sessionId))).toEqual({
      caller,
      sessionId,
      expiresAtMs: NOW_MS + 60_000,
    });
  });

  test('expire after their time to live', () => {
    const token = at(NOW_MS).sign(caller, sessionId);
    expect(at(NOW_MS + 59_000).verify(token)).toMatchObject({ caller });
    expect(at(NOW_MS + 60_000).verify(token)).toEqual({ refused: 'The token has expired.' });
  });

  const claims = { sub: caller.userId, sid: sessionId, role: 'admin', exp: NOW_MS / 1000 + 60 };
  const ours = { iss: 'flashsale', aud: 'flashsale-api' };
  const key = createSecretKey(Buffer.from(secret));
  const unsigned = (payload: object) =>
    [{ alg: 'none', typ: 'JWT' }, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
      .concat('.');

  test.each([
    ['without a signature (alg none)', unsigned({ ...claims, ...ours })],
    ['signed with another secret', jwt.sign({ ...claims, ...ours }, 'another secret')],
    [
      'signed with another algorithm',
      jwt.sign({ ...claims, ...ours }, key, { algorithm: 'HS512' }),
    ],
    ['of another issuer', jwt.sign({ ...claims, ...ours, iss: 'elsewhere' }, key)],
    ['for another audience', jwt.sign({ ...claims, ...ours, aud: 'another-api' }, key)],
    [
      'that never expires',
      jwt.sign({ sub: claims.sub, sid: sessionId, role: 'admin', ...ours }, key),
    ],
    ['of an unknown role', jwt.sign({ ...claims, ...ours, role: 'root' }, key)],
    ['of no session', jwt.sign({ sub: claims.sub, role: 'admin', exp: claims.exp, ...ours }, key)],
    ['of nobody', jwt.sign({ sid: sessionId, role: 'admin', exp: claims.exp, ...ours }, key)],
    ['that is no token', 'abc.def.ghi'],
  ])('are refused %s', (_, token) => {
    expect(at(NOW_MS).verify(token)).toEqual({ refused: 'The token is not valid.' });
  });
});
