import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeadLetter, DeadLetterPage } from '../../src/protocol/dead-letters.ts';
import { TOPICS } from '../../src/protocol/events.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(() => server.pool.query('DELETE FROM dead_letters'));

async function list(query = ''): Promise<DeadLetterPage> {
  const { status, body } = await server.call('GET', `/api/v1/admin/dead-letters${query}`, {
    token: server.adminToken,
  });
  expect(status).toBe(200);
  return DeadLetterPage.parse(body);
}

const replay = (body: unknown) =>
  server.call('POST', '/api/v1/admin/dead-letters/replay', { token: server.adminToken, body });

/** Publishes an event that becomes a dead letter of both analytics and inventory-sync. */
async function goWrong(key: string): Promise<DeadLetter[]> {
  await server.pool.query(
    `INSERT INTO outbox (topic, key, type, payload, created_at)
     VALUES ($1, $2, 'RESERVED', '{"quantity": "many"}', now())`,
    [TOPICS.inventory, key],
  );
  const ofKey = async () => (await list()).deadLetters.filter((letter) => letter.key === key);
  await until(async () => (await ofKey()).length === 2);
  return ofKey();
}

describe('S2.5 dead letters', () => {
  it('are listed, by group and by page', async () => {
    const [first, second] = await goWrong('LISTED');
    expect([first, second]).toMatchObject([
      { group: 'analytics', topic: TOPICS.inventory, type: 'RESERVED', attempts: 1 },
      { group: 'inventory-sync', payload: { quantity: 'many' }, isToBeReplayed: false },
    ]);
    expect((await list('?group=analytics')).deadLetters).toEqual([first]);
    const { deadLetters, nextCursor } = await list('?limit=1');
    expect(deadLetters).toEqual([first]);
    expect(await list(`?limit=1&cursor=${nextCursor}`)).toEqual({ deadLetters: [second] });
  });

  it('are replayed to the named group, and handled by it once', async () => {
    const [letter] = await goWrong('MENDED');
    const mended = {
      ...{ skuId: 'MENDED', quantity: 1, sequence: 1 },
      reservationId: '00000000-0000-7000-8000-000000000001',
      userId: '00000000-0000-7000-8000-000000000002',
    };
    await server.pool.query('UPDATE dead_letters SET payload = $1 WHERE event_id = $2', [
      JSON.stringify(mended),
      letter?.eventId,
    ]);
    const { status, body } = await replay({ ids: [letter?.eventId], group: 'analytics' });
    expect([status, body]).toEqual([202, { toBeReplayed: 1 }]);
    await until(async () => {
      const left = (await list('?group=analytics')).deadLetters;
      return !left.some(({ key }) => key === 'MENDED');
    });
    const { rows } = await server.pool.query(
      "SELECT type, events FROM bucket_counts WHERE sku_id = 'MENDED' AND size = 'day'",
    );
    expect(rows).toEqual([{ type: 'stock.reserved', events: 1 }]);
    const left = (await list()).deadLetters.filter(({ key }) => key === 'MENDED');
    expect(left).toMatchObject([{ group: 'inventory-sync' }]);
  });

  it('stay when the replay fails as well', async () => {
    const [before] = await goWrong('HOPELESS');
    await replay({ all: true });
    await until(async () => {
      const now = (await list('?group=analytics')).deadLetters.find(
        ({ key }) => key === 'HOPELESS',
      );
      return now !== undefined && now.lastFailedAt !== before?.lastFailedAt;
    });
  });

  it('are for the admin role only', async () => {
    const { token } = await server.newBuyer();
    expect((await server.call('GET', '/api/v1/admin/dead-letters', { token })).status).toBe(403);
  });

  it.each([
    ['neither some nor all of them', {}],
    ['both', { ids: ['1'], all: true }],
    ['an id that is no number', { ids: ['one'] }],
  ])('refuse to replay %s', async (_, body) => {
    expect((await replay(body)).body.code).toBe('VALIDATION_FAILED');
  });
});
