import type { Show, ShowPage, ShowQuery } from '../../../src/protocol/shows.ts';
import { cutPage } from '../../http/request/paging.ts';
import type { Caches } from '../../platform/cache.ts';
import type { ShowRow } from './show.ts';
import type { ShowStore } from './store.ts';

/** The shows for many readers at once. */
export interface Programme {
  /** Up to a second old. */
  list(query: ShowQuery): Promise<ShowPage>;
  find(showId: string): Promise<Show | undefined>;
  /** Makes every instance read the show anew. To be called after a change was committed. */
  forget(showId: string): Promise<void>;
}

const SHOW_TTL_MS = 600_000;
const PAGES_MAX = 100;

export function createProgramme({
  store,
  caches,
  describe,
}: {
  store: ShowStore;
  caches: Caches;
  describe(row: ShowRow): Show;
}): Programme {
  const shows = caches.create<Show>({
    name: 'show',
    ttlMs: SHOW_TTL_MS,
    async load(showId) {
      const row = await store.find(showId);
      return row && describe(row);
    },
  });
  const pages = caches.create<ShowPage>({
    name: 'shows',
    max: PAGES_MAX,
    async load(key) {
      const query = JSON.parse(key) as ShowQuery;
      const rows = await store.list({ ...query, limit: query.limit + 1 });
      const { page, nextCursor } = cutPage(rows, query.limit, cursorOf);
      return { events: page.map(describe), nextCursor };
    },
  });

  return {
    list: async (query) => (await pages.get(JSON.stringify(query))) as ShowPage,
    find: shows.get,
    forget: shows.invalidate,
  };
}

const cursorOf = (row: ShowRow): string => `${row.starts_at.getTime()}_${row.show_id}`;
