import { makeRunFolder } from '../../src/stack/run-folder.ts';
import { createPostgres } from '../../src/stack/services/postgres.ts';

/** Starts a PostgreSQL, reports its folder to the parent, and waits to be killed. */
const folder = await makeRunFolder();
const { url } = await createPostgres({ folder }).start();
process.send?.({ folder, url });
