import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { newId } from '../src/kernel/ids.ts';
import { Role } from '../src/protocol/accounts.ts';
import { Problem } from '../src/protocol/problem.ts';
import { startTestServer, type TestServer } from '../test/server.ts';
import { ENDPOINTS } from './endpoints.ts';
import { type Endpoint, pathsOf } from './http/description/endpoint.ts';

/** These tests run for every endpoint in the list. Another test (endpoints.test.ts) proves that the list is complete. */

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** The routes that need no token. A route is added here only on purpose. */
const PUBLIC = [
  'get /.well-known/jwks.json',
  'get /.well-known/ticket-keys.json',
  'get /api/v1/products',
  'get /api/v1/products/:skuId',
  'get /api/v1/products/:skuId/availability',
  'get /docs',
  'get /docs/:file',
  'get /events',
  'get /events/:id',
  'get /events/:id/ticket-types',
  'get /health',
  'get /health/live',
  'get /health/ready',
  'get /health/startup',
  'get /images/:file',
  'get /metrics',
  'get /openapi.json',
  'get /quests',
  'post /api/auth/login',
  'post /api/auth/refresh',
  'post /api/auth/register',
  'post /api/v1/payments/webhook',
  'post /auth/login',
  'post /auth/refresh',
  'post /auth/register',
  'post /login',
  'post /register',
];

/** Routes whose path names an object with an owner, and the function that makes such an object and resolves to its id. */
const OWNED: Record<string, (token: string) => Promise<string>> = {
  '/api/v1/reservations/:id': newReservation,
  '/api/v1/orders/:id': newOrder,
  '/api/v1/orders/:id/cancel': newOrder,
  '/api/v1/baskets/:id': newBasket,
  '/api/v1/baskets/:id/checkout': newBasket,
  '/api/v1/baskets/:id/cancel': newBoughtBasket,
};
/** Routes whose path names an object without an owner. */
const SHARED = [
  '/achievements/:achievementId/progress',
  '/api/flash-sale/attempt/:saleId',
  '/api/orders/status/:productId',
  '/quests/:questId',
  '/quests/:questId/claim',
  '/quests/:questId/progress',
  '/quests/:questId/start',
];

const ROUTES = ENDPOINTS.flatMap((endpoint) =>
  pathsOf(endpoint).map((path) => ({ name: `${endpoint.method} ${path}`, path, endpoint })),
);
const GUARDED = ROUTES.filter(({ endpoint }) => endpoint.access !== 'public');

const ID = '018f0000-0000-7000-8000-000000000001';

/** Routes of an object of one's own that need a body. */
const BODIES: Record<string, object> = {
  '/api/v1/baskets/:id/checkout': { paymentMethod: 'card', transactionId: 'tx-of-basket' },
};

/** Calls a route with this id in its path, and with its body, or an empty JSON object. */
const callRoute = (
  { method }: Endpoint,
  path: string,
  options: { token?: string; authorization?: string; id?: string; body?: unknown } = {},
) => {
  const { token, authorization, id = ID, body = BODIES[path] ?? {} } = options;
  return server.call(method.toUpperCase(), path.replace(/:\w+/g, id), {
    token,
    headers: authorization === undefined ? {} : { authorization },
    body: method === 'get' || method === 'delete' ? undefined : body,
  });
};

async function newReservation(token: string): Promise<string> {
  const body = { skuId: await server.newProduct(5), quantity: 1 };
  return (await server.call('POST', '/api/v1/reservations', { token, body })).body.reservationId;
}

async function newBasket(token: string): Promise<string> {
  const body = { lines: [{ skuId: await server.newProduct(5), quantity: 1 }] };
  return (await server.call('POST', '/api/v1/baskets', { token, body })).body.basketId;
}

async function newBoughtBasket(token: string): Promise<string> {
  const basketId = await newBasket(token);
  const body = { paymentMethod: 'card', transactionId: `tx-${basketId}` };
  await server.call('POST', `/api/v1/baskets/${basketId}/checkout`, { token, body });
  return basketId;
}

