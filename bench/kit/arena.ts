import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { createSessionStore } from '../../server/accounts/session-store.ts';
import { migrate } from '../../server/platform/migrate.ts';
import { createPool } from '../../server/platform/postgres.ts';
import type { Scope } from '../../src/stack/resource.ts';
import { runFolder } from '../../src/stack/run-folder.ts';
import { createDatabase, dropDatabase } from '../../src/stack/services/database.ts';
import { createPostgres } from '../../src/stack/services/postgres.ts';
import {
  createRedisServer,
  isRedisServerThere,
  type RedisServer,
} from '../../src/stack/services/redis.ts';
import { BUYER_TTL_MS, type Buyer, makeBuyers } from './contestant.ts';

/**
 * The place where servers are measured: a PostgreSQL of its own, and a fresh database for every server that is measured. So no server
 * works on what another has left, and tables are as full for the last as for the first.
 */
export interface Arena {
  /** Folder for files of a measurement, removed at the end. */
  folder: string;
  scope: Scope;
  /** Process id of the PostgreSQL server; its backends are its children. */
  postgresPid(): number | undefined;
  /** Buyers with open sessions in every database. */
  buyers: Buyer[];
  /** Makes a number of calls smaller where a part is only tried out. */
  scaled(count: number): number;
  withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** A Redis of its own, started when it is first asked for. Undefined without a redis-server on PATH. */
  redis(): Promise<RedisServer | undefined>;
}

export interface Database {
  url: string;
  pool: Pool;
}

const BUYERS = 40_000;
const TEMPLATE = 'bench_template';

/** Opens an arena; all that it starts is stopped with the scope. */
export async function openArena(scope: Scope, scaled: Arena['scaled']): Promise<Arena> {
  const folder = await scope.start(runFolder({ keep: false }));
  const postgres = await scope.start(createPostgres({ folder }));
  const buyers = makeBuyers(scaled(BUYERS));
  const templateUrl = await createDatabase(postgres.url, TEMPLATE);
  await migrate(templateUrl);
  await usePool(templateUrl, async (pool) => {
    const sessions = createSessionStore(pool, {
      tokenTtlMs: BUYER_TTL_MS,
      refreshTtlMs: BUYER_TTL_MS,
    });
    await sessions.openMany(buyers);
    await pool.query('VACUUM (FREEZE, ANALYZE)');
  });

  let redis: Promise<RedisServer | undefined> | undefined;
  return {
    folder,
    scope,
    buyers,
    scaled,
    postgresPid: postgres.pid,
    async withDatabase(work) {
      const name = `bench_${randomBytes(4).toString('hex')}`;
      // Copying files takes a checkpoint before and after, so no server pays for the pages that another has written.
      await usePool(postgres.url, (admin) =>
        admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`),
      );
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      try {
        return await usePool(url.href, (pool) => work({ url: url.href, pool }));
      } finally {
        await dropDatabase(postgres.url, name);
      }
    },
    redis() {
      redis ??= startRedis(scope, folder);
      return redis;
    },
  };
}

async function usePool<T>(url: string, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = createPool({ connectionString: url, max: 2 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

const startRedis = async (scope: Scope, folder: string): Promise<RedisServer | undefined> =>
  (await isRedisServerThere()) ? scope.start(createRedisServer({ folder })) : undefined;
