import type { Caches } from '../../platform/cache.ts';
import { type Definition, describeDefinition } from './achievement.ts';
import type { AchievementStore } from './store.ts';

/** The achievements there are, and those of users, for many readers. */
export interface Collection {
  /** By their ids, as strings are compared. */
  definitions(): Promise<Definition[]>;
  /** How far a user is, by the ids of achievements. */
  reachedBy(userId: string): Promise<Record<string, { count: number; unlockedAt: string | null }>>;
  /** Makes every instance read anew. To be called after a change was committed. */
  forget(userId: string): Promise<void>;
  forgetDefinitions(): Promise<void>;
}

const TTL_MS = 600_000;
/** The only key of the cache of definitions. */
const ALL = 'all';

export function createCollection(deps: { store: AchievementStore; caches: Caches }): Collection {
  const { store, caches } = deps;
  const definitions = caches.create<Definition[]>({
    name: 'achievements',
    ttlMs: TTL_MS,
    async load() {
      const all = (await store.list()).map(describeDefinition);
      return all.toSorted((a, b) => (a.achievementId < b.achievementId ? -1 : 1));
    },
  });
  const reached = caches.create<Awaited<ReturnType<Collection['reachedBy']>>>({
    name: 'achievements-of',
    ttlMs: TTL_MS,
    async load(userId) {
      const rows = await store.reachedBy(userId);
      return Object.fromEntries(
        rows.map(({ achievement_id, count, unlocked_at }) => [
          achievement_id,
          { count, unlockedAt: unlocked_at?.toISOString() ?? null },
        ]),
      );
    },
  });
  return {
    definitions: async () => (await definitions.get(ALL)) ?? [],
    reachedBy: async (userId) => (await reached.get(userId)) ?? {},
    forget: reached.invalidate,
    forgetDefinitions: () => definitions.invalidate(ALL),
  };
}
