import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { transaction } from '../../platform/postgres.ts';
import { stockSku } from '../../stock/testing/fixtures.ts';
import type { Heads } from './changed-skus.ts';
import { moveCursors } from './cursors.ts';
import { createMovementLog } from './movement-log.ts';
import { takeBatch } from './next-batch.ts';

const group = 'one';
const topics = ['flash-sale-reservations', 'flash-sale-inventory-updates'];

let database: TestDatabase;
let [shoe, hat] = ['', ''];
beforeEach(async () => {
  database = await openTestDatabase(2);
  const { pool } = database;
  [shoe, hat] = [await stockSku(pool, 50), await stockSku(pool, 50)];
  await pool.query('UPDATE inventory SET sequence = 50 WHERE sku_id = ANY ($1)', [[shoe, hat]]);
  await pool.query(
    `INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, created_at)
     SELECT sku, n, 'RESERVED', 1, gen_random_uuid(), gen_random_uuid(), now()
     FROM unnest($1::text[]) sku, generate_series(1, 50) n`,
    [[shoe, hat]],
  );
});
afterEach(() => database.close());

it('goes no further than the ledger, whatever it is told', async () => {
  const heads: Heads = new Map([
    [shoe, 500],
    [hat, 20],
    ['gone', 3],
  ]);
  const take = () =>
    transaction(database.pool, async (tx) => {
      const batch = await takeBatch(tx, createMovementLog(), { group, topics, heads });
      expect(await moveCursors(tx, group, batch.steps, batch.events)).toBe(true);
      return batch;
    });
  const { events, reached } = await take();
  expect(reached).toEqual(new Map(Object.entries({ [shoe]: 50, [hat]: 20 })));
  expect(events).toHaveLength(2 * 70);
  expect([...heads.keys()]).toEqual([shoe, hat]);
  expect((await take()).steps).toEqual([]);
  expect(heads).toEqual(new Map());
});

it('goes on in each topic where the group is in it', async () => {
  const heads: Heads = new Map([[shoe, 50]]);
  const [reservations = '', inventory = ''] = topics;
  const batch = await transaction(database.pool, async (tx) => {
    await moveCursors(tx, group, [{ topic: inventory, skuId: shoe, from: 0, to: 30 }], []);
    return takeBatch(tx, createMovementLog(), { group, topics, heads });
  });
  expect(batch.steps).toEqual([
    { topic: reservations, skuId: shoe, from: 0, to: 50 },
    { topic: inventory, skuId: shoe, from: 30, to: 50 },
  ]);
  const inTopic = (topic: string) => batch.events.filter((event) => event.topic === topic).length;
  expect(topics.map(inTopic)).toEqual([50, 20]);
});
