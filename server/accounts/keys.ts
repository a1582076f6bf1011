import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Algorithm } from 'jsonwebtoken';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';

/** A key with the only algorithm that it is used with. The algorithm in the header of a token is ignored. */
export interface TokenKey {
  key: KeyObject;
  algorithm: Algorithm;
  /** Id of the key. Absent for the secret, because there is only one. */
  kid?: string;
}

export interface TokenKeys {
  signing: TokenKey;
  verifying: TokenKey[];
  /** The public keys for `/.well-known/jwks.json`. */
  jwks: { keys: JsonWebKey[] };
}

/** The keys of a server: a private key if one is configured, otherwise the secret. */
export const readTokenKeys = (config: {
  jwtSecret: string;
  jwtPrivateKeyFile?: string;
  jwtVerifyKeyFile?: string;
}): TokenKeys =>
  config.jwtPrivateKeyFile === undefined
    ? secretKeys(config.jwtSecret)
    : readKeyPair(config.jwtPrivateKeyFile, config.jwtVerifyKeyFile);

/**
 * The keys of a server that signs with a secret. The key is an object that is made once: from a string, jsonwebtoken would
 * make one at every call, which costs ten times the signature.
 */
export function secretKeys(secret: string): TokenKeys {
  const signing: TokenKey = { key: createSecretKey(Buffer.from(secret)), algorithm: 'HS256' };
  return { signing, verifying: [signing], jwks: { keys: [] } };
}

/**
 * The keys of a server that signs with a private key, so that other parties can verify tokens and not make them. To change
 * keys without ending sessions: first give all servers the new key as the second one; then sign with the new key and keep
 * the old one as the second; drop the old one after its last token has expired.
 *
 * @param privateKeyFile PEM; RSA of at least 2048 bits (RS256) or EC P-256 (ES256)
 * @param verifyKeyFile PEM of another key, public or private, whose tokens are accepted, too
 * @throws UserError (exit 2) when a file cannot be read or contains another kind of key
 */
export function readKeyPair(privateKeyFile: string, verifyKeyFile: string | undefined): TokenKeys {
  const privateKey = readKey('JWT_PRIVATE_KEY_FILE', privateKeyFile, createPrivateKey);
  const own = publish('JWT_PRIVATE_KEY_FILE', createPublicKey(privateKey));
  const others =
    verifyKeyFile === undefined
      ? []
      : [
          publish(
            'JWT_VERIFY_KEY_FILE',
            readKey('JWT_VERIFY_KEY_FILE', verifyKeyFile, createPublicKey),
          ),
        ];
  const published = [own, ...others];
  return {
    signing: { ...own.verifying, key: privateKey },
    verifying: published.map(({ verifying }) => verifying),
    jwks: { keys: published.map(({ jwk }) => jwk) },
  };
}

function readKey(variable: string, file: string, parse: (pem: string) => KeyObject): KeyObject {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw refuse(variable, `${file} is no key that can be read: ${rootMessage(cause)}`, cause);
  }
}

function publish(variable: string, key: KeyObject): { verifying: TokenKey; jwk: JsonWebKey } {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) {
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
    const kind = [key.asymmetricKeyType, modulusLength, namedCurve].filter(Boolean).join(' ');
    throw refuse(variable, `it is a key of the kind ${kind}`);
  }
  const jwk = key.export({ format: 'jwk' });
  const kid = thumbprint(jwk);
  return { verifying: { key, algorithm, kid }, jwk: { ...jwk, kid, alg: algorithm, use: 'sig' } };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject) {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails;
  if (asymmetricKeyType === 'rsa' && modulusLength >= 2048) return 'RS256';
  if (asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  return undefined;
}

/** The thumbprint of RFC 7638: the hash of the required members of the key, in alphabetical order. */
function thumbprint({ crv, e, kty, n, x, y }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

const refuse = (variable: string, why: string, cause?: unknown): UserError =>
  UserError.usage('the server cannot sign tokens with this configuration', {
    why: `${variable}: ${why}`,
    next: 'give a PEM file with an EC P-256 key (openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256) or an RSA key of at least 2048 bits',
    cause,
  });
