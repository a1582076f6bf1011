import { type Express, Router } from 'express';

/**
 * A router for which a path is one text. Express's own routers also answer `/metrics/` and `/Metrics`, which a balancer
 * that hides `/metrics` lets through.
 */
export const createRouter = (): Router => Router({ strict: true, caseSensitive: true });

/**
 * Puts the routes of several routers beside each other into the application, in their order. Express would enter one router
 * after the other until one has an answer, which makes half a dozen functions for each of them and each request.
 */
export function mountRoutes(app: Express, routers: Router[]): void {
  for (const { stack } of routers) app.router.stack.push(...stack);
}
