import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../src/kernel/ids.ts';
import { ProviderBehaviour, SIGNATURE_HEADER } from '../../../src/protocol/payments.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { until } from '../../../test/until.ts';
import { signBody } from '../../http/signature.ts';
import { createPaymentService } from '../../payment-provider/service.ts';
import { createLogger } from '../../platform/logging.ts';

const SECRET = 'a secret of thirty-two characters';

const provide = (behaviour: object) =>
  createPaymentService({
    host: '127.0.0.1',
    port: 0,
    behaviour: ProviderBehaviour.parse({ async: true, ...behaviour }),
    seed: 7,
    webhookSecret: SECRET,
    log: createLogger({ level: 'silent', instance: 'payments' }),
  });

async function startShop(behaviour: object, roles: string) {
  const provider = provide(behaviour);
  const server = await startTestServer({
    env: {
      ROLES: roles,
      SWEEP_INTERVAL_MS: '20',
      PAYMENT_URL: await provider.start(),
      PAYMENT_WEBHOOK_SECRET: SECRET,
    },
  });
  return { provider, server, ...actions(server) };
}

function actions(server: TestServer) {
  const reserve = async (skuId: string, token: string) =>
    (await server.call('POST', '/api/v1/reservations', { token, body: { skuId, quantity: 1 } }))
      .body.reservationId as string;
  const checkOut = (token: string, reservationId: string, transactionId: string = newId()) =>
    server.call('POST', '/api/v1/orders/checkout', {
      token,
      body: { reservationId, paymentMethod: 'card', transactionId },
    });
  return {
    reserve,
    checkOut,
    async ordered(transactionId?: string, stock = 1) {
      const [{ token }, skuId] = [await server.newBuyer(), await server.newProduct(stock)];
      const reservationId = await reserve(skuId, token);
      const { status, body } = await checkOut(token, reservationId, transactionId);
      return { token, skuId, reservationId, status, orderId: body.orderId as string };
    },
    async states(skuId: string): Promise<string[]> {
      const { rows } = await server.pool.query(
        `SELECT o.status || ' ' || p.status AS state FROM payments p JOIN orders o USING (order_id)
         WHERE o.sku_id = $1 ORDER BY o.order_id`,
        [skuId],
      );
      return rows.map(({ state }) => state);
    },
    tell(event: object, headers: Record<string, string> = {}) {
      const body = JSON.stringify(event);
      return server.call('POST', '/api/v1/payments/webhook', {
        body,
        headers: { [SIGNATURE_HEADER]: signBody(body, SECRET, Date.now()), ...headers },
      });
    },
    async webhooks(outcome: string): Promise<number> {
      const { body } = await server.call('GET', '/metrics');
      const line = new RegExp(
        `^flashsale_payment_webhooks_total{outcome="${outcome}"} (\\d+)`,
        'm',
      );
      return Number(line.exec(body)?.[1] ?? 0);
    },
  };
}

describe('S1.4 a provider that decides later', () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  // Without the sweeper, so that only webhooks settle payments.
  beforeAll(async () => {
    shop = await startShop({ duplicateWebhooks: true }, 'api');
  });
  afterAll(async () => {
    await shop.server.stop();
    await shop.provider.stop();
  });

  it('makes a checkout PENDING, and confirms it once with webhooks that are sent twice', async () => {
    const [before, beforeRepeated] = [
      await shop.webhooks('accepted'),
      await shop.webhooks('repeated'),
    ];
    const { token, skuId, status, orderId } = await shop.ordered();
    expect(status).toBe(202);
    const read = () => shop.server.call('GET', `/api/v1/orders/${orderId}`, { token });
    await until(async () => (await read()).body.status === 'CONFIRMED');
    await until(async () => (await shop.webhooks('repeated')) === beforeRepeated + 1);
    expect(await shop.webhooks('accepted')).toBe(before + 1);
    expect(await shop.states(skuId)).toEqual(['CONFIRMED CHARGED']);
    const stock = await shop.server.call('GET', `/api/v1/products/${skuId}/availability`);
    expect(stock.body).toMatchObject({ available: 0, reserved: 0, sold: 1 });
  });

  it('fails a checkout by webhook, after which the reservation can be paid for again', async () => {
    const { token, skuId, reservationId } = await shop.ordered('decline-1');
    await until(async () => (await shop.states(skuId))[0] === 'FAILED DECLINED');
    expect((await shop.checkOut(token, reservationId)).status).toBe(202);
    await until(async () => (await shop.states(skuId))[1] === 'CONFIRMED CHARGED');
  });
});

