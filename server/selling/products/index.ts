import type { Router } from 'express';
import type { Pool } from 'pg';
import type { Caches } from '../../platform/cache.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { createProductRoutes } from './routes.ts';
import { createProductStore } from './store.ts';

/** The feature that shows products and their stock. */
export function createProducts({ pool, caches }: { pool: Pool; caches: Caches }): {
  routes: Router;
  forget: Catalogue['forget'];
} {
  const catalogue = createCatalogue({ store: createProductStore(pool), caches });
  return { routes: createProductRoutes(catalogue), forget: catalogue.forget };
}
