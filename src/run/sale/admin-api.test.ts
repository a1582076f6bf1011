import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { findFreePort } from '../../stack/processes/free-port.ts';
import { createAdminApi } from './admin-api.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const readAll = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

it('creates many buyers page by page, and keeps their order', async () => {
  const asked: number[] = [];
  const target = await serve((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { prefix, first, count } = JSON.parse(body);
      asked.push(count);
      const users = Array.from({ length: count }, (_, index) => ({
        userId: '01890000-0000-7000-8000-000000000000',
        username: `${prefix}${first + index}`,
        token: `token-${first + index}`,
      }));
      response.end(JSON.stringify({ users }));
    });
  });
  const admin = createAdminApi({ targets: [target], token: 'admin' });
  const buyers = await admin.putBuyers('buyer-', 25_001);
  expect(buyers).toHaveLength(25_001);
  expect(buyers.map(({ token }) => token)).toEqual(
    Array.from({ length: 25_001 }, (_, index) => `token-${index + 1}`),
  );
  expect(asked.length).toBe(8);
  expect(Math.max(...asked)).toBeLessThanOrEqual(10_000);
});

it('asks the next instance if one does not listen or is draining', async () => {
  const gone = `http://127.0.0.1:${await findFreePort()}`;
  const draining = await serve((_, response) => {
    response.statusCode = 503;
    response.end('{}');
  });
  const up = await serve((_, response) => {
    response.end('{"row":"end","counts":{}}\n');
  });
  const admin = createAdminApi({ targets: [gone, draining, up], token: 'admin' });
  expect(await readAll(admin.readLedger('SKU'))).toEqual([{ row: 'end', counts: {} }]);
});

it('says what to do when the token is not an administrator’s', async () => {
  const target = await serve((_, response) => {
    response.statusCode = 403;
    response.end('{}');
  });
  const admin = createAdminApi({ targets: [target], token: 'buyer' });
  await expect(admin.putBuyers('buyer-', 1)).rejects.toMatchObject({
    next: expect.stringContaining('--admin-token'),
    exitCode: 3,
  });
});

it('stops waiting once the run is abandoned', async () => {
  const given = new AbortController();
  const target = await serve(() => given.abort(new Error('given up')));
  const admin = createAdminApi({ targets: [target], token: 'admin', signal: given.signal });
  await expect(admin.putBuyers('buyer-', 1)).rejects.toThrow();
});

it('S2.7 asks for a recount once: after a lost answer, a second one would find nothing wrong', async () => {
  let calls = 0;
  const target = await serve((request) => {
    calls += 1;
    request.socket.destroy();
  });
  const admin = createAdminApi({ targets: [target], token: 'admin' });
  const days = { from: '2026-11-26', to: '2026-11-27' };
  await expect(admin.recountAnalytics(days)).rejects.toMatchObject({ exitCode: 3 });
  expect(calls).toBe(1);
});
