import { describe, expect, it } from 'vitest';
import { isSignedBody, signBody } from './signature.ts';

const SECRET = 'a secret of thirty-two characters';
const NOW_MS = 1_700_000_000_000;
const BODY = '{"eventId":"1"}';
const check = (signature: string | undefined, details = {}) =>
  isSignedBody(BODY, signature, {
    secret: SECRET,
    nowMs: NOW_MS,
    toleranceMs: 300_000,
    ...details,
  });

describe('the signature of a body', () => {
  it('has the published form', () => {
    expect(signBody(BODY, SECRET, NOW_MS)).toMatch(/^t=1700000000,v1=[0-9a-f]{64}$/);
  });

  it('is valid for its body and its secret within the tolerance', () => {
    const signature = signBody(BODY, SECRET, NOW_MS);
    expect(check(signature)).toBe(true);
    expect(check(signature, { nowMs: NOW_MS + 300_000 })).toBe(true);
    expect(check(signature, { nowMs: NOW_MS - 300_000 })).toBe(true);
  });

  it.each([
    ['of another body', signBody('{"eventId":"2"}', SECRET, NOW_MS)],
    ['by somebody else', signBody(BODY, 'another secret', NOW_MS)],
    ['that is too old', signBody(BODY, SECRET, NOW_MS - 301_000)],
    ['from the future', signBody(BODY, SECRET, NOW_MS + 301_000)],
    ['with another time', signBody(BODY, SECRET, NOW_MS).replace('t=17000', 't=16999')],
    ['cut short', signBody(BODY, SECRET, NOW_MS).slice(0, -2)],
    ['that is none', 'v1=yes'],
    ['that is empty', ''],
    ['that is missing', undefined],
  ])('is wrong when it is one %s', (_, signature) => {
    expect(check(signature)).toBe(false);
  });
});
