import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerRow } from '../../../src/protocol/ledger.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import type { DomainEvent } from '../event.ts';
import { createInventorySync } from './inventory-sync.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function reserve(token: string, skuId: string): Promise<string> {
  const { body } = await server.call('POST', '/api/v1/reservations', {
    token,
    body: { skuId, quantity: 2 },
  });
  return body.reservationId;
}

async function buy(token: string, skuId: string): Promise<string> {
  const reservationId = await reserve(token, skuId);
  const { body } = await server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` },
  });
  return body.orderId;
}

async function ledgerOf(skuId: string): Promise<LedgerRow[]> {
  const { body } = await server.call('GET', `/api/v1/admin/ledger?sku=${skuId}`, {
    token: server.adminToken,
  });
  return (body as string)
    .trimEnd()
    .split('\n')
    .map((line) => LedgerRow.parse(JSON.parse(line)));
}

/** The ledger of a SKU when all its events are handled. */
async function ledgerAtRest(skuId: string): Promise<LedgerRow[]> {
  let rows: LedgerRow[] = [];
  await until(async () => {
    rows = await ledgerOf(skuId);
    return rows.some((row) => row.row === 'backlog' && row.pending === 0);
  });
  return rows;
}

const tableOf = async (query: string, ...values: unknown[]) =>
  (await server.pool.query(query, values)).rows;

describe('the consumers of a sale', () => {
  it('S1.8 and S1.9: each group handles every event of its topics once, as the ledger records', async () => {
    const skuId = await server.newProduct(10);
    const { token } = await server.newBuyer();
    await buy(token, skuId);
    const rows = await ledgerAtRest(skuId);
    const deliveries = rows
      .filter((row) => row.row === 'delivery')
      .map(({ group, type, sequence }) => `${group} ${type} ${sequence}`);
    expect(deliveries.toSorted()).toEqual([
      'achievements ORDER_CREATED 2',
      'analytics CONFIRMED 2',
      'analytics CREATED 1',
      'analytics ORDER_CREATED 2',
      'analytics RESERVED 1',
      'analytics SOLD 2',
      'fraud CONFIRMED 2',
      'fraud CREATED 1',
      'inventory-sync RESERVED 1',
      'inventory-sync SOLD 2',
      'notification CONFIRMED 2',
      'notification CREATED 1',
      'notification ORDER_CREATED 2',
      'quests ORDER_CREATED 2',
    ]);
    expect(rows).toContainEqual({ row: 'backlog', skuId, pending: 0, deadLetters: 0 });
  });

  it('S1.5 publishes that a hold is given back', async () => {
    const skuId = await server.newProduct(10);
    const { token } = await server.newBuyer();
    const reservationId = await reserve(token, skuId);
    await server.call('DELETE', `/api/v1/reservations/${reservationId}`, { token });
    const events = (await ledgerAtRest(skuId))
      .filter((row) => row.row === 'delivery')
      .filter(({ group }) => group === 'analytics')
      .map(({ sequence, type }) => `${sequence} ${type}`);
    expect(events.toSorted()).toEqual(['1 CREATED', '1 RESERVED', '2 CANCELLED', '2 RELEASED']);
  });

  it('S1.9 analytics counts events and units per minute', async () => {
    const skuId = await server.newProduct(10);
    for (let buyers = 0; buyers < 3; buyers += 1) {
      await buy((await server.newBuyer()).token, skuId);
    }
    await ledgerAtRest(skuId);
    const counts = await tableOf(
      `SELECT type, sum(events)::int AS events, sum(units)::int AS units FROM bucket_counts
       WHERE sku_id = $1 AND size = 'minute' AND type LIKE 'stock.%' GROUP BY type ORDER BY type`,
      skuId,
    );
    expect(counts).toEqual([
      { type: 'stock.reserved', events: 3, units: 6 },
      { type: 'stock.sold', events: 3, units: 6 },
    ]);
  });

  it('S1.9 notification tells the buyer of the order', async () => {
    const skuId = await server.newProduct(10);
    const { token, userId } = await server.newBuyer();
    const orderId = await buy(token, skuId);
    await ledgerAtRest(skuId);
    const messages = await tableOf(
      'SELECT kind, title, text FROM notifications WHERE user_id = $1 ORDER BY position',
      userId,
    );
    expect(messages).toEqual([
      {
        ...{ kind: 'ORDER_CREATED', title: 'Your order is confirmed' },
        text: `Order ${orderId}, 2 × ${skuId}, is yours.`,
      },
    ]);
  });

  it('S1.9 fraud detection flags a user who makes too many reservations within seconds', async () => {
    const [hasty, calm] = [await server.newBuyer(), await server.newBuyer()];
    const skuIds = await Promise.all(Array.from({ length: 20 }, () => server.newProduct(10)));
    for (const skuId of skuIds) await reserve(hasty.token, skuId);
    await reserve(calm.token, skuIds[0] as string);
    for (const skuId of skuIds) await ledgerAtRest(skuId);
    const flags = await tableOf('SELECT DISTINCT origin, value FROM fraud_flags');
    expect(flags).toEqual([{ origin: 'user', value: hasty.userId }]);
  });

  it('S1.9 inventory sync repairs the SKUs whose units came back, each once', async () => {
    const repaired: string[] = [];
    const event = (type: string, skuId: string) => ({ type, payload: { skuId } }) as DomainEvent;
    const events = [
      event('RESERVED', 'SHOE'),
      event('RELEASED', 'HAT'),
      event('RELEASED', 'HAT'),
      event('RELEASED', 'SOCK'),
    ];
    const sync = createInventorySync((skuId) => repaired.push(skuId));
    await sync.handle(events, {} as PoolClient);
    expect(repaired).toEqual(['HAT', 'SOCK']);
  });
});

it('refuses to rewrite stock movements', async () => {
  for (const change of [
    'DELETE FROM stock_movements',
    'UPDATE stock_movements SET quantity = 0',
    'TRUNCATE stock_movements',
  ]) {
    await expect(server.pool.query(change)).rejects.toThrow('stock_movements is append-only');
  }
});
