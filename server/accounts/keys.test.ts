import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../src/kernel/errors.ts';
import { startTestServer } from '../../test/server.ts';
import { readKeyPair } from './keys.ts';
import { createTokens } from './tokens.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function save(name: string, key: KeyObject): Promise<string> {
  const file = join(folder, name);
  const type = key.type === 'private' ? 'pkcs8' : 'spki';
  await writeFile(file, key.export({ type, format: 'pem' }));
  return file;
}

const ec = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const caller = { userId: '018f0000-0000-7000-8000-000000000001', role: 'admin' as const };
const sessionId = '018f0000-0000-7000-8000-00000000000a';
const tokensOf = (privateKeyFile: string, verifyKeyFile?: string) =>
  createTokens({
    keys: readKeyPair(privateKeyFile, verifyKeyFile),
    ttlMs: 60_000,
    nowMs: () => Date.now(),
  });
const REFUSED = { refused: 'The token is not valid.' };

describe('S4.1 tokens signed with a private key', () => {
  test.each([
    ['ES256', ec],
    ['RS256', rsa],
  ] as const)('use %s, and the public key verifies them', async (algorithm, generate) => {
    const { privateKey, publicKey } = generate();
    const file = await save(`${algorithm}.pem`, privateKey);
    const token = tokensOf(file).sign(caller, sessionId);
    expect(tokensOf(file).verify(token)).toMatchObject({ caller, sessionId });
    expect(jwt.verify(token, publicKey, { algorithms: [algorithm] })).toMatchObject({
      sub: caller.userId,
      iss: 'flashsale',
      aud: 'flashsale-api',
    });

    const { jwks } = readKeyPair(file, undefined);
    expect(jwks.keys).toHaveLength(1);
    const { kid } = jwt.decode(token, { complete: true })?.header ?? {};
    expect(jwks.keys[0]).toMatchObject({ kid, alg: algorithm, use: 'sig' });
    expect(Object.keys(jwks.keys[0] ?? {})).not.toContain('d');
  });

  test('have the RFC 7638 thumbprint of their key as its id', async () => {
    // The example of section 3.1 of the RFC.
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const key = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
    const own = await save('own.pem', ec().privateKey);
    const { jwks } = readKeyPair(own, await save('rfc.pem', key));
    expect(jwks.keys[1]?.kid).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  test('cannot be forged with the public key', async () => {
    const { privateKey, publicKey } = rsa();
    const file = await save('confused.pem', privateKey);
    const tokens = tokensOf(file);
    const { header, payload } =
      jwt.decode(tokens.sign(caller, sessionId), { complete: true }) ?? {};
    const { kid } = header ?? {};
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const hmac = (secret: string) =>
      // jsonwebtoken refuses a public key as a secret, so the key is passed as bytes.
      jwt.sign(payload as object, Buffer.from(secret), { algorithm: 'HS256', keyid: kid });

    expect(tokens.verify(hmac(pem))).toEqual(REFUSED);
    expect(tokens.verify(hmac(pem.trim()))).toEqual(REFUSED);
    expect(tokens.verify(`${encode({ alg: 'none', kid })}.${encode(payload)}.`)).toEqual(REFUSED);
  });

  test('of another key are refused with any key id and without one', async () => {
    const [own, others] = [await save('a.pem', ec().privateKey), ec().privateKey];
    const tokens = tokensOf(own);
    const { header, payload } =
      jwt.decode(tokens.sign(caller, sessionId), { complete: true }) ?? {};
    const sign = (keyid: string | undefined) =>
      jwt.sign(payload as object, others, { algorithm: 'ES256', ...(keyid && { keyid }) });
    for (const kid of [header?.kid, 'unknown', undefined]) {
      expect(tokens.verify(sign(kid))).toEqual(REFUSED);
    }
  });

  test('stay valid after a change of keys while the old key is the second one', async () => {
    const [old, next] = [ec(), rsa()];
    const [oldFile, nextFile] = [
      await save('old.pem', old.privateKey),
      await save('next.pem', next.privateKey),
    ];
    const before = tokensOf(oldFile).sign(caller, sessionId);
    const oldPublicFile = await save('old-public.pem', old.publicKey);
    const changed = tokensOf(nextFile, oldPublicFile);
    expect(changed.verify(before)).toMatchObject({ caller });
    expect(changed.verify(changed.sign(caller, sessionId))).toMatchObject({ caller });
    expect(readKeyPair(nextFile, oldPublicFile).jwks.keys).toHaveLength(2);
    expect(tokensOf(nextFile).verify(before)).toEqual(REFUSED);
  });

  test.each([
    ['a short RSA key', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey],
    ['a public key', () => ec().publicKey],
  ])('do not come from %s', async (_, generate) => {
    const file = await save('unfit.pem', generate());
    expect(() => readKeyPair(file, undefined)).toThrow(UserError);
  });

  test('do not come from a missing file', () => {
    expect(() => readKeyPair(join(folder, 'nowhere.pem'), undefined)).toThrow(UserError);
  });
});

describe('S4.1 GET /.well-known/jwks.json', () => {
  test('shows the public key that verifies the token of a login', async () => {
    const file = await save('server.pem', ec().privateKey);
    const server = await startTestServer({ env: { JWT_PRIVATE_KEY_FILE: file } });
    const { body } = await server.call('POST', '/register', {
      body: { username: 'alice', password: 'correct horse' },
    });
    const jwks = await server.call('GET', '/.well-known/jwks.json');
    expect(jwks.headers.get('cache-control')).toBe('public, max-age=300');
    const key = createPublicKey({ key: jwks.body.keys[0], format: 'jwk' });
    expect(jwt.verify(body.token, key)).toMatchObject({ sub: body.userId });
    expect((await server.call('GET', '/api/v1/orders', { token: body.token })).status).toBe(200);
    await server.stop();
  });

  test('shows no key of a server that uses a secret', async () => {
    const server = await startTestServer();
    expect((await server.call('GET', '/.well-known/jwks.json')).body).toEqual({ keys: [] });
    await server.stop();
  });
});
