import { migrate } from '../server/platform/migrate.ts';
import { createPool } from '../server/platform/postgres.ts';
import { createDatabase } from '../src/stack/database.ts';
import { createPostgres } from '../src/stack/postgres.ts';
import { createScope } from '../src/stack/resource.ts';
import { runFolder } from '../src/stack/run-folder.ts';
import { benchHttp } from './http.ts';
import { benchLedger, printLedgerBench } from './ledger.ts';

/** `npm run bench [-- ledger|http]`: the strategies against each other, and our server against others. */
const ROUNDS = 3;
const only = process.argv[2];

const scope = createScope();
try {
  const folder = await scope.start(runFolder({ keep: false }));
  const adminUrl = await scope.start(createPostgres({ folder }));
  const url = await createDatabase(adminUrl, 'bench');
  await migrate(url);

  if (only === undefined || only === 'ledger') {
    printLedgerBench(await benchLedger(url, ROUNDS), ROUNDS);
  }
  if (only === undefined || only === 'http') {
    const pool = createPool({ connectionString: url, max: 1 });
    await benchHttp(pool, url, ROUNDS);
    await pool.end();
  }
} finally {
  await scope.stop();
}
