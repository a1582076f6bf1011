import { rememberLastOfLength } from '../../kernel/last-of-length.ts';

/** The head of an answer, and what it says about the body. The same object may belong to many answers. */
export interface AnswerHead {
  readonly status: number;
  readonly statusText: string;
  /** Alternate name and value, as the server spelled them. */
  readonly headers: readonly string[];
  /** True when the connection can carry another request after a body whose end is known. */
  readonly keepsAlive: boolean;
  /** The announced length of the body; undefined without one. */
  readonly contentLength: number | undefined;
  readonly isChunked: boolean;
}

/** Headers that decide how the body ends. */
interface Framing {
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  connection: string;
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: (.*))?$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DIGITS = /^\d{1,15}$/;

/**
 * Reads a head, from its status line to its last header. Returns what is wrong with one that is malformed, or that could
 * be read in two ways. Within a second a server often says the same again, which is not parsed again: it uses few heads, and most
 * of them differ in their length.
 */
export const readAnswerHead = rememberLastOfLength(16, parseHead);

function parseHead(text: string): AnswerHead | string {
  const statusEnd = lineEnd(text, 0);
  const found = STATUS_LINE.exec(text.slice(0, statusEnd));
  if (!found) {
    return `"${text.slice(0, Math.min(statusEnd, 80))}" is not a status line of HTTP/1`;
  }
  const headers: string[] = [];
  const framing: Framing = {
    contentLength: undefined,
    transferEncoding: undefined,
    connection: '',
  };
  const problem = parseHeaders(text, statusEnd + 2, headers, framing);
  if (problem !== undefined) return problem;
  const { contentLength, transferEncoding, connection } = framing;
  const status = Number(found[2]);
  if (status < 100 || status === 101) return `status ${status} does not answer the request`;
  if (
    status >= 200 &&
    transferEncoding !== undefined &&
    (transferEncoding !== 'chunked' || contentLength !== undefined)
  ) {
    return `the answer's body is encoded as "${transferEncoding}", its length ${contentLength ?? 'open'}`;
  }
  return {
    status,
    statusText: found[3] ?? '',
    headers,
    keepsAlive:
      found[1] === '1' ? !connection.includes('close') : connection.includes('keep-alive'),
    contentLength: contentLength === undefined ? undefined : Number(contentLength),
    isChunked: transferEncoding !== undefined,
  };
}

/** Adds the headers of a head, from a position on, to `headers`; returns what is wrong with one of them. */
function parseHeaders(
  text: string,
  from: number,
  headers: string[],
  framing: Framing,
): string | undefined {
  for (let at = from; at < text.length; ) {
    const end = lineEnd(text, at);
    const colon = text.indexOf(':', at);
    const name = colon < 0 || colon > end ? '' : text.slice(at, colon);
    if (!HEADER_NAME.test(name)) {
      return `"${text.slice(at, Math.min(end, at + 80))}" is not a header`;
    }
    const value = text.slice(colon + 1, end).trim();
    headers.push(name, value);
    const problem = noteFraming(framing, name, value);
    if (problem !== undefined) return problem;
    at = end + 2;
  }
  return undefined;
}

/** Keeps a header that decides how the body ends; returns what is wrong when it contradicts one before it. */
function noteFraming(framing: Framing, name: string, value: string): string | undefined {
  // The length of the name rules out most headers at the lowest cost.
  if (name.length === 14 && name.toLowerCase() === 'content-length') {
    const before = framing.contentLength;
    if (!DIGITS.test(value) || (before !== undefined && before !== value)) {
      return `the answer announces its length as "${before ?? value}" and "${value}"`;
    }
    framing.contentLength = value;
  } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
    const before = framing.transferEncoding;
    framing.transferEncoding = before === undefined ? value.toLowerCase() : `${before}, ${value}`;
  } else if (name.length === 10 && name.toLowerCase() === 'connection') {
    framing.connection += `,${value.toLowerCase()}`;
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\r\n', from);
  return end < 0 ? text.length : end;
}
