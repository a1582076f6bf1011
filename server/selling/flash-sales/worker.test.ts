import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { LedgerAttempt } from '../../../src/protocol/ledger.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { transaction } from '../../platform/postgres.ts';
import { createStockLedger } from '../../stock/index.ts';
import { createHotStore } from './hot-store.ts';
import { createFlashSaleStore } from './store.ts';
import { attempt, newSale, ordersOf, statusOf, stockOf } from './testing/sales.ts';
import { createAttemptWorker } from './worker.ts';

describe('S4.4 the worker', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ env: { ROLES: 'api' } });
  });
  afterAll(() => server.stop());

  const ledgerWith = (holdTtlMs: number) =>
    createStockLedger({ pool: server.pool, strategy: 'batched', holdTtlMs });

  function newWorker() {
    const store = createFlashSaleStore(server.pool);
    const hotStore = createHotStore({ redis: undefined, read: store.readForHotStore });
    return createAttemptWorker({ ledger: ledgerWith(60_000), store, hotStore });
  }

  /** An accepted attempt that no worker has handled, and its event. */
  async function newAttempt(saleId: string) {
    const { userId, token } = await server.newBuyer();
    const { status, body } = await attempt(server, token, saleId, { 'x-call-id': 'click-1' });
    expect(status).toBe(200);
    const { rows } = await server.pool.query('DELETE FROM outbox WHERE key = $1 RETURNING *', [
      userId,
    ]);
    const { id, topic, key, type, payload, created_at } = rows[0];
    const event = { eventId: String(id), topic, key, type, payload, occurredAt: created_at };
    const worker = newWorker();
    return {
      ...{ userId, token, attemptId: body.attemptId as string },
      work: () => transaction(server.pool, (tx) => worker.handle([event], tx)),
      status: () => statusOf(server, token, saleId),
    };
  }

  const hold = (of: { attemptId: string; userId: string }, skuId: string, holdTtlMs = 60_000) =>
    ledgerWith(holdTtlMs).hold({
      ...{ holdId: of.attemptId, userId: of.userId, skuId, quantity: 1, way: 'flash-sale' },
    });

  const untilLapsed = (holdId: string) =>
    until(async () => {
      const { rowCount } = await server.pool.query(
        'SELECT FROM reservations WHERE reservation_id = $1 AND expires_at <= now()',
        [holdId],
      );
      return rowCount === 1;
    });

  const confirm = (of: { attemptId: string; userId: string }, skuId: string) =>
    ledgerWith(60_000).confirm({
      ...{ holdId: of.attemptId, userId: of.userId, skuId, orderId: of.attemptId },
      ...{ paymentMethod: 'none', transactionId: of.attemptId, way: 'flash-sale' },
    });

  test.each(['nothing', 'its hold', 'a hold that lapsed', 'its order', 'everything'])(
    'S4.4 makes one order when the worker before it has died after %s',
    async (diedAfter) => {
      const saleId = await newSale(server, 2);
      const buyer = await newAttempt(saleId);
      if (diedAfter === 'its hold' || diedAfter === 'its order') await hold(buyer, saleId);
      if (diedAfter === 'a hold that lapsed') {
        await hold(buyer, saleId, 1);
        await untilLapsed(buyer.attemptId);
      }
      if (diedAfter === 'its order') await confirm(buyer, saleId);
      if (diedAfter === 'everything') await buyer.work();

      await buyer.work();

      expect(await buyer.status()).toBe('SUCCESS');
      expect(await ordersOf(server, buyer.token)).toMatchObject([
        { orderId: buyer.attemptId, quantity: 1 },
      ]);
      expect(await stockOf(server, saleId)).toEqual({ available: 1, reserved: 0, sold: 1 });
    },
  );

  test('S4.4 fails an attempt whose unit somebody else has', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const other = { attemptId: newId(), userId: newId() };
    expect(await hold(other, saleId)).toMatchObject({ outcome: 'held' });
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
  });

  test('S4.4 leaves an attempt failed when units are back on sale later', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const other = { attemptId: newId(), userId: newId() };
    await hold(other, saleId);
    await buyer.work();
    await ledgerWith(60_000).release({
      holdId: other.attemptId,
      userId: other.userId,
      skuId: saleId,
    });

    await buyer.work();

    expect(await buyer.status()).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 1, reserved: 0, sold: 0 });
  });

  test('S4.4 cannot sell a failed attempt, when a worker that was given up goes on', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    await hold(buyer, saleId);
    await createFlashSaleStore(server.pool).decide([
      { attemptId: buyer.attemptId, orderId: undefined },
    ]);
    await expect(confirm(buyer, saleId)).rejects.toThrow('an attempt that has failed cannot buy');
    expect(await ordersOf(server, buyer.token)).toEqual([]);
  });

  test('S4.4 does not take a unit that the user holds already', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    await hold({ attemptId: newId(), userId: buyer.userId }, saleId);
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 4, reserved: 1, sold: 0 });
  });

  test('S4.4 makes an order of an attempt that was accepted in time, when the sale is over', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    await server.pool.query('UPDATE flash_sales SET end_time = now() WHERE sale_id = $1', [saleId]);
    await buyer.work();
    expect(await buyer.status()).toBe('SUCCESS');
  });

  test('S4.4 finds the order of a user who has bought meanwhile', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    const other = { attemptId: newId(), userId: buyer.userId };
    await hold(other, saleId);
    expect(await confirm(other, saleId)).toMatchObject({ outcome: 'sold' });
    await buyer.work();

    expect(await buyer.status()).toBe('SUCCESS');
    const ledger = await server.call('GET', `/api/v1/admin/ledger?sku=${saleId}`, {
      token: server.adminToken,
    });
    const rows = ledger.body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
      .filter(({ row }: { row: string }) => row === 'attempt');
    expect(rows.map((row: unknown) => LedgerAttempt.parse(row))).toMatchObject([
      {
        ...{ saleId, skuId: saleId, userId: buyer.userId, status: 'SUCCESS' },
        ...{ orderId: other.attemptId, callId: 'click-1' },
      },
    ]);
  });
});
