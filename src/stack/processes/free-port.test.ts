import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ANY_PORT, assertPortIsFree, findFreePort } from './free-port.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listenOn(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
}

it('finds a port that can be listened on', async () => {
  const port = await findFreePort();
  await assertPortIsFree(port);
  await listenOn(port);
});

it('refuses a port that another process listens on', async () => {
  const port = await findFreePort();
  await listenOn(port);
  await expect(assertPortIsFree(port)).rejects.toMatchObject({
    message: `port ${port} cannot be used`,
    why: 'another process listens on it',
    exitCode: 3,
  });
});

it('accepts the port that the operating system chooses', async () => {
  await assertPortIsFree(ANY_PORT);
});
