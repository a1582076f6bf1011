import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../server.ts';
import { until } from '../until.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let server: TestServer;
let workplace: Workplace;
beforeEach(async () => {
  [server, workplace] = [await startTestServer(), await createWorkplace()];
});
afterEach(async () => {
  await Promise.all([server.stop(), workplace.remove()]);
});

const dlq = (...args: string[]) =>
  workplace.run(['dlq', ...args, '--target', server.url, '--admin-token', server.adminToken]);

it('S2.5 lists dead letters as a table and as JSON, and replays them', async () => {
  await server.pool.query(
    `INSERT INTO outbox (topic, key, type, payload, created_at)
     VALUES ('flash-sale-orders', 'SHOE', 'ORDER_LOST', '{}', now())`,
  );
  await until(async () => (await server.pool.query('SELECT FROM dead_letters')).rowCount === 4);

  const listed = await dlq('list', '--group', 'analytics');
  expect([listed.code, listed.stderr]).toEqual([0, '']);
  expect(listed.stdout.split('\n')).toEqual([
    expect.stringMatching(/^event +group +type +key +attempts +failed +error$/),
    expect.stringMatching(
      /analytics +ORDER_LOST +SHOE +1 .+flash-sale-orders carries no ORDER_LOST$/,
    ),
    '',
  ]);

  const [letter] = JSON.parse((await dlq('list', '--json')).stdout);
  expect(letter).toMatchObject({ type: 'ORDER_LOST', payload: {} });
  const replayed = await dlq('replay', letter.eventId, '--json');
  expect(JSON.parse(replayed.stdout)).toEqual({ toBeReplayed: 4 });
});

it('S2.5 refuses to replay dead letters without ids or --all', async () => {
  const { code, stderr } = await dlq('replay');
  expect([code, stderr]).toEqual([2, expect.stringContaining('neither ids nor --all')]);
});
