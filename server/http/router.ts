import { Router } from 'express';

/**
 * A router for which a path is one text. Express's own routers also answer `/metrics/` and `/Metrics`, which a balancer
 * that hides `/metrics` lets through.
 */
export const createRouter = (): Router => Router({ strict: true, caseSensitive: true });
