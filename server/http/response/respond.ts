import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { REQUEST_ID_HEADER } from '../../../src/protocol/headers.ts';
import { securityHeaders } from './security-headers.ts';
import { traceOf } from './trace-context.ts';

/** Answers with JSON, without the settings, tags and freshness `res.json` looks into and no API call needs. */
export function respond(res: Response, status: number, body: unknown): void {
  conclude(res, status, 'application/json', JSON.stringify(body), true);
}

/**
 * Ends what a request asked for. Under an Idempotency-Key the answer is put on record first.
 *
 * @param isFinal whether the same request would be answered so for good
 */
export function conclude(
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

/** Writes a whole answer at once: one packet, its length known. */
export function send(
  res: Response,
  status: number,
  contentType: string,
  text: string,
  security = FOR_PROGRAMS,
): void {
  writeHead(res, status, ['content-type', contentType, ...length(text)], security);
  res.end(text);
}

/**
 * Answers a read of what is the same for everybody, so that browsers and CDNs may keep it: for `sharedForSeconds` without
 * asking, after that for as long as its tag is still the same.
 */
export function respondCacheable(res: Response, body: unknown, sharedForSeconds: number): void {
  const text = JSON.stringify(body);
  const tag = `"${createHash('sha1').update(text).digest('base64url')}"`;
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

/** Whether the client has this very answer; a proxy that compressed it has marked the tag as weak. */
const isKnown = (sent: string | undefined, tag: string): boolean =>
  sent?.split(',').some((known) => known.trim().replace(/^W\//, '') === tag) ?? false;

/** Answers with headers alone. */
export function sendNothing(res: Response): void {
  writeHead(res, 204, []);
  res.end();
}

/** Starts an answer whose length is not known yet; the caller writes the rest. */
export function startStream(res: Response, status: number, contentType: string): void {
  writeHead(res, status, ['content-type', contentType]);
}

const length = (text: string) => ['content-length', String(Buffer.byteLength(text))];

/** No browser has a reason to show an answer of this API, or to load anything for it. */
const FOR_PROGRAMS = securityHeaders('data', {
  'default-src': ["'none'"],
  'frame-ancestors': ["'none'"],
});

/**
 * The one place where answers begin, so each carries its request id and its trace. Headers go to Node as a flat list:
 * it takes that as it is, where it copies and checks an object entry by entry.
 */
function writeHead(res: Response, status: number, own: string[], security = FOR_PROGRAMS): void {
  const { id, headers: sent } = res.req;
  const headers = [...own, REQUEST_ID_HEADER, id, ...security];
  const trace = sent.traceparent === undefined ? undefined : traceOf(sent);
  if (trace !== undefined) headers.push('traceparent', trace.traceparent);
  res.writeHead(status, headers);
}
