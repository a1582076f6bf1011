import { expect, it } from 'vitest';
import { securityHeaders } from './security-headers.ts';

const named = (headers: readonly string[]) =>
  Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] as string]] : [])),
  );
const policy = { 'default-src': ["'none'"] };

it('have the policy, and no form or base address beside it', () => {
  expect(named(securityHeaders('data', policy))).toMatchObject({
    'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

it('have those that matter only for pages on pages alone', () => {
  expect(named(securityHeaders('data', policy))).not.toHaveProperty('referrer-policy');
  expect(named(securityHeaders('page', policy))).toHaveProperty('referrer-policy', 'no-referrer');
});
