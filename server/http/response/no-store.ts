import type { RequestHandler } from 'express';

/** For routes whose answers have tokens: neither a browser nor a proxy may keep such an answer, nor a refusal in its place. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('cache-control', 'no-store');
  next();
};
