import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { RunDocument } from '../../src/report/run-document.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { createWorkplace, type Workplace } from './cli.ts';

/** A server in the process of the tests, anew for each, and the command line against it. */
export interface OnServer {
  server(): TestServer;
  /** Runs the command line with a target and its administrator. */
  run: Workplace['run'];
  /** Runs a scenario, and answers with its verdict and the names of the checks that have a status. */
  judge(scenario: string, ...args: string[]): Promise<Judged>;
}

interface Judged {
  verdict: RunDocument['verdict'];
  named(status: string): string[];
}

/** Sets both up for the tests of this file. A test may plant a bug in the server's database. */
export function useServer(): OnServer {
  let workplace: Workplace;
  let testServer: TestServer;
  beforeAll(async () => {
    workplace = await createWorkplace();
  });
  afterAll(() => workplace.remove());
  beforeEach(async () => {
    testServer = await startTestServer();
  });
  afterEach(() => testServer.stop());

  const run: Workplace['run'] = (args) =>
    workplace.run([...args, '--target', testServer.url], {
      FLASHSALE_ADMIN_TOKEN: testServer.adminToken,
    });

  return {
    server: () => testServer,
    run,
    async judge(scenario, ...args) {
      const { stdout, stderr } = await run(['run', scenario, '--json', ...args]);
      if (stdout === '') throw new Error(stderr);
      const { verdict } = RunDocument.parse(JSON.parse(stdout));
      const named = (status: string): string[] =>
        (verdict?.checks ?? []).flatMap((check) => (check.status === status ? check.name : []));
      return { verdict, named };
    },
  };
}
