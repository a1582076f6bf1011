import type { Request } from 'express';

/** The template of the route a request has reached. Routes with several spellings go by the first. */
export function routeOf(req: Request): string {
  const path: string | string[] | undefined = req.route?.path;
  if (path === undefined) return 'unmatched';
  return typeof path === 'string' ? path : (path[0] ?? 'unmatched');
}
