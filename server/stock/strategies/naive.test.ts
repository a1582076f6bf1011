import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createStockLedger } from '../index.ts';
import { auditLedger } from '../testing/audit.ts';
import { buyer, readStock, stockSku, tally, times } from '../testing/fixtures.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await openTestDatabase(16);
  ({ pool } = database);
});

afterAll(() => database.close());

it('oversells to buyers who come at the same time, while its counts look right', async () => {
  const ledger = createStockLedger({ pool, strategy: 'naive', holdTtlMs: 120_000 });
  const skuId = await stockSku(pool, 10);

  const decided = await Promise.all(times(200, () => ledger.hold(buyer(skuId))));

  expect(tally(decided).held).toBeGreaterThan(10);
  expect(await readStock(pool, skuId)).toMatchObject({ sold: 0 });
  const held = tally(decided).held;
  expect(await auditLedger(pool)).toContain(`${skuId}: ${held} units are held or sold of 10`);
});

it('sells each unit once to buyers who come one after another', async () => {
  const ledger = createStockLedger({ pool, strategy: 'naive', holdTtlMs: 120_000 });
  const skuId = await stockSku(pool, 2);

  const decided = [];
  for (const request of times(4, () => buyer(skuId))) decided.push(await ledger.hold(request));

  expect(tally(decided)).toEqual({ held: 2, out_of_stock: 2 });
  expect((await auditLedger(pool)).filter((finding) => finding.startsWith(skuId))).toEqual([]);
});
