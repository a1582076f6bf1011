import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../scenarios/lib/answers.ts';
import { ProblemCode } from '../protocol/problem.ts';
import { buyerOf, referenceTarget } from './reference.ts';

const ruleOf = createClassifier(referenceTarget.answers);

const classify = (status: number, code?: string) =>
  ruleOf({
    status,
    header: () => undefined,
    cookie: () => undefined,
    text: () => '',
    json: () => (code === undefined ? undefined : { code }),
  })?.is;

describe('the meaning of the reference server’s answers', () => {
  it.each([
    [200, undefined, 'ok'],
    [201, undefined, 'ok'],
    [202, undefined, 'accepted'],
    [400, 'OUT_OF_STOCK', 'sold_out'],
    [409, 'OUT_OF_STOCK', 'sold_out'],
    [409, 'ALREADY_RESERVED', 'refused'],
    [401, 'UNAUTHENTICATED', 'refused'],
    [422, 'VALIDATION_FAILED', 'refused'],
    [429, 'RATE_LIMITED', 'limited'],
    [503, 'UNAVAILABLE', 'refused'],
    [503, 'PAYMENT_UNAVAILABLE', 'refused'],
    // None of the following answers proves that nothing happened.
    [500, 'INTERNAL_ERROR', 'error'],
    [503, undefined, 'error'],
    [502, 'UNAVAILABLE', 'error'],
    [404, undefined, 'error'],
    [404, 'SOME_PROXY_CODE', 'error'],
    [302, undefined, 'error'],
  ] as const)('%s %s is %s', (status, code, answer) => {
    expect(classify(status, code)).toBe(answer);
  });

  it('takes every 4xx code of the contract as definite', () => {
    for (const code of ProblemCode.options) {
      expect(['refused', 'sold_out', 'limited']).toContain(classify(409, code));
    }
  });
});

it('knows the reasons of no other codes, and the same "sold out" as the classification', () => {
  const { refusals } = referenceTarget;
  const soldOut = ProblemCode.options.filter((code) => classify(409, code) === 'sold_out');
  expect(ProblemCode.options).toEqual(expect.arrayContaining(Object.keys(refusals)));
  expect(soldOut).toEqual(['OUT_OF_STOCK', 'CAMPAIGN_FULL']);
  expect(soldOut.map((code) => refusals[code])).toEqual(['sold-out', 'sold-out']);
});

describe('the buyer behind a request', () => {
  const token = (payload: unknown): string =>
    `Bearer ${['{"alg":"HS256"}', JSON.stringify(payload)].map((part) => Buffer.from(part).toString('base64url')).join('.')}.c2ln`;

  it('is the subject of the bearer token', () => {
    expect(buyerOf(token({ sub: 'user-1', role: 'buyer' }))).toBe('user-1');
  });

  it('is the same, however its payload is written', () => {
    const subject = fc.oneof(fc.uuid(), fc.string(), fc.string({ unit: 'binary', minLength: 30 }));
    const claims = fc.record(
      { sub: subject, aud: fc.oneof(fc.string(), fc.anything()), 'x"sub': fc.string() },
      { requiredKeys: ['sub'] },
    );
    const head = fc.constantFrom(
      'Bearer e30',
      'bearer eyJhbGciOiJIUzI1NiJ9',
      'Bearer eyJ0eXAiOiJKV1QifQ',
    );
    fc.assert(
      fc.property(claims, fc.boolean(), head, (payload, spaced, before) => {
        const json = JSON.stringify(payload, null, spaced ? 1 : 0);
        const bearer = `${before}.${Buffer.from(json).toString('base64url')}.c2ln`;
        expect(buyerOf(bearer)).toBe(payload.sub);
      }),
    );
  });

  const withoutEnd = token({ sub: 'user-1' }).replace(/\.c2ln$/, '');
  it.each(['', 'Basic abc', 'Bearer x', 'Bearer a.b.c', withoutEnd, token({ sub: 5 }), token({})])(
    'is nobody for %s',
    (authorization) => {
      expect(buyerOf(authorization)).toBeUndefined();
    },
  );
});
