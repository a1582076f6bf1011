import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import type { Consumer } from '../../events/event.ts';
import type { Caches } from '../../platform/cache.ts';
import { createCollection } from './collection.ts';
import { createAchievementForgetting, createAchievementProgress } from './consumers.ts';
import { putAchievements } from './put-achievements.ts';
import { createAchievementRoutes } from './routes.ts';
import { type AchievementStore, createAchievementStore } from './store.ts';

/** The feature of achievements: what users reach by what they do, each once. */
export function createAchievements(deps: {
  pool: Pool;
  caches: Caches;
  authenticate: RequestHandler;
  readJsonAndClaimKey: RequestHandler;
}): {
  routes: Router;
  consumers: Consumer[];
  unlockedOf: AchievementStore['unlockedOf'];
} {
  const store = createAchievementStore(deps.pool);
  const collection = createCollection({ store, caches: deps.caches });
  return {
    routes: createAchievementRoutes({
      ...{ ...deps, store, collection },
      putAchievements: (wanted) => putAchievements(deps.pool, wanted),
    }),
    consumers: [createAchievementProgress(store), createAchievementForgetting(collection.forget)],
    unlockedOf: store.unlockedOf,
  };
}
