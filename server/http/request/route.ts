import type { Request } from 'express';

/** The path template of the route that handles a request; the first one if the route has several paths. */
export function routeOf(req: Request): string {
  const path: string | string[] | undefined = req.route?.path;
  if (path === undefined) return 'unmatched';
  return typeof path === 'string' ? path : (path[0] ?? 'unmatched');
}
