import type { Router } from 'express';
import type { Pool } from 'pg';
import { createProductRoutes } from './routes.ts';
import { createProductStore } from './store.ts';

/** The catalogue and what is left of it. */
export const createProducts = (deps: { pool: Pool }): Router =>
  createProductRoutes(createProductStore(deps.pool));
