import type { Response } from 'express';
import { REQUEST_ID_HEADER } from '../../src/protocol/headers.ts';

/** Answers with JSON, without the settings, tags and freshness `res.json` looks into and no API call needs. */
export function respond(res: Response, status: number, body: unknown): void {
  send(res, status, 'application/json', JSON.stringify(body));
}

/** Writes a whole answer at once: one packet, its length known. */
export function send(res: Response, status: number, contentType: string, text: string): void {
  writeHead(res, status, contentType, Buffer.byteLength(text));
  res.end(text);
}

/** Starts an answer whose length is not known yet; the caller writes the rest. */
export function startStream(res: Response, status: number, contentType: string): void {
  writeHead(res, status, contentType);
}

/**
 * The one place where answers begin, so each carries its request id. Headers go to Node as a flat list: it takes that
 * as it is, where it copies and checks an object entry by entry.
 */
function writeHead(res: Response, status: number, contentType: string, bytes?: number): void {
  const headers = ['content-type', contentType, REQUEST_ID_HEADER, res.req.id];
  if (bytes !== undefined) headers.push('content-length', String(bytes));
  res.writeHead(status, headers);
}