async function newOrder(token: string): Promise<string> {
  const reservationId = await newReservation(token);
  const body = { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` };
  return (await server.call('POST', '/api/v1/orders/checkout', { token, body })).body.orderId;
}

it('S2.2 only the listed routes are public', () => {
  const open = ROUTES.filter(({ endpoint }) => endpoint.access === 'public');
  expect(open.map(({ name }) => name).toSorted()).toEqual(PUBLIC);
});

describe.each(GUARDED)('S2.2 $name', ({ path, endpoint }) => {
  const caller = { userId: ID, role: 'admin' as const };
  const expectRefused = async (authorization?: string) => {
    const { status, headers, body } = await callRoute(endpoint, path, { authorization });
    expect([status, Problem.parse(body).code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
  };

  it('refuses a call without a token', async () => {
    await expectRefused();
  });

  it('refuses a header without a bearer token', async () => {
    await expectRefused(`Basic ${btoa('admin:admin')}`);
    await expectRefused('Bearer ');
  });

  it('refuses a token that is signed with another secret', async () => {
    const claims = { sub: ID, role: 'admin', iss: 'flashsale', aud: 'flashsale-api' };
    await expectRefused(`Bearer ${jwt.sign(claims, 'a secret of my own', { expiresIn: 60 })}`);
  });

  it('refuses a token without a signature', async () => {
    const [, payload] = server.tokenFor(caller).split('.');
    const header = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    await expectRefused(`Bearer ${header}.${payload}.`);
  });

  it('refuses an expired token', async () => {
    await expectRefused(`Bearer ${server.tokenFor(caller, -1000)}`);
  });

  it('refuses a token whose session was ended', async () => {
    const userId = newId();
    const token = server.tokenFor({ userId, role: 'admin' });
    const ended = await server.call('DELETE', `/api/v1/admin/users/${userId}/sessions`, {
      token: server.adminToken,
    });
    expect(ended.body).toEqual({ sessionsEnded: 1 });
    await expectRefused(`Bearer ${token}`);
  });
});

test.each(GUARDED)('S2.2 $name is for its roles only', async ({ path, endpoint }) => {
  for (const role of Role.options) {
    const token = server.tokenFor({ userId: newId(), role });
    const { status, body } = await callRoute(endpoint, path, { token });
    const isAllowed = typeof endpoint.access === 'string' || endpoint.access.includes(role);
    expect(status).not.toBe(401);
    if (isAllowed) expect(status).not.toBe(403);
    else expect([role, status, body.code]).toEqual([role, 403, 'FORBIDDEN']);
  }
});

describe('an object of another user', () => {
  const named = GUARDED.filter(
    ({ path, endpoint }) => endpoint.access === 'user' && path.includes(':'),
  );

  it('is tested for every path that names one', () => {
    const paths = new Set(named.map(({ path }) => path));
    expect([...paths].toSorted()).toEqual([...Object.keys(OWNED), ...SHARED].toSorted());
  });

  test.each(named.filter(({ path }) => path in OWNED))(
    'S1.3 is not found by $name',
    async ({ path, endpoint }) => {
      const [owner, stranger] = [await server.newBuyer(), await server.newBuyer()];
      const id = await OWNED[path]!(owner.token);
      const strange = await callRoute(endpoint, path, { token: stranger.token, id });
      expect([strange.status, strange.body.code]).toEqual([404, 'NOT_FOUND']);
      const own = await callRoute(endpoint, path, { token: owner.token, id });
      expect(own.status).toBe(path in BODIES ? 201 : 200);
    },
  );

  it('S1.3 is not found by a checkout', async () => {
    const [owner, stranger] = [await server.newBuyer(), await server.newBuyer()];
    const reservationId = await newReservation(owner.token);
    const { status } = await server.call('POST', '/api/v1/orders/checkout', {
      token: stranger.token,
      body: { reservationId, paymentMethod: 'card', transactionId: `tx-${reservationId}` },
    });
    expect(status).toBe(404);
  });
});

/** Fields with which somebody else could come in, or use what a buyer has. */
const SECRET_FIELD = /"(token|ticket|code)"/;
const TOKEN_ROUTES = ROUTES.filter(({ endpoint }) =>
  Object.values(endpoint.answers).some(
    (schema) => schema !== undefined && SECRET_FIELD.test(JSON.stringify(z.toJSONSchema(schema))),
  ),
);

it('S2.2 routes that answer with tokens, tickets or vouchers are found', () => {
  expect(TOKEN_ROUTES.map(({ name }) => name).toSorted()).toEqual([
    'get /api/v1/admin/evidence',
    'get /api/v1/admin/ledger',
    'get /api/v1/vouchers',
    'get /quests/:questId',
    'get /referrals',
    'get /tickets',
    'post /api/auth/login',
    'post /api/auth/refresh',
    'post /api/auth/register',
    'post /api/v1/register',
    'post /api/v1/voucher/use',
    'post /auth/login',
    'post /auth/refresh',
    'post /auth/register',
    'post /login',
    'post /notifications/tickets',
    'post /quests/:questId/claim',
    'post /quests/:questId/progress',
    'post /quests/:questId/start',
    'post /register',
    'post /tickets/purchase',
    'put /api/v1/admin/users',
  ]);
});

test.each(TOKEN_ROUTES)(
  'S2.2 no answer of $name is kept by a cache',
  async ({ path, endpoint }) => {
    const { headers } = await callRoute(endpoint, path, { token: server.adminToken });
    expect(headers.get('cache-control')).toBe('no-store');
  },
);

/** Signed bodies are validated after their signature was verified, so webhooks.test.ts tests them. */
const isSigned = ({ refusals = [] }: Endpoint) => refusals.includes('INVALID_SIGNATURE');

test.each(ROUTES.filter(({ endpoint }) => endpoint.body !== undefined && !isSigned(endpoint)))(
  'S4.10 $name refuses fields it does not know',
  async ({ path, endpoint }) => {
    const { access } = endpoint;
    const role = typeof access === 'string' ? 'admin' : (access[0] as Role);
    const token = server.tokenFor({ userId: newId(), role });
    const { status, body } = await callRoute(endpoint, path, { token, body: { surprise: 1 } });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    const messages = body.errors.map(({ message }: { message: string }) => message);
    expect(messages.join()).toContain('Unrecognized key: "surprise"');
  },
);
