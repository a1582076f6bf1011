import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/kernel/ids.ts';
import { TOPICS } from '../../src/protocol/events.ts';
import { NotificationPage } from '../../src/protocol/notifications.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import type { DomainEvent } from '../events/event.ts';
import { transaction } from '../platform/postgres.ts';
import { createNotificationConsumer } from './consumer.ts';
import { createNotificationStore } from './store.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const eventOf = (eventId: string, userId: string, type = 'ORDER_CREATED'): DomainEvent => ({
  ...{ eventId, topic: TOPICS.orders, key: 'SHOE', type, occurredAt: new Date() },
  payload: { skuId: 'SHOE', orderId: newId(), userId, quantity: 1 },
});

/** Has the consumer handle events in a transaction. Resolves to the number of notifications that it wrote. */
async function handle(events: DomainEvent[]): Promise<number> {
  let told = 0;
  const consumer = createNotificationConsumer({
    store: createNotificationStore(server.pool),
    onTold: (count) => {
      told += count;
    },
  });
  await transaction(server.pool, (tx) => consumer.handle(events, tx));
  return told;
}

async function readPage(token: string, query = ''): Promise<NotificationPage> {
  const { status, body } = await server.call('GET', `/notifications${query}`, { token });
  expect(status).toBe(200);
  return NotificationPage.parse(body);
}

describe('S1.9 and S3.3 notifications', () => {
  it('are told once per event, user and kind, however often the event is delivered', async () => {
    const { token, userId } = await server.newBuyer();
    const [first, second] = [newId(), newId()];
    expect(await handle([eventOf(first, userId), eventOf(first, userId)])).toBe(1);
    expect(await handle([eventOf(first, userId), eventOf(second, userId)])).toBe(1);
    expect(await handle([eventOf(first, userId, 'ORDER_CANCELLED')])).toBe(1);
    const { notifications } = await readPage(token);
    expect(notifications.map(({ kind }) => kind)).toEqual([
      'ORDER_CREATED',
      'ORDER_CREATED',
      'ORDER_CANCELLED',
    ]);
  });

  it('S2.3 and S2.4 tell of achievements and quests', async () => {
    const { token, userId } = await server.newBuyer();
    const engagement = (topic: string, type: string, facts: object): DomainEvent => ({
      ...{ eventId: newId(), topic, key: userId, type, occurredAt: new Date() },
      payload: { userId, ...facts },
    });
    const quest = { questId: 'q', name: 'Early bird', reward: null };
    await handle([
      engagement(TOPICS.achievements, 'ACHIEVEMENT_UNLOCKED', { name: 'First buy', points: 10 }),
      engagement(TOPICS.achievements, 'ACHIEVEMENT_PROGRESSED', { name: 'Ten buys', points: 50 }),
      engagement(TOPICS.quests, 'QUEST_COMPLETED', quest),
      engagement(TOPICS.quests, 'QUEST_REWARDED', { ...quest, outcome: 'GONE' }),
    ]);
    const { notifications } = await readPage(token);
    expect(notifications.map(({ text }) => text)).toEqual([
      'First buy is yours, and 10 points with it.',
      'The quest Early bird is completed.',
      'No voucher is left for the quest Early bird.',
    ]);
  });

  it('are not written for events that nobody has to be told of', async () => {
    const { token, userId } = await server.newBuyer();
    expect(await handle([eventOf(newId(), userId, 'ORDER_FULFILLED')])).toBe(0);
    expect((await readPage(token)).notifications).toEqual([]);
  });

  it('are rolled back with the batch that they belong to', async () => {
    const { token, userId } = await server.newBuyer();
    const store = createNotificationStore(server.pool);
    const consumer = createNotificationConsumer({ store, onTold() {} });
    const failing = transaction(server.pool, async (tx) => {
      await consumer.handle([eventOf(newId(), userId)], tx);
      throw new Error('the commit failed');
    });
    await expect(failing).rejects.toThrow('the commit failed');
    expect((await readPage(token)).notifications).toEqual([]);
  });

  it('are read by their user alone, page by page, and go on behind a cursor', async () => {
    const [ann, bob] = [await server.newBuyer(), await server.newBuyer()];
    const ids = [newId(), newId(), newId()];
    await handle([...ids.map((id) => eventOf(id, ann.userId)), eventOf(newId(), bob.userId)]);
    const first = await readPage(ann.token, '?limit=2');
    expect([first.notifications.length, first.hasMore]).toEqual([2, true]);
    const last = await readPage(ann.token, `?limit=2&after=${first.cursor}`);
    expect([last.notifications.length, last.hasMore]).toEqual([1, false]);
    const empty = { notifications: [], cursor: last.cursor, hasMore: false };
    expect(await readPage(ann.token, `?after=${last.cursor}`)).toEqual(empty);

    await handle([eventOf(newId(), ann.userId, 'ORDER_CANCELLED')]);
    const missed = await readPage(ann.token, `?after=${last.cursor}`);
    expect(missed.notifications).toMatchObject([{ kind: 'ORDER_CANCELLED' }]);
    expect((await readPage(bob.token)).notifications).toHaveLength(1);
  });

  it('ascend in the order of the commits, so that a cursor misses none of a batch that commits late', async () => {
    const { token, userId } = await server.newBuyer();
    const store = createNotificationStore(server.pool);
    const consumer = createNotificationConsumer({ store, onTold() {} });
    let other: Promise<unknown> = Promise.resolve();
    await transaction(server.pool, async (tx) => {
      await consumer.handle([eventOf(newId(), userId)], tx);
      // Would commit first if it did not wait for its turn.
      other = handle([eventOf(newId(), userId, 'ORDER_CANCELLED')]);
      await until(async () => {
        const { rows } = await server.pool.query(
          `SELECT count(*)::int AS waiting FROM pg_locks
           WHERE locktype = 'advisory' AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rows[0].waiting === 1;
      });
    });
    await other;
    const { notifications } = await readPage(token);
    expect(notifications.map(({ kind }) => kind)).toEqual(['ORDER_CREATED', 'ORDER_CANCELLED']);
  });

  it('tell the buyer that a reservation has expired, and are rows of the ledger', async () => {
    const own = await startTestServer({ env: { HOLD_TTL_MS: '1', SWEEP_INTERVAL_MS: '20' } });
    const skuId = await own.newProduct(1);
    const { token, userId } = await own.newBuyer();
    await own.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } });
    const read = async () => (await own.call('GET', '/notifications', { token })).body;
    await until(async () => (await read()).notifications.length > 0);
    expect((await read()).notifications).toMatchObject([
      {
        kind: 'EXPIRED',
        title: 'Your reservation has expired',
        text: expect.stringContaining(skuId),
      },
    ]);
    const { body } = await own.call('GET', `/api/v1/admin/ledger?sku=${skuId}`, {
      token: own.adminToken,
    });
    await own.stop();
    const rows = (body as string)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.filter(({ row }) => row === 'notification')).toEqual([
      { row: 'notification', skuId, kind: 'EXPIRED', userId, sequence: 2, eventId: null },
    ]);
  });

  it('are deleted when they are old', async () => {
    const { token, userId } = await server.newBuyer();
    await handle([eventOf(newId(), userId)]);
    const store = createNotificationStore(server.pool);
    expect(await store.sweep(1000, 3_600_000)).toBe(0);
    await server.pool.query(
      "UPDATE notifications SET created_at = now() - interval '2 hours' WHERE user_id = $1",
      [userId],
    );
    expect(await store.sweep(1000, 3_600_000)).toBe(1);
    expect((await readPage(token)).notifications).toEqual([]);
  });
});
