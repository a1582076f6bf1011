import type { Router } from 'express';
import type { Pool } from 'pg';
import type { Caches } from '../../platform/cache.ts';
import { createCatalogue } from './catalogue.ts';
import { createProductRoutes } from './routes.ts';
import { createProductStore } from './store.ts';

/** The feature that shows products and their stock. */
export const createProducts = (deps: { pool: Pool; caches: Caches }): Router =>
  createProductRoutes(
    createCatalogue({ store: createProductStore(deps.pool), caches: deps.caches }),
  );
