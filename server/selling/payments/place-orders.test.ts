import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { openTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createStockLedger } from '../../stock/index.ts';
import type { HoldRequest } from '../../stock/ledger.ts';
import { auditLedger } from '../../stock/testing/audit.ts';
import {
  buyer,
  checkout,
  lapse,
  ruleSku,
  stockSku,
  tally,
  times,
} from '../../stock/testing/fixtures.ts';
import { createPlaceOrder } from './place-orders.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await openTestDatabase(4);
  ({ pool } = database);
});
afterAll(() => database.close());

const ledger = () => createStockLedger({ pool, strategy: 'batched', holdTtlMs: 120_000 });

async function held(details: Partial<HoldRequest> = {}): Promise<HoldRequest> {
  const hold = buyer(await stockSku(pool, 5, '10.00'), details);
  await ledger().hold(hold);
  return hold;
}

const wanted = (hold: HoldRequest, transactionId: string = newId()) => ({
  orderId: newId(),
  reservationId: hold.holdId,
  userId: hold.userId,
  method: 'card' as const,
  transactionId,
  callId: undefined,
});

async function placed(hold: HoldRequest, place: ReturnType<typeof createPlaceOrder>) {
  const order = wanted(hold);
  expect(await place(order)).toMatchObject({ outcome: 'begun' });
  return { order };
}

/** Calls a function for each value in one turn of the event loop, so that all calls are in one batch. */
const together = <Value, Result>(values: Value[], call: (value: Value) => Promise<Result>) =>
  Promise.allSettled(values.map(call));

const valuesOf = <Value>(results: PromiseSettledResult<Value>[]): Value[] =>
  results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));

describe('S1.3 orders that are placed in one batch', () => {
  it('are as if each had been placed alone', async () => {
    const orders = (await Promise.all(times(4, (place) => held({ quantity: place + 1 })))).map(
      (hold) => wanted(hold),
    );
    const begun = valuesOf(await together(orders, createPlaceOrder(pool, 5_000)));
    const ids = orders.map(({ orderId }) => orderId);
    const { rows } = await pool.query(
      `SELECT o.order_id, reservation_id, user_id, sku_id, quantity, total_price, o.status, payment_method,
         transaction_id, o.created_at, call_id, p.status AS payment_status, way,
         basket_id, amount
       FROM orders o JOIN payments p USING (order_id) WHERE o.order_id = ANY ($1) ORDER BY o.order_id`,
      [ids],
    );
    expect(rows.map((row) => row.total_price)).toEqual(['10.00', '20.00', '30.00', '40.00']);
    expect(begun).toEqual(rows.map((payment) => ({ outcome: 'begun', payment })));
    const { rows: due } = await pool.query(
      `SELECT DISTINCT next_try_at - created_at = interval '5 seconds' AS is_due_then FROM payments
       WHERE order_id = ANY ($1)`,
      [ids],
    );
    expect(due).toEqual([{ is_due_then: true }]);
  });

  it('are placed for the reservations that can be sold, beside others that cannot', async () => {
    const [first, thief, lapsed, cancelled, moved, last] = await Promise.all(
      times(6, () => held()),
    );
    await lapse(pool, [lapsed as HoldRequest]);
    await ledger().release(cancelled as HoldRequest);
    await ruleSku(pool, (moved as HoldRequest).skuId, { soldBy: 'campaign' });
    const sold = await held();
    await ledger().confirm(checkout(sold));
    const orders = [first, thief, lapsed, cancelled, moved, sold, last].map((hold) =>
      wanted(hold as HoldRequest),
    );
    orders[1] = { ...(orders[1] as ReturnType<typeof wanted>), userId: newId() };
    const results = valuesOf(await together(orders, createPlaceOrder(pool, 0)));
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...[
        'begun',
        'not_found',
        'expired',
        'not_active',
        'sold_another_way',
        'order_exists',
        'begun',
      ],
    ]);
    const { rows } = await pool.query(
      `SELECT count(*)::int AS orders FROM orders WHERE order_id = ANY ($1)`,
      [orders.map(({ orderId }) => orderId)],
    );
    expect(rows).toEqual([{ orders: 2 }]);
    await ruleSku(pool, (moved as HoldRequest).skuId, { soldBy: 'reservations' });
  });

  it('are placed also when one of them cannot be written', async () => {
    const [first, last] = [await held(), await held()];
    const tooLong = wanted(await held(), 'x'.repeat(101));
    const results = await together(
      [wanted(first), tooLong, wanted(last)],
      createPlaceOrder(pool, 0),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(tally(valuesOf(results))).toEqual({ begun: 2 });
  });

  it('are one order when a buyer pays for two reservations with one transaction', async () => {
    const hold = await held();
    const other = await held({ userId: hold.userId });
    const orders = [wanted(hold, 'tx-twice'), wanted(other, 'tx-twice')];
    const results = await together(orders, createPlaceOrder(pool, 0));
    expect(tally(valuesOf(results))).toEqual({ begun: 1, not_placed: 1 });
  });

  it('are one order when two servers place an order of each of many reservations at the same time', async () => {
    const holds = await Promise.all(times(20, () => held()));
    const servers = times(2, () => createPlaceOrder(pool, 0));
    const results = await Promise.all(
      servers.map((place, server) => {
        const orders = holds.map((hold) => wanted(hold, `tx-of-both`));
        return together(server === 0 ? orders : orders.toReversed(), place);
      }),
    );
    expect(tally(results.flatMap(valuesOf))).toEqual({ begun: 20, not_placed: 20 });
  });
});

it('S1.3 a checkout reads a few rows, though its connection planned for tables that were empty', async () => {
  await database.close();
  database = await openTestDatabase(4);
  ({ pool } = database);
  await pool.query('ANALYZE');
  const connection = await pool.connect();
  // All calls on one connection, whose plans are those of the first.
  const alone = connection as unknown as Pool;
  const place = createPlaceOrder(alone, 0);
  const { confirm } = createStockLedger({ pool: alone, strategy: 'batched', holdTtlMs: 1 });
  const buy = async (hold: HoldRequest) => {
    const { orderId } = (await placed(hold, place)).order;
    return confirm({ ...checkout(hold), orderId });
  };
  try {
    await buy(await held());
    for (const hold of await Promise.all(times(200, () => held()))) {
      await placed(hold, createPlaceOrder(pool, 0));
    }
    const hold = await held();
    // A transaction tells what it has read itself.
    await connection.query('BEGIN');
    expect(await buy(hold)).toMatchObject({ outcome: 'sold' });
    const { rows } = await connection.query(
      `SELECT relname, seq_tup_read + idx_tup_fetch AS rows_read FROM pg_stat_xact_user_tables
       WHERE seq_tup_read + idx_tup_fetch > 20`,
    );
    expect(rows).toEqual([]);
    await connection.query('COMMIT');
  } finally {
    connection.release(true);
  }
  expect(await auditLedger(pool)).toEqual([]);
});
