import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { startTestServer, type TestServer } from '../server.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let server: TestServer;
let workplace: Workplace;
beforeAll(async () => {
  [server, workplace] = [await startTestServer(), await createWorkplace()];
});
afterAll(() => Promise.all([server.stop(), workplace.remove()]));

const recount = (...args: string[]) =>
  workplace.run(['analytics', 'recount', ...args, '--target', server.url], {
    FLASHSALE_ADMIN_TOKEN: server.adminToken,
  });

it('S2.7 analytics recount lists the counts that were wrong, and corrects them', async () => {
  const { token } = await server.newBuyer();
  const skuId = await server.newProduct(1);
  const day = new Date().toISOString().slice(0, 10);
  const at = `${day}T00:00:00Z`;
  const events = [1, 2].map(() => ({ eventId: newId(), type: 'product.viewed', skuId, at }));
  await server.call('POST', '/analytics/track', { token, body: { events } });
  await server.pool.query(
    "UPDATE bucket_counts SET events = 7 WHERE sku_id = $1 AND size = 'day'",
    [skuId],
  );

  const wrong = await recount('--from', day);
  expect(wrong.code).toBe(0);
  expect(wrong.stdout.split('\n')).toEqual([
    expect.stringMatching(/^bucket +at +type +sku +counted +stored$/),
    expect.stringMatching(
      new RegExp(
        `^day +${at} +product\\.viewed +${skuId} +2 records, 7 events, 2 units +2 records, 2 events, 2 units$`,
      ),
    ),
    '',
  ]);
  expect(wrong.stderr).toContain('1 count corrected');

  const right = await recount('--to', day, '--json');
  expect(JSON.parse(right.stdout)).toEqual({ days: 1, corrected: 0, differences: [] });
});

it.each([
  ['a day that does not exist', ['--from', '2026-02-30'], /"2026-02-30" is not a day/],
  ['an end before the beginning', ['--from', '2026-02-02', '--to', '2026-02-01'], /is after/],
  ['more than a year', ['--from', '2020-01-01', '--to', '2026-02-01'], /at most 366 days/],
])('S2.7 analytics recount refuses %s', async (_, args, line) => {
  const { code, stderr } = await recount(...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(line);
});
