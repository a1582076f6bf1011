import { migrate } from '../server/platform/migrate.ts';
import { createPool } from '../server/platform/postgres.ts';
import { connectRedis } from '../server/platform/redis.ts';
import { createScope, type Scope } from '../src/stack/resource.ts';
import { runFolder } from '../src/stack/run-folder.ts';
import { createDatabase } from '../src/stack/services/database.ts';
import { createPostgres } from '../src/stack/services/postgres.ts';
import { createRedisServer, findRedisServer } from '../src/stack/services/redis.ts';
import { benchHttp } from './http.ts';
import { benchLedger, printLedgerBench } from './ledger.ts';
import { benchAdmissions, benchSoldOut } from './sold-out.ts';
import { benchVerdict } from './verdict.ts';

/** `npm run bench [-- ledger|http|sold-out|verdict]`: the strategies and our server against others, and the judge. */
const ROUNDS = 3;
const only = process.argv[2];

if (only === undefined || only === 'verdict') await benchVerdict(ROUNDS);
if (only !== 'verdict') await benchServers();

async function benchServers(): Promise<void> {
  const scope = createScope();
  try {
    const folder = await scope.start(runFolder({ keep: false }));
    const { url: adminUrl } = await scope.start(createPostgres({ folder }));
    const url = await createDatabase(adminUrl, 'bench');
    await migrate(url);

    if (only === undefined || only === 'ledger') {
      const redisUrl = await startRedis(scope, folder);
      const redis = redisUrl === undefined ? undefined : await connectRedis({ url: redisUrl });
      printLedgerBench(await benchLedger(url, redis, ROUNDS), ROUNDS);
      await redis?.close();
    }
    if (only === undefined || only === 'http') {
      const pool = createPool({ connectionString: url, max: 1 });
      await benchHttp(pool, url, ROUNDS);
      await pool.end();
    }
    if (only === undefined || only === 'sold-out') {
      const redisUrl = await startRedis(scope, folder);
      const pool = createPool({ connectionString: url, max: 4 });
      await benchSoldOut(pool, url, redisUrl, ROUNDS);
      if (redisUrl !== undefined) await benchAdmissions(pool, redisUrl, ROUNDS);
      await pool.end();
    }
  } finally {
    await scope.stop();
  }
}

async function startRedis(scope: Scope, folder: string): Promise<string | undefined> {
  const isThere = await findRedisServer().catch(() => undefined);
  if (isThere === undefined) {
    console.log('no redis-server on PATH: the benches that need it are left out');
    return undefined;
  }
  return (await scope.start(createRedisServer({ folder }))).url;
}
