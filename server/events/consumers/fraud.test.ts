import { afterEach, beforeEach, expect, it } from 'vitest';
import { newId, partId } from '../../../src/kernel/ids.ts';
import { type StockEvent, TOPICS } from '../../../src/protocol/events.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { transaction } from '../../platform/postgres.ts';
import type { Consumer, DomainEvent } from '../event.ts';
import { createFraudDetection } from './fraud.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase(4);
});
afterEach(() => database.close());

const ANN = newId();
/** Not long ago, because old windows are forgotten. */
const WINDOW = Math.floor(Date.now() / 10_000) * 10_000;

/** So many reservations of a user, so many milliseconds after the window began. */
const reservations = (
  count: number,
  { userId = ANN, ip, afterMs = 0 }: { userId?: string; ip?: string; afterMs?: number } = {},
): DomainEvent[] =>
  Array.from({ length: count }, () => ({
    ...{ eventId: '1', topic: TOPICS.reservations, key: 'SHOE', type: 'CREATED' },
    payload: { skuId: 'SHOE', reservationId: newId(), userId, quantity: 1, sequence: 1, ip },
    occurredAt: new Date(WINDOW + afterMs),
  }));

const handle = (detection: Consumer, events: DomainEvent[]) =>
  transaction(database.pool, (tx) => detection.handle(events, tx));

async function flags(): Promise<string[]> {
  const { rows } = await database.pool.query<{ flag: string }>(
    `SELECT concat_ws(' ', origin, value, reservations) AS flag FROM fraud_flags ORDER BY 1`,
  );
  return rows.map(({ flag }) => flag);
}

it('S1.9 counts the reservations of all batches of a window together', async () => {
  const detection = createFraudDetection();
  await handle(detection, reservations(3));
  await handle(detection, reservations(2, { afterMs: 9999 }));
  expect(await flags()).toEqual([]);
  await handle(detection, reservations(1));
  expect(await flags()).toEqual([`user ${ANN} 6`]);
  await handle(detection, reservations(2));
  expect(await flags()).toEqual([`user ${ANN} 8`]);
});

it('S1.9 counts windows for themselves', async () => {
  const detection = createFraudDetection();
  await handle(detection, [...reservations(5), ...reservations(5, { afterMs: 10_000 })]);
  expect(await flags()).toEqual([]);
  await handle(detection, [...reservations(1, { afterMs: 10_000 }), ...reservations(1)]);
  expect(await flags()).toEqual([`user ${ANN} 6`, `user ${ANN} 6`]);
});

it('S1.9 goes on with the count of a worker that has died, and of one that works beside it', async () => {
  const [first, second] = [createFraudDetection(), createFraudDetection()];
  await handle(first, reservations(2));
  await handle(second, reservations(2));
  await handle(first, reservations(1));
  expect(await flags()).toEqual([]);
  await handle(second, reservations(1));
  expect(await flags()).toEqual([`user ${ANN} 6`]);
  await handle(createFraudDetection(), reservations(1));
  expect(await flags()).toEqual([`user ${ANN} 7`]);
});

it('S1.9 does not count a batch that was rolled back', async () => {
  const detection = createFraudDetection();
  await handle(detection, reservations(2));
  const failing = transaction(database.pool, async (tx) => {
    await detection.handle(reservations(3), tx);
    throw new Error('the commit failed');
  });
  await expect(failing).rejects.toThrow('the commit failed');
  await handle(detection, reservations(3));
  expect(await flags()).toEqual([]);
  await handle(detection, reservations(1));
  expect(await flags()).toEqual([`user ${ANN} 6`]);
});

it('S1.9 sees a burst of which two workers handle a half each at the same time', async () => {
  const [first, second] = [createFraudDetection(), createFraudDetection()];
  await Promise.all([handle(first, reservations(3)), handle(second, reservations(3))]);
  expect(await flags()).toEqual([`user ${ANN} 6`]);
});

it('S1.9 counts the lines of a basket as one attempt, also when workers handle some each', async () => {
  const [first, second] = [createFraudDetection(), createFraudDetection()];
  const basket = () => {
    const basketId = newId();
    return reservations(10).map((event, place) => ({
      ...event,
      payload: { ...(event.payload as StockEvent), reservationId: partId(basketId, place + 1) },
    }));
  };
  const bought = basket();
  await handle(first, bought.slice(0, 6));
  await handle(second, bought.slice(6));
  for (let made = 1; made < 5; made += 1) await handle(first, basket());
  expect(await flags()).toEqual([]);
  await handle(second, basket());
  expect(await flags()).toEqual([`user ${ANN} 6`]);
});

it('S1.9 allows an address more than a user', async () => {
  const detection = createFraudDetection();
  const office = Array.from({ length: 50 }, () =>
    reservations(1, { userId: newId(), ip: '192.0.2.1' }),
  );
  await handle(detection, office.flat());
  expect(await flags()).toEqual([]);
  await handle(detection, reservations(1, { ip: '192.0.2.1' }));
  expect(await flags()).toEqual(['ip 192.0.2.1 51']);
});
