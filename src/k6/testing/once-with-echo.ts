import { afterAll, beforeAll } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runOnce } from './run-once.ts';

/** Starts an echo server for the tests of the file that calls it. Returns `runOnce` with that server as `BASE`. */
export function onceWithEcho(): typeof runOnce {
  let echo: TestServer;
  beforeAll(async () => {
    echo = await serveEcho();
  });
  afterAll(() => echo.close());
  return (body, options = {}) => runOnce(body, { ...options, base: echo.origin });
}
