import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LedgerAttempt } from '../../../src/protocol/ledger.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { transaction } from '../../platform/postgres.ts';
import { createStockLedger } from '../../stock/index.ts';
import { createHotStore } from './hot-store.ts';
import { createFlashSaleStore } from './store.ts';
import {
  attempt,
  checkOut,
  newSale,
  ordersOf,
  reserve,
  statusOf,
  stockOf,
} from './testing/sales.ts';
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
    ledgerWith(holdTtlMs).hold({ holdId: of.attemptId, userId: of.userId, skuId, quantity: 1 });

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
      ...{ paymentMethod: 'none', transactionId: of.attemptId },
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

  test('S4.4 fails an attempt whose unit was sold in another way', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const { token } = await server.newBuyer();
    expect((await reserve(server, token, saleId)).status).toBe(201);
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
  });

  test('S4.4 leaves an attempt failed when units are back on sale later', async () => {
    const saleId = await newSale(server, 1);
    const buyer = await newAttempt(saleId);
    const { token } = await server.newBuyer();
    const { body } = await reserve(server, token, saleId);
    await buyer.work();
    await server.call('DELETE', `/api/v1/reservations/${body.reservationId}`, { token });

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

  test('S4.4 does not take the units that the user has reserved', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    await reserve(server, buyer.token, saleId, 3);
    await buyer.work();
    expect(await buyer.status()).toBe('FAILED');
    expect(await stockOf(server, saleId)).toEqual({ available: 2, reserved: 3, sold: 0 });
  });

  test('S4.4 finds the order of a user who bought in another way meanwhile', async () => {
    const saleId = await newSale(server, 5);
    const buyer = await newAttempt(saleId);
    const { body } = await reserve(server, buyer.token, saleId);
    const order = await checkOut(server, buyer.token, body.reservationId);
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
        ...{ orderId: order.body.orderId, callId: 'click-1' },
      },
    ]);
  });
});
