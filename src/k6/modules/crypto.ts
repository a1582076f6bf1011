import { createHash, createHmac, type Hash, type Hmac, randomBytes } from 'node:crypto';
import { bytesOf } from '../runtime/bytes.ts';
import type { K6Module } from './module.ts';

type Bytes = string | ArrayBuffer | ArrayBufferView;
type Hasher = { update(data: Bytes): void; digest(encoding: string): string | ArrayBuffer };

/** Node's names of the hash functions by those of k6. */
const ALGORITHMS: Record<string, string> = {
  md5: 'md5',
  ripemd160: 'ripemd160',
  sha1: 'sha1',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
  sha512_224: 'sha512-224',
  sha512_256: 'sha512-256',
};

/** `k6/crypto`: hashes and HMACs in k6's encodings, and random bytes. */
export const cryptoModule: K6Module = () => {
  const hash = (algorithm: string) => hasher(() => createHash(nodeNameOf(algorithm)));
  const createHMAC = (algorithm: string, secret: Bytes) =>
    hasher(() => createHmac(nodeNameOf(algorithm), bytesOf(secret)));
  const digestOf = (made: Hasher, data: Bytes, encoding: string): string | ArrayBuffer => {
    made.update(data);
    return made.digest(encoding);
  };
  const shorthands = Object.fromEntries(
    Object.keys(ALGORITHMS).map((algorithm) => [
      algorithm,
      (data: Bytes, encoding: string) => digestOf(hash(algorithm), data, encoding),
    ]),
  );
  return {
    ...shorthands,
    createHash: hash,
    createHMAC,
    hmac: (algorithm: string, secret: Bytes, data: Bytes, encoding: string) =>
      digestOf(createHMAC(algorithm, secret), data, encoding),
    hexEncode: (data: Bytes) => Buffer.from(bytesOf(data)).toString('hex'),
    randomBytes(size: number): ArrayBuffer {
      if (!(size >= 1)) throw new Error('invalid size');
      return new Uint8Array(randomBytes(size)).buffer;
    },
  };
};

function nodeNameOf(algorithm: string): string {
  const name = ALGORITHMS[algorithm];
  if (name) return name;
  throw new Error(
    `invalid algorithm: ${algorithm} (there are: ${Object.keys(ALGORITHMS).join(', ')})`,
  );
}

/** A hasher that gives several digests and takes more data in between. Those of Node end with their first digest. */
function hasher(create: () => Hash | Hmac): Hasher {
  // An unknown algorithm throws here, and not at the first digest.
  create();
  const given: Uint8Array[] = [];
  return {
    update(data) {
      given.push(bytesOf(data));
    },
    digest(encoding) {
      const made = create();
      for (const bytes of given) made.update(bytes);
      return encode(made.digest(), encoding);
    },
  };
}

function encode(digest: Buffer, encoding: string): string | ArrayBuffer {
  switch (encoding) {
    case 'hex':
    case 'base64':
      return digest.toString(encoding);
    case 'base64url':
      return digest.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    case 'base64rawurl':
      return digest.toString('base64url');
    case 'binary':
      return new Uint8Array(digest).buffer;
    default:
      throw new Error(
        `invalid output encoding: ${encoding} (there are: hex, base64, base64url, base64rawurl, binary)`,
      );
  }
}
