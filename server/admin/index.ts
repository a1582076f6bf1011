import type { Router } from 'express';
import { newId } from '../../src/kernel/ids.ts';
import { type AdminDeps, createAdminRoutes } from './routes.ts';

/** The endpoints by which the toolkit fills a server and reads its ledger, for the admin role only. */
export const createAdmin = (deps: Omit<AdminDeps, 'newId'>): Router =>
  createAdminRoutes({ ...deps, newId });
