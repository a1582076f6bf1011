import { describe, expect, it } from 'vitest';
import { answerDigestChallenge } from './digest.ts';

describe('answerDigestChallenge', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('answers with %s as the example of RFC 7616 does', (algorithm, response) => {
    const answer = answerDigestChallenge(
      `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
      { user: 'Mufasa', password: 'Circle of Life' },
      {
        method: 'GET',
        target: '/dir/index.html',
        clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
      },
    );
    expect(answer).toContain(`response="${response}"`);
    expect(answer).toContain(`algorithm=${algorithm}, cnonce="f2/wE4q7`);
  });

  it('answers servers without qop, and nothing but what it can', () => {
    const answerTo = (challenge: string): string | undefined =>
      answerDigestChallenge(
        challenge,
        { user: 'a"b', password: 'p' },
        { method: 'GET', target: '/', clientNonce: 'c' },
      );
    expect(answerTo('Digest realm="r", nonce="n"')).toBe(
      `Digest username="a\\"b", realm="r", nonce="n", uri="/", response="2a98558189d8904286e1072cb0742ca2", algorithm=MD5`,
    );
    expect(answerTo('Basic realm="r"')).toBeUndefined();
    expect(answerTo('Digest realm="r", nonce="n", algorithm=SHA-512-256')).toBeUndefined();
    expect(answerTo('Digest realm="r", nonce="n", qop="auth-int"')).toBeUndefined();
  });
});
