import { encodeForm } from '../html/form-encoding.ts';
import { bytesOf } from '../runtime/bytes.ts';
import { encodeMultipart, FileData } from './multipart.ts';

export interface EncodedBody {
  body: string | Uint8Array | null;
  /** Present if the encoding of the body implies it. */
  contentType?: string;
}

/**
 * Encodes the body that a script gives to a request. Text and bytes are sent as they are, an object as a form: as
 * `multipart/form-data` if one of its fields is a file. Throws for anything else.
 */
export function encodeBody(body: unknown): EncodedBody {
  if (body === null || body === undefined || body === '') return { body: null };
  if (typeof body === 'string') return { body };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { body: bytesOf(body) };
  if (typeof body === 'object' && !Array.isArray(body) && !(body instanceof Date)) {
    const fields = Object.entries(body);
    if (fields.some(([, value]) => value instanceof FileData)) return encodeMultipart(fields);
    return { body: encodeForm(body), contentType: 'application/x-www-form-urlencoded' };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not ${nameOf(body)}`,
  );
}

function nameOf(body: unknown): string {
  if (Array.isArray(body)) return 'an array; JSON.stringify() makes a text of it';
  return body instanceof Date ? 'a Date' : `a ${typeof body}`;
}
