import { expect } from 'vitest';
import type { TestServer } from '../../../../test/server.ts';
import { until } from '../../../../test/until.ts';

export const OPEN = { startTime: '2020-01-01T00:00:00Z', endTime: '2099-01-01T00:00:00Z' };

export async function newSale(
  server: TestServer,
  stock: number,
  details: Record<string, string> = {},
) {
  return sellInFlashSale(server, await server.newProduct(stock), details);
}

/** Makes a flash sale of a product, under its SKU's name. */
export async function sellInFlashSale(
  server: TestServer,
  skuId: string,
  details: Record<string, string> = {},
) {
  const { status } = await server.call('PUT', '/api/v1/admin/flash-sales', {
    token: server.adminToken,
    body: { sales: [{ saleId: skuId, skuId, ...OPEN, ...details }] },
  });
  expect(status).toBe(200);
  return skuId;
}

export const attempt = (
  server: TestServer,
  token: string,
  saleId: string,
  headers: Record<string, string> = {},
) => server.call('POST', `/api/flash-sale/attempt/${saleId}`, { token, headers });

export const reserve = (server: TestServer, token: string, skuId: string, quantity = 1) =>
  server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity } });

export const checkOut = (server: TestServer, token: string, reservationId: string) =>
  server.call('POST', '/api/v1/orders/checkout', {
    token,
    body: { reservationId, paymentMethod: 'card', transactionId: `pay-${reservationId}` },
  });

export const ordersOf = async (server: TestServer, token: string) =>
  (await server.call('GET', '/api/v1/orders', { token })).body.orders;

export const statusOf = async (server: TestServer, token: string, productId: string) =>
  (await server.call('GET', `/api/orders/status/${productId}`, { token })).body.status as string;

/** The status of the user's attempt once it is decided. */
export async function resultOf(
  server: TestServer,
  token: string,
  productId: string,
): Promise<string> {
  await until(async () => (await statusOf(server, token, productId)) !== 'PENDING');
  return statusOf(server, token, productId);
}

export const untilDecided = (server: TestServer, saleId: string) =>
  until(async () => {
    const { rowCount } = await server.pool.query(
      `SELECT 1 FROM purchase_attempts WHERE sale_id = $1 AND status = 'PENDING'`,
      [saleId],
    );
    return rowCount === 0;
  });

export const stockOf = async (server: TestServer, skuId: string) => {
  const { body } = await server.call('GET', `/api/v1/products/${skuId}/availability`);
  return { available: body.available, reserved: body.reserved, sold: body.sold };
};
