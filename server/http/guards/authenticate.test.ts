import type { Request, Response } from 'express';
import { expect, test } from 'vitest';
import { createAuthenticate, requireRole } from './authenticate.ts';

const sessionId = '018f0000-0000-7000-8000-00000000000a';
const sessions = { endings: () => 0, isKnownLive: () => true, isLive: async () => true };
const caller = { userId: '018f0000-0000-7000-8000-000000000001', role: 'buyer' as const };

/** Passes one request through the handler; true if it called `next`. */
const pass = (authenticate: ReturnType<typeof createAuthenticate>, token: string): boolean =>
  passHeader(authenticate, `Bearer ${token}`);

function passHeader(
  authenticate: ReturnType<typeof createAuthenticate>,
  authorization: string,
): boolean {
  let passed = false;
  const req = { headers: { authorization } } as Request;
  const res = { req, setHeader() {}, writeHead() {}, end() {} } as unknown as Response;
  authenticate(req, res, () => {
    passed = true;
  });
  return passed;
}

test('a token is verified once, and cached until it expires', () => {
  let nowMs = 1000;
  let verifications = 0;
  const authenticate = createAuthenticate({
    sessions,
    nowMs: () => nowMs,
    verify() {
      verifications++;
      return nowMs < 5000 ? { caller, sessionId, expiresAtMs: 5000 } : { refused: 'expired' };
    },
  });
  expect([pass(authenticate, 'a'), pass(authenticate, 'a')]).toEqual([true, true]);
  expect(verifications).toBe(1);
  nowMs = 5000;
  expect(pass(authenticate, 'a')).toBe(false);
});

test('S2.2 a token is cached once, in however many ways its header is written', () => {
  const verified: string[] = [];
  const authenticate = createAuthenticate({
    sessions,
    nowMs: () => 0,
    rememberedTokens: 2,
    verify(token) {
      verified.push(token);
      return { caller, sessionId, expiresAtMs: 5000 };
    },
  });
  expect(pass(authenticate, 'of-somebody-else')).toBe(true);
  for (let spaces = 1; spaces <= 50; spaces++) {
    expect(passHeader(authenticate, `bEaReR${' '.repeat(spaces)}mine`)).toBe(true);
  }
  expect(pass(authenticate, 'of-somebody-else')).toBe(true);
  expect(verified).toEqual(['of-somebody-else', 'mine']);
});

test('S2.2 a token with the end of a verified one is another token', () => {
  const verified: string[] = [];
  const authenticate = createAuthenticate({
    sessions,
    nowMs: () => 0,
    verify(token) {
      verified.push(token.slice(0, 6));
      return token.startsWith('mine')
        ? { caller, sessionId, expiresAtMs: 5000 }
        : { refused: 'no' };
    },
  });
  const end = '.'.repeat(500);
  expect(pass(authenticate, `mine${end}`)).toBe(true);
  expect(pass(authenticate, `forged${end}`)).toBe(false);
  expect(pass(authenticate, `mine${end}`)).toBe(true);
  expect(verified).toEqual(['mine..', 'forged']);
});

test('S2.2 a session that is not in memory is looked up, and a failed look-up is UNAVAILABLE', async () => {
  const answers = [true, false, new Error('the database is away')];
  const authenticate = createAuthenticate({
    nowMs: () => 0,
    verify: () => ({ caller, sessionId, expiresAtMs: 5000 }),
    sessions: {
      endings: () => 0,
      isKnownLive: () => false,
      async isLive() {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer === true;
      },
    },
  });
  const ask = () =>
    new Promise((resolve) => {
      const req = { headers: { authorization: 'Bearer a' } } as Request;
      const res = { req, setHeader() {}, writeHead: resolve, end() {} } as unknown as Response;
      authenticate(req, res, (error) => resolve(error ?? req));
    });
  expect(await ask()).toMatchObject({ caller, sessionId });
  expect(await ask()).toBe(401);
  expect(await ask()).toMatchObject({ code: 'UNAVAILABLE' });
});

test('S2.2 a session that was live is not looked up again before any session ends', () => {
  let endings: number | undefined = 7;
  let isLive = true;
  let lookUps = 0;
  const authenticate = createAuthenticate({
    nowMs: () => 0,
    verify: () => ({ caller, sessionId, expiresAtMs: 5000 }),
    sessions: {
      endings: () => endings,
      isKnownLive() {
        lookUps++;
        return isLive;
      },
      isLive: async () => false,
    },
  });
  expect([pass(authenticate, 'a'), pass(authenticate, 'a')]).toEqual([true, true]);
  expect(lookUps).toBe(1);

  endings = 8;
  expect([pass(authenticate, 'a'), pass(authenticate, 'a')]).toEqual([true, true]);
  expect(lookUps).toBe(2);

  endings = undefined;
  expect(pass(authenticate, 'a')).toBe(false);

  [endings, isLive] = [9, false];
  expect(pass(authenticate, 'a')).toBe(false);
  expect(pass(authenticate, 'a')).toBe(false);
});

test.each([
  ['buyer', 403],
  ['organizer', 'passed'],
  ['admin', 'passed'],
] as const)('S2.2 a %s at a route for organizers and administrators: %s', (role, outcome) => {
  let got: number | string = 'nothing';
  const req = { id: 'r', headers: {}, caller: { ...caller, role } } as Request;
  const res = {
    req,
    writeHead: (status: number) => {
      got = status;
    },
    end() {},
  } as unknown as Response;
  requireRole('organizer', 'admin')(req, res, () => {
    got = 'passed';
  });
  expect(got).toBe(outcome);
});

test('a refused token is verified each time', () => {
  let verifications = 0;
  const authenticate = createAuthenticate({
    sessions,
    nowMs: () => 0,
    verify() {
      verifications++;
      return { refused: 'no' };
    },
  });
  expect([pass(authenticate, 'a'), pass(authenticate, 'a')]).toEqual([false, false]);
  expect(verifications).toBe(2);
});
