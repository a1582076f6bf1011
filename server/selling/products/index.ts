import type { Router } from 'express';
import type { Pool } from 'pg';
import type { Caches } from '../../platform/cache.ts';
import type { Reader } from '../../platform/replicas.ts';
import { type Catalogue, createCatalogue } from './catalogue.ts';
import { createProductRoutes } from './routes.ts';
import { createProductStore } from './store.ts';

/** The feature that shows products and their stock. */
export function createProducts({
  pool,
  reader,
  caches,
}: {
  pool: Pool;
  /** Reads the catalogue. */
  reader: Reader;
  caches: Caches;
}): {
  routes: Router;
  forget: Catalogue['forget'];
} {
  const catalogue = createCatalogue({ store: createProductStore({ pool, reader }), caches });
  return { routes: createProductRoutes(catalogue), forget: catalogue.forget };
}
