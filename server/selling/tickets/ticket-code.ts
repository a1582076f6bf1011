import {
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { TicketKeys } from '../../../src/protocol/tickets.ts';

/**
 * The code of a ticket is its content, a dot and a signature of the content, both in base64url. The content has 33 bytes:
 * a 1 for this format, then the id of the ticket and the id of its show, 16 bytes each. The signature is Ed25519 (RFC 8032).
 *
 * So a gate that has the public key knows a forged code, and the code of another show, without asking anybody. It does not
 * know who is in already, nor which orders were cancelled: that is for the server, once there is a connection.
 */
export interface TicketContent {
  ticketId: string;
  showId: string;
}

const FORMAT = 1;
const CODE = /^([\w-]{44})\.([\w-]{86})$/;

/** The content of a code that was signed with the private key of this public key; undefined for any other text. */
export function readTicketCode(code: string, publicKey: KeyObject): TicketContent | undefined {
  const [, content, signature] = CODE.exec(code) ?? [];
  if (content === undefined || signature === undefined) return undefined;
  const bytes = Buffer.from(content, 'base64url');
  if (bytes[0] !== FORMAT) return undefined;
  if (!verify(null, bytes, publicKey, Buffer.from(signature, 'base64url'))) return undefined;
  return { ticketId: uuidAt(bytes, 1), showId: uuidAt(bytes, 17) };
}

export interface TicketCodes {
  /** The code of a ticket, the same each time. */
  write(content: TicketContent): string;
  read(code: string): TicketContent | undefined;
  /** The public key, for gates. */
  keys: TicketKeys;
}

/** The codes of a server. All servers with the same secret write the same code for a ticket. */
export function createTicketCodes(secret: string | Buffer): TicketCodes {
  const privateKey = privateKeyOf(secret);
  const publicKey = createPublicKey(privateKey);
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    write({ ticketId, showId }) {
      const content = Buffer.concat([Buffer.of(FORMAT), bytesOf(ticketId), bytesOf(showId)]);
      const signature = sign(null, content, privateKey);
      return `${content.toString('base64url')}.${signature.toString('base64url')}`;
    },
    read: (code) => readTicketCode(code, publicKey),
    keys: { keys: [{ kty: 'OKP', crv: 'Ed25519', x, use: 'sig' }] },
  };
}

/** PKCS #8 of an Ed25519 key up to the key itself, which is any 32 bytes. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that follows from a secret. A secret that has other uses tells nothing of it, and the key nothing of them. */
function privateKeyOf(secret: string | Buffer): KeyObject {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'flashsale ticket codes', 32));
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, key]), format: 'der', type: 'pkcs8' });
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

const uuidAt = (bytes: Buffer, start: number): string =>
  bytes
    .toString('hex', start, start + 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
