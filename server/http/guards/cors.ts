import cors from 'cors';
import type { RequestHandler } from 'express';
import { REQUEST_ID_HEADER } from '../../../src/protocol/headers.ts';
import { sendNothing } from '../response/respond.ts';

/** Lets pages of these origins call the API and read the headers of its answers. */
export function allowOrigins(origins: string[]): RequestHandler[] {
  return [
    cors({
      // Given the one string, cors sends the header `*`. Given the list ['*'], it would compare `*` with each origin.
      origin: origins.includes('*') ? '*' : origins,
      exposedHeaders: [REQUEST_ID_HEADER, ...EXPOSED_HEADERS],
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
      preflightContinue: true,
    }),
    (req, res, next) => {
      const isPreflight =
        req.method === 'OPTIONS' && 'access-control-request-method' in req.headers;
      if (isPreflight) sendNothing(res);
      else next();
    },
  ];
}

const EXPOSED_HEADERS = ['retry-after', 'ratelimit', 'ratelimit-policy'];
const PREFLIGHT_MAX_AGE_SECONDS = 600;
