import type { Router } from 'express';
import { newId } from '../../src/kernel/ids.ts';
import { type AdminDeps, createAdminRoutes } from './routes.ts';

/** What the toolkit needs of a server: to fill it, and to read its books. For the admin role only. */
export const createAdmin = (deps: Omit<AdminDeps, 'newId'>): Router =>
  createAdminRoutes({ ...deps, newId });
