import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { FlashSaleStatus } from '../../../src/protocol/flash-sales.ts';
import { describeWithRedis } from '../../../test/redis.ts';
import { startTestServer } from '../../../test/server.ts';
import { describeFlashSale } from './flash-sales.contract.ts';
import { newSale, OPEN } from './testing/sales.ts';

describe('a flash sale without Redis', () => describeFlashSale(() => ({})));

describeWithRedis('a flash sale with Redis', (url) =>
  describeFlashSale(() => ({ REDIS_URL: url() })),
);

describe('S4.2 the status', () => {
  test('S4.2 is that of the sale that is on, else of the most recent', async () => {
    const server = await startTestServer();
    const { token } = await server.newBuyer();
    const read = () => server.call('GET', '/api/flash-sale/status', { token });
    expect((await read()).status).toBe(404);

    const ended = await newSale(server, 1, { endTime: '2020-01-02T00:00:00Z' });
    expect((await read()).body).toMatchObject({ id: ended, status: 'ENDED' });
    const active = await newSale(server, 1, { productDescription: 'Bright' });
    await newSale(server, 1, { startTime: '2098-01-01T00:00:00Z' });
    expect(FlashSaleStatus.parse((await read()).body)).toMatchObject({
      id: active,
      status: 'ACTIVE',
      productId: active,
      productName: 'Shoe',
      productDescription: 'Bright',
      startTime: '2020-01-01T00:00:00.000Z',
    });
    await server.stop();
  });
});

describe('S4.7 the tables of sales', () => {
  test('S4.7 refuse sales of products and attempts at sales that do not exist', async () => {
    const server = await startTestServer();
    const { status, body } = await server.call('PUT', '/api/v1/admin/flash-sales', {
      token: server.adminToken,
      body: { sales: [{ saleId: 's', skuId: 'nothing', ...OPEN }] },
    });
    expect([status, body.code]).toEqual([404, 'UNKNOWN_SKU']);
    const { userId } = await server.newBuyer();
    const write = (saleId: string) =>
      server.pool.query(
        `INSERT INTO purchase_attempts (attempt_id, sale_id, user_id, hold_id, created_at)
         VALUES ($1, $2, $3, $1, now())`,
        [newId(), saleId, userId],
      );
    await expect(write('nothing')).rejects.toThrow(/purchase_attempts_sale_id_fkey/);
    const saleId = await newSale(server, 1);
    await write(saleId);
    await expect(write(saleId)).rejects.toThrow(/purchase_attempts_sale_id_user_id_key/);
    const second = await server.call('PUT', '/api/v1/admin/flash-sales', {
      token: server.adminToken,
      body: { sales: [{ saleId: 'second', skuId: saleId, ...OPEN }] },
    });
    expect([second.status, second.body.code]).toEqual([409, 'PRODUCT_HAS_SALE']);
    await server.stop();
  });
});
