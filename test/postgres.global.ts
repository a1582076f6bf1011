import type { TestProject } from 'vitest/node';
import { makeRunFolder, removeRunFolder } from '../src/stack/run-folder.ts';
import { createPostgres } from '../src/stack/services/postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrator's URL of the PostgreSQL that all test files share; each creates databases of its own. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole test run; `TEST_DATABASE_URL` names one to use instead. */
export default async function startPostgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    project.provide('postgresUrl', given);
    return async () => {};
  }
  const folder = await makeRunFolder();
  const postgres = createPostgres({ folder });
  project.provide('postgresUrl', (await postgres.start()).url);
  return async () => {
    await postgres.stop();
    await removeRunFolder(folder);
  };
}
