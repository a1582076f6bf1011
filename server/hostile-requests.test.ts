import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/kernel/ids.ts';
import { SIGNATURE_HEADER } from '../src/protocol/payments.ts';
import { startTestServer, type TestServer } from '../test/server.ts';
import { until } from '../test/until.ts';
import { signBody } from './http/signature.ts';

const SECRET = 'a secret of thirty-two characters';
const KIB = 1024;

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({
    env: { PAYMENT_URL: 'http://127.0.0.1:9', PAYMENT_WEBHOOK_SECRET: SECRET },
  });
  ({ token } = await server.newBuyer());
});
afterAll(() => server.stop());

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('S1.12 a request that nobody sends by mistake is refused, not answered with 500', () => {
  it.each([33, 4_117, 30_000])('a body nested %i levels deep', async (levels) => {
    const body = `{"skuId":"LAMP","quantity":1,"gift":${nested(levels - 1)}}`;
    const headers = { 'idempotency-key': newId() };
    const { status, body: problem } = await server.call('POST', '/api/v1/reservations', {
      ...{ token, body, headers },
    });
    expect([status, problem.code]).toEqual([400, 'MALFORMED_BODY']);
  });

  const campaign = {
    ...{ campaignId: 'C', name: 'C', capacity: 1 },
    ...{ startsAt: '2020-01-01T00:00:00Z', endsAt: '2030-01-01T00:00:00Z' },
  };
  const fractions = `2020-01-01T00:00:00.${'1'.repeat(200)}Z`;
  it.each([
    ['in the year 0', { startsAt: '0000-01-01T00:00:00Z' }],
    ['with the end of its vouchers in the year 0', { voucherValidUntil: '0000-02-01T00:00:00Z' }],
    ['with two hundred digits of a second', { startsAt: fractions }],
  ])('a campaign %s', async (_, times) => {
    const { status, body } = await server.call('PUT', '/api/v1/admin/campaigns', {
      token: server.adminToken,
      body: { campaigns: [{ ...campaign, ...times }] },
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it.each(['0000-01-01T00:00:00Z', fractions])(
    'a flash sale that begins at %s',
    async (startTime) => {
      const skuId = await server.newProduct(1);
      const sale = { saleId: newId(), skuId, startTime, endTime: '2030-01-01T00:00:00Z' };
      const { status, body } = await server.call('PUT', '/api/v1/admin/flash-sales', {
        token: server.adminToken,
        body: { sales: [sale] },
      });
      expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    },
  );

  it.each(['0000-01-01', '9999-12-32'])('a recount of the day %s', async (day) => {
    const { status, body } = await server.call('POST', '/api/v1/admin/analytics/recount', {
      token: server.adminToken,
      body: { from: day, to: day },
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('a campaign that ends so late in the year 9999 that its end has five digits', async () => {
    const endsAt = '9999-12-31T23:59:59.9999999Z';
    const { status, body } = await server.call('PUT', '/api/v1/admin/campaigns', {
      token: server.adminToken,
      body: { campaigns: [{ ...campaign, endsAt }] },
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('a campaign or a flash sale that is listed twice', async () => {
    const skuId = await server.newProduct(1);
    const sale = {
      ...{ saleId: newId(), skuId },
      ...{ startTime: campaign.startsAt, endTime: campaign.endsAt },
    };
    const twice = [
      ['/api/v1/admin/campaigns', { campaigns: [campaign, campaign] }, 'campaigns.1.campaignId'],
      ['/api/v1/admin/flash-sales', { sales: [sale, sale] }, 'sales.1.saleId'],
    ] as const;
    for (const [path, wanted, wrong] of twice) {
      const answer = await server.call('PUT', path, { token: server.adminToken, body: wanted });
      expect([answer.status, answer.body.errors?.[0].path]).toEqual([400, wrong]);
    }
  });

  it.each(['eventId', 'surprise'])('a webhook with a NUL in its field %s', async (field) => {
    const event = { eventId: 'e-1', paymentId: newId(), type: 'payment.charged', [field]: 'e\0' };
    const body = JSON.stringify(event);
    const { status, body: problem } = await server.call('POST', '/api/v1/payments/webhook', {
      body,
      headers: { [SIGNATURE_HEADER]: signBody(body, SECRET, Date.now()) },
    });
    expect([status, problem.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('users with numbers so large that two of them are one', async () => {
    const { status, body } = await server.call('PUT', '/api/v1/admin/users', {
      token: server.adminToken,
      body: { prefix: 'many-', first: Number.MAX_SAFE_INTEGER, count: 5 },
    });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('a NUL in the path or in the query of any list', async () => {
    const paths = [
      '/api/v1/products/%00',
      '/api/v1/products?cursor=%00',
      '/api/v1/orders?limit=%00',
    ];
    for (const path of paths) {
      expect((await server.call('GET', path, { token })).status).toBeOneOf([400, 404]);
    }
  });
});

it('S1.12 clients that do not read a large answer share its bytes', async () => {
  const { hostname, port } = new URL(server.url);
  const path = '/docs/swagger-ui-bundle.js';
  const size = (await server.call('GET', path)).body.length;
  const inUse = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = inUse();
  // Several for each, because the kernel takes the first ones off the server's hands.
  const asked = `GET ${path} HTTP/1.1\r\nHost: shop\r\n\r\n`.repeat(10);
  const sockets = Array.from({ length: 60 }, () => {
    const socket = connect(Number(port), hostname).pause();
    socket.write(asked);
    return socket;
  });
  const underWay = async () =>
    Number(/in_flight (\d+)/.exec((await server.call('GET', '/metrics')).body)?.[1]);
  await until(async () => (await underWay()) > 60);
  expect(inUse() - before).toBeLessThan(30 * size);
  for (const socket of sockets) socket.destroy();
});

describe('a client that goes on sending after its answer', () => {
  /** Sends a body without end. Resolves to the status of the answer and the bytes sent until the server cut it off. */
  async function flood(path: string, headers: string): Promise<{ answer: string; sent: number }> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    let answer = '';
    socket.on('data', (data) => (answer += data));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: shop\r\n${headers}\r\n`);
    const chunk = Buffer.alloc(64 * KIB, ' ');
    let sent = 0;
    while (!socket.destroyed && sent < 200_000 * KIB) {
      sent += chunk.length;
      const isRoom = socket.write(headers.includes('chunked') ? `10000\r\n${chunk}\r\n` : chunk);
      if (!isRoom)
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    socket.destroy();
    return { answer: answer.slice(9, 12), sent };
  }
  const json = 'Content-Type: application/json\r\n';

  it.each([
    ['413 by its length', '/login', `${json}Content-Length: 9000000000\r\n`, '413'],
    ['413 while it is read', '/login', `${json}Transfer-Encoding: chunked\r\n`, '413'],
    ['401', '/api/v1/reservations', `${json}Content-Length: 9000000000\r\n`, '401'],
    ['404', '/nowhere', 'Transfer-Encoding: chunked\r\n', '404'],
  ])('%s is cut off', async (_, path, headers, status) => {
    const { answer, sent } = await flood(path, headers);
    expect(answer).toBe(status);
    // The kernel's buffers hold some megabytes on each side.
    expect(sent).toBeLessThan(30_000 * KIB);
  });

  it('a little keeps its connection', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (data) => (received += data));
    socket.write(`POST /nowhere HTTP/1.1\r\nHost: shop\r\nContent-Length: 100000\r\n\r\n`);
    await once(socket, 'data');
    socket.write(`${' '.repeat(100_000)}GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n`);
    await once(socket, 'data');
    socket.destroy();
    expect(received).toContain('"live"');
  });
});
