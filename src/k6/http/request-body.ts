import { encodeForm } from '../html/form-encoding.ts';
import { bytesOf } from '../runtime/bytes.ts';
import { encodeMultipart, FileData } from './multipart.ts';

export interface EncodedBody {
  body: string | Uint8Array | null;
  /** Present if the encoding of the body implies it. */
  contentType?: string;
}

/** Objects that k6 takes for no form. */
const NO_FORM = [Array, Boolean, Date, Map, Number, Set];

/**
 * Encodes the body that a script gives to a request. Text and bytes are sent as they are, an object as a form: as
 * `multipart/form-data` if one of its fields is a file. Throws for anything else.
 */
export function encodeBody(body: unknown): EncodedBody {
  if (body === null || body === undefined || body === '') return { body: null };
  if (typeof body === 'string') return { body };
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return { body: bytesOf(body) };
  if (typeof body === 'object' && !NO_FORM.some((type) => body instanceof type)) {
    // As in k6, the letters of a String object are no fields.
    const form = body instanceof String ? {} : body;
    const fields = Object.entries(form);
    if (fields.some(([, value]) => value instanceof FileData)) return encodeMultipart(fields);
    return { body: encodeForm(form), contentType: 'application/x-www-form-urlencoded' };
  }
  throw new TypeError(
    `a request body is a string, an ArrayBuffer or an object of form fields, not ${nameOf(body)}`,
  );
}

function nameOf(body: unknown): string {
  if (Array.isArray(body)) return 'an array; JSON.stringify() makes a text of it';
  const type = NO_FORM.find((type) => body instanceof type);
  return `a ${type?.name ?? typeof body}`;
}
