import { afterEach, beforeEach, expect, it } from 'vitest';
import { TOPICS } from '../../../src/protocol/events.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { stockSku } from '../../stock/testing/fixtures.ts';
import { createChangedSkus } from './changed-skus.ts';

let database: TestDatabase;
let nowMs = 0;
beforeEach(async () => {
  database = await openTestDatabase(3);
  nowMs = 0;
});
afterEach(() => database.close());

const create = () =>
  createChangedSkus({
    pool: database.pool,
    readers: [{ group: 'one', topics: [TOPICS.inventory, TOPICS.attempts] }],
    nowMs: () => nowMs,
  });

const change = (skuId: string, sequence: number) =>
  database.pool.query('UPDATE inventory SET sequence = $2 WHERE sku_id = $1', [skuId, sequence]);

it('S1.9 finds at first what readers have not read to the end, and then what has changed', async () => {
  const { pool } = database;
  const [read, behind, fresh] = [
    await stockSku(pool, 9),
    await stockSku(pool, 9),
    await stockSku(pool, 9),
  ];
  await change(read, 4);
  await change(behind, 4);
  await pool.query(
    `INSERT INTO stock_cursors (sku_id, consumer_group, topic, sequence) VALUES ($1, 'one', $3, 4), ($2, 'one', $3, 3)`,
    [read, behind, TOPICS.inventory],
  );
  const changed = create();
  expect(await changed.lookNow()).toEqual(new Map([[behind, 4]]));
  expect(await changed.lookNow()).toEqual(new Map());
  await change(fresh, 1);
  const found = await changed.lookNow();
  // A transaction of another database of this PostgreSQL may bring back the one that was read; those told are not told again.
  expect(found.get(fresh)).toBe(1);
  expect(found.has(behind)).toBe(false);
  expect(await changed.lookNow()).toEqual(new Map());
});

it('S1.9 finds a change that was under way in an earlier look, however many looks came before its commit', async () => {
  const { pool } = database;
  const [slow, quick] = [await stockSku(pool, 9), await stockSku(pool, 9)];
  const changed = create();
  await changed.lookNow();
  const seller = await pool.connect();
  await seller.query('BEGIN');
  await seller.query('UPDATE inventory SET sequence = 7 WHERE sku_id = $1', [slow]);
  for (let sequence = 1; sequence <= 5; sequence += 1) {
    await change(quick, sequence);
    expect((await changed.lookNow()).has(slow)).toBe(false);
  }
  await seller.query('COMMIT');
  seller.release();
  expect((await changed.lookNow()).get(slow)).toBe(7);
});

it('S1.9 looks at everything again after a look that failed', async () => {
  const { pool } = database;
  const skuId = await stockSku(pool, 9);
  const changed = create();
  await changed.lookNow();
  await change(skuId, 1);
  await pool.query('ALTER TABLE inventory RENAME TO away');
  await expect(changed.lookNow()).rejects.toThrow('inventory');
  await pool.query('ALTER TABLE away RENAME TO inventory');
  expect(await changed.lookNow()).toEqual(new Map([[skuId, 1]]));
});

it('pauses after a look in proportion to the time that it took, unless asked to look now', async () => {
  const skuId = await stockSku(database.pool, 9);
  const changed = createChangedSkus({
    pool: database.pool,
    readers: [],
    // Every reading of the clock is 2 ms after the one before, so a look takes 2 ms.
    nowMs() {
      nowMs += 2;
      return nowMs;
    },
  });
  await changed.look();
  await change(skuId, 1);
  expect(await changed.look()).toEqual(new Map());
  nowMs += 150;
  expect(await changed.look()).toEqual(new Map());
  nowMs += 50;
  expect(await changed.look()).toEqual(new Map([[skuId, 1]]));
  await change(skuId, 2);
  expect(await changed.lookNow()).toEqual(new Map([[skuId, 2]]));
});

it('tells of a handful at once, and of a crowd when it grows no more or was gathered for long', async () => {
  const { pool } = database;
  const [rush, calm] = [await stockSku(pool, 9), await stockSku(pool, 9)];
  const changed = create();
  const lookAt = (ms: number) => {
    nowMs = ms;
    return changed.look();
  };
  await lookAt(0);
  await change(calm, 5);
  expect(await lookAt(1_000)).toEqual(new Map([[calm, 5]]));

  await change(rush, 1_000);
  expect(await lookAt(2_000)).toEqual(new Map());
  await change(rush, 1_001);
  await change(calm, 6);
  // One more is no crowd.
  expect(await lookAt(2_050)).toEqual(
    new Map([
      [rush, 1_001],
      [calm, 6],
    ]),
  );

  for (const [sequence, ms] of [
    [2_000, 3_000],
    [3_000, 3_100],
    [4_000, 3_200],
  ] as const) {
    await change(rush, sequence);
    expect(await lookAt(ms)).toEqual(new Map());
  }
  await change(rush, 5_000);
  expect(await lookAt(3_250)).toEqual(new Map([[rush, 5_000]]));

  await change(rush, 6_000);
  expect(await lookAt(4_000)).toEqual(new Map());
  expect(await changed.lookNow()).toEqual(new Map([[rush, 6_000]]));
  expect(await lookAt(5_000)).toEqual(new Map());
});
