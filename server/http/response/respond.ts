import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { REQUEST_ID_HEADER } from '../../../src/protocol/headers.ts';
import { readRange } from './range.ts';
import { securityHeaders } from './security-headers.ts';
import { traceOf } from './trace-context.ts';

/** Answers with JSON. `res.json` would also read settings and compute an ETag, which no API call needs. */
export function respond(res: Response, status: number, body: unknown): void {
  answer(res, status, 'application/json', JSON.stringify(body), true);
}

/**
 * Sends the answer of a request. Under an Idempotency-Key the answer is stored first.
 *
 * @param isFinal true when a repeat of the request must get this same answer
 */
export function answer(
  res: Response,
  status: number,
  contentType: string,
  body: string,
  isFinal: boolean,
): void {
  const { claim } = res.req;
  if (claim === undefined) send(res, status, contentType, body);
  else claim.settle({ status, body, isFinal }, () => send(res, status, contentType, body));
}

/**
 * Writes a whole answer with its length, in one packet. An answer of a megabyte is passed as bytes that all answers share:
 * each client that reads slowly would else keep a copy of the text in memory.
 */
export function send(
  res: Response,
  status: number,
  contentType: string,
  text: string | Buffer,
  security = FOR_PROGRAMS,
): void {
  writeHead(res, status, ['content-type', contentType, ...length(text)], security);
  const { socket } = res;
  if (socket && typeof text === 'string' && text.length <= SMALL && res.req.method !== 'HEAD') {
    // `end` with a text makes two pieces of the answer, the second one empty, and Node collects pieces on a slower way.
    socket.cork();
    res.write(text);
    socket.uncork();
    res.end();
  } else {
    res.end(text);
  }
}

/** The characters of an answer that the kernel mostly takes at once. A larger one waits, and is counted by its `end`. */
const SMALL = 16_384;

/**
 * Answers with a body that is the same for all clients, so that browsers and CDNs may cache it: for `sharedForSeconds`
 * without a request, and after that as long as the server confirms its ETag.
 */
export function respondCacheable(res: Response, body: object, sharedForSeconds: number): void {
  const { text, tag } = textOf(body);
  const rule = sharedForSeconds > 0 ? `public, max-age=${sharedForSeconds}` : 'no-cache';
  const headers = ['cache-control', rule, 'etag', tag];
  if (isKnown(res.req.headers['if-none-match'], tag)) {
    writeHead(res, 304, headers);
    res.end();
    return;
  }
  writeHead(res, 200, [...headers, 'content-type', 'application/json', ...length(text)]);
  res.end(text);
}

interface Tagged {
  text: string | Buffer;
  tag: string;
}

/** The bytes of large bodies that caches hand out again and again: all clients share them, however slowly they read. */
const known = new WeakMap<object, Tagged>();
const SHARED_CHARACTERS_MIN = 16_384;

function textOf(body: object): Tagged {
  const before = known.get(body);
  if (before !== undefined) return before;
  const text = JSON.stringify(body);
  const tag = `"${createHash('sha1').update(text).digest('base64url')}"`;
  if (text.length < SHARED_CHARACTERS_MIN) return { text, tag };
  const large = { text: Buffer.from(text), tag };
  known.set(body, large);
  return large;
}

/** True if the client has this answer. A proxy that compresses an answer marks its ETag as weak (`W/`). */
const isKnown = (sent: string | undefined, tag: string): boolean =>
  sent?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) ?? false;

/** A year: what is at this address never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * Answers with a file that never changes, or with the part of it that was asked for. Caches may keep it for ever, and pages of
 * any origin may show it.
 *
 * @returns false if there is no such part; then nothing was answered
 */
export function respondFile(
  res: Response,
  file: Buffer,
  { contentType, tag }: { contentType: string; tag: string },
): boolean {
  const { headers: asked } = res.req;
  const headers = ['cache-control', FOR_EVER, 'etag', tag, 'accept-ranges', 'bytes'];
  if (isKnown(asked['if-none-match'], tag)) {
    writeHead(res, 304, headers, FOR_EVERY_PAGE);
    res.end();
    return true;
  }
  const isSame = asked['if-range'] === undefined || asked['if-range'] === tag;
  const range = isSame ? readRange(asked.range, file.length) : 'all';
  if (range === 'none') return false;
  const part = range === 'all' ? file : file.subarray(range.first, range.last + 1);
  if (range !== 'all') {
    headers.push('content-range', `bytes ${range.first}-${range.last}/${file.length}`);
  }
  const status = range === 'all' ? 200 : 206;
  writeHead(
    res,
    status,
    [...headers, 'content-type', contentType, ...length(part)],
    FOR_EVERY_PAGE,
  );
  res.end(part);
  return true;
}

/** Answers 204, with headers and no body. */
export function sendNothing(res: Response): void {
  writeHead(res, 204, []);
  res.end();
}

/** Starts an answer of unknown length; the caller writes the body. */
export function startStream(res: Response, status: number, contentType: string): void {
  writeHead(res, status, ['content-type', contentType]);
}

const length = (text: string | Buffer) => ['content-length', String(Buffer.byteLength(text))];

/** Headers for answers to programs. A browser has no reason to show such an answer, or to load anything for it. */
const FOR_PROGRAMS = securityHeaders('data', {
  'default-src': ["'none'"],
  'frame-ancestors': ["'none'"],
});

const RESOURCE_POLICY = 'cross-origin-resource-policy';

/** Headers for what pages of any origin may show. */
const FOR_EVERY_PAGE = FOR_PROGRAMS.map((text, place, headers) =>
  headers[place - 1] === RESOURCE_POLICY ? 'cross-origin' : text,
);

/**
 * Writes the head of every answer, so that each has its request id and its trace. Headers are passed as a flat list: Node
 * uses that as it is, but copies and checks an object entry by entry.
 */
function writeHead(res: Response, status: number, own: string[], security = FOR_PROGRAMS): void {
  const { id, headers: sent } = res.req;
  const headers = [...own, REQUEST_ID_HEADER, id, ...security];
  const trace = traceOf(sent);
  if (trace !== undefined) headers.push('traceparent', trace.traceparent);
  res.writeHead(status, headers);
}