describe('S1.3 webhooks', () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  let order: Awaited<ReturnType<typeof shop.ordered>>;
  const event = (type: string, details = {}) => ({
    ...{ eventId: newId(), paymentId: order.orderId, type: `payment.${type}`, ...details },
  });
  // The provider itself sends no webhook, because a charge takes longer than any test.
  beforeAll(async () => {
    shop = await startShop({ latencyMs: 600_000 }, 'api');
  });
  afterAll(async () => {
    await shop.server.stop();
    await shop.provider.stop();
  });
  beforeEach(async () => {
    order = await shop.ordered();
  });

  it('that are not signed by the provider change nothing', async () => {
    const body = event('charged');
    const forged = signBody(JSON.stringify(body), 'somebody else’s secret', Date.now());
    const stale = signBody(JSON.stringify(body), SECRET, Date.now() - 301_000);
    for (const signature of ['', 'nonsense', forged, stale]) {
      const refused = await shop.tell(body, { [SIGNATURE_HEADER]: signature });
      expect([refused.status, refused.body.code]).toEqual([401, 'INVALID_SIGNATURE']);
    }
    expect(await shop.states(order.skuId)).toEqual(['PENDING PENDING']);
  });

  it('of another form are refused, signed or not', async () => {
    for (const wrong of [event('charged', { amount: '1.00' }), event('forgiven'), {}]) {
      expect((await shop.tell(wrong)).status).toBe(400);
    }
  });

  it('about unknown payments are accepted and change nothing', async () => {
    expect((await shop.tell(event('charged', { paymentId: newId() }))).status).toBe(200);
    expect(await shop.states(order.skuId)).toEqual(['PENDING PENDING']);
  });

  it('take effect once when several arrive at the same time', async () => {
    const told = event('charged');
    const answers = await Promise.all(Array.from({ length: 8 }, () => shop.tell(told)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await shop.states(order.skuId)).toEqual(['CONFIRMED CHARGED']);
    const { rows } = await shop.server.pool.query(
      `SELECT kind FROM stock_movements WHERE sku_id = $1 ORDER BY sequence`,
      [order.skuId],
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['RESERVED', 'SOLD']);
  });

  it('that are repeated after a cancellation do not confirm the order', async () => {
    const told = event('charged');
    await shop.tell(told);
    const cancelled = await shop.server.call('POST', `/api/v1/orders/${order.orderId}/cancel`, {
      token: order.token,
    });
    expect(cancelled.status).toBe(200);
    for (const again of [told, event('charged')]) {
      expect((await shop.tell(again)).status).toBe(200);
      expect((await shop.states(order.skuId))[0]).toMatch(/^CANCELLED/);
    }
  });

  it('that arrive out of order lead to the last state', async () => {
    expect((await shop.tell(event('refunded'))).status).toBe(200);
    expect((await shop.tell(event('charged'))).status).toBe(200);
    expect(await shop.states(order.skuId)).toEqual(['FAILED REFUNDED']);
  });

  it('cannot refund the payment of a confirmed order', async () => {
    await shop.tell(event('charged'));
    await shop.tell(event('refunded'));
    await shop.tell(event('declined'));
    expect(await shop.states(order.skuId)).toEqual(['CONFIRMED CHARGED']);
  });

  it('that arrive after the hold lapsed hold new units, or fail the order when there are none', async () => {
    const lapse = (reservationId: string) =>
      shop.server.pool.query(
        `UPDATE reservations SET expires_at = now() - interval '1 second' WHERE reservation_id = $1`,
        [reservationId],
      );
    await lapse(order.reservationId);
    await shop.tell(event('charged'));
    expect(await shop.states(order.skuId)).toEqual(['CONFIRMED CHARGED']);

    const late = await shop.ordered();
    await lapse(late.reservationId);
    // Another buyer gets the unit: the first one reserves again, which ends the lapsed hold, and releases that.
    const anew = await shop.reserve(late.skuId, late.token);
    await shop.server.call('DELETE', `/api/v1/reservations/${anew}`, { token: late.token });
    const other = await shop.server.newBuyer();
    await shop.reserve(late.skuId, other.token);
    await shop.tell(event('charged', { paymentId: late.orderId }));
    expect(await shop.states(late.skuId)).toEqual(['FAILED CHARGED']);
  });
});
