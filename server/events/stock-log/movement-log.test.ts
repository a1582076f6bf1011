import type { PoolClient } from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createMovementLog, type Segment } from './movement-log.ts';
import { sequenceOf } from './stock-events.ts';

let database: TestDatabase;
let tx: PoolClient;
let reads = 0;
beforeEach(async () => {
  database = await openTestDatabase(2);
  await database.pool.query(
    `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
     SELECT sku, n, 'RESERVED', 1, gen_random_uuid(), gen_random_uuid(), now()
     FROM unnest('{SHOE,HAT}'::text[]) sku, generate_series(1, 50) n`,
  );
  tx = await database.pool.connect();
  reads = 0;
});
afterEach(async () => {
  tx.release();
  await database.close();
});

/** A connection that counts its queries. */
const counting = (): PoolClient => {
  const query = (...args: Parameters<PoolClient['query']>) => {
    reads += 1;
    return tx.query(...args);
  };
  return { query } as unknown as PoolClient;
};

const numbersOf = ({ events }: Segment): number[] =>
  events.filter(({ topic }) => topic === 'flash-sale-reservations').map(sequenceOf);

const from = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, place) => first + place);

it('reads movements once for groups that read at the same time or soon after', async () => {
  const log = createMovementLog();
  const db = counting();
  const range = { skuId: 'SHOE', after: 10, upTo: 30 };
  const [one, other] = await Promise.all([log.read(db, [range]), log.read(db, [range])]);
  const [later] = await log.read(db, [{ skuId: 'SHOE', after: 25, upTo: 30 }]);
  expect([one, other].map((read) => numbersOf(read[0] as Segment))).toEqual([
    from(11, 30),
    from(11, 30),
  ]);
  expect(numbersOf(later as Segment)).toEqual(from(26, 30));
  expect(reads).toBe(1);
});

it('keeps several batches of a SKU, for groups that are behind the first reader', async () => {
  const log = createMovementLog();
  const db = counting();
  for (const after of [0, 10, 20]) await log.read(db, [{ skuId: 'SHOE', after, upTo: after + 10 }]);
  const late = [];
  for (const after of [0, 10, 25]) {
    late.push(...(await log.read(db, [{ skuId: 'SHOE', after, upTo: 30 }])));
  }
  expect(late.map(numbersOf)).toEqual([from(1, 10), from(11, 20), from(26, 30)]);
  expect(reads).toBe(3);
});

it('reads what lies before or behind the kept movements', async () => {
  const log = createMovementLog();
  const db = counting();
  await log.read(db, [{ skuId: 'SHOE', after: 10, upTo: 20 }]);
  const behind = await log.read(db, [{ skuId: 'SHOE', after: 20, upTo: 50 }]);
  const before = await log.read(db, [{ skuId: 'SHOE', after: 0, upTo: 20 }]);
  expect(behind.map(numbersOf)).toEqual([from(21, 50)]);
  expect(before.map(numbersOf)).toEqual([from(1, 20)]);
  expect(reads).toBe(3);
});

it('reads several SKUs at once, those that are kept not again', async () => {
  const log = createMovementLog();
  const db = counting();
  await log.read(db, [{ skuId: 'SHOE', after: 0, upTo: 3 }]);
  const both = await log.read(db, [
    { skuId: 'HAT', after: 48, upTo: 50 },
    { skuId: 'SHOE', after: 0, upTo: 3 },
  ]);
  expect(both.map(({ skuId }) => skuId)).toEqual(['HAT', 'SHOE']);
  expect(both.map(numbersOf)).toEqual([
    [49, 50],
    [1, 2, 3],
  ]);
  expect(reads).toBe(2);
});

it('reads again after a read that failed', async () => {
  const log = createMovementLog();
  const broken = { query: () => Promise.reject(new Error('gone')) } as unknown as PoolClient;
  const range = { skuId: 'SHOE', after: 0, upTo: 2 };
  await expect(log.read(broken, [range])).rejects.toThrow('gone');
  expect((await log.read(counting(), [range])).map(numbersOf)).toEqual([[1, 2]]);
});

it('S1.9 reads all of a movement, in whatever order the movements were written', async () => {
  await database.pool.query(
    `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at) VALUES
       ('BAG', 10, 'SOLD', 3, $1, $2, $3, '2026-11-27T10:00:00.001999Z'),
       ('BAG', 9, 'RESERVED', 3, $1, $2, NULL, '2026-11-27T09:59:59.999Z'),
       ('BAG', 11, 'RESERVED', 1, $1, NULL, NULL, '2026-11-27T10:00:01Z')`,
    [RESERVATION, USER, ORDER],
  );
  const [read] = await createMovementLog().read(tx, [{ skuId: 'BAG', after: 0, upTo: 20 }]);
  const common = { skuId: 'BAG', reservationId: RESERVATION, userId: USER, quantity: 3 };
  const seen = read?.events
    .filter(({ topic }) => topic !== 'flash-sale-inventory-updates')
    .map(({ topic, type, payload, occurredAt }) => [topic, type, payload, occurredAt.toJSON()]);
  // The last one is of a version whose events are in the outbox.
  const sale = { ...common, orderId: ORDER, sequence: 10 };
  expect(seen).toEqual([
    ['flash-sale-reservations', 'CREATED', { ...common, sequence: 9 }, '2026-11-27T09:59:59.999Z'],
    ['flash-sale-reservations', 'CONFIRMED', sale, '2026-11-27T10:00:00.001Z'],
    ['flash-sale-orders', 'ORDER_CREATED', sale, '2026-11-27T10:00:00.001Z'],
  ]);
});

const [RESERVATION, USER, ORDER] = [1, 2, 3].map(
  (digit) => `00000000-0000-4000-8000-00000000000${digit}`,
);
