import type { IncomingMessage } from 'node:http';
import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_ID_HEADER, REQUEST_ID_HEADER } from '../src/protocol/headers.ts';
import { ProviderBehaviour, SIGNATURE_HEADER } from '../src/protocol/payments.ts';
import { Problem } from '../src/protocol/problem.ts';
import { type Answer, startTestServer, type TestServer } from '../test/server.ts';
import { silentLog } from '../test/silent-log.ts';
import { ENDPOINTS } from './endpoints.ts';
import { describeApi } from './http/description/openapi.ts';
import { signBody } from './http/signature.ts';
import { createPaymentService } from './payment-provider/service.ts';

/** `FUZZ_SEED` repeats a run, `FUZZ_RUNS` makes a longer one. The names of the tests contain the seed. */
const SEED = Number(process.env.FUZZ_SEED || Date.now() % 2 ** 31);
const RUNS = Number(process.env.FUZZ_RUNS || 20);
/** A request without an answer after this time fails its test. */
const ANSWER_MS_MAX = 20_000;

// biome-ignore lint/suspicious/noExplicitAny: a JSON Schema of the OpenAPI document
type Schema = any;

const SECRET = 'a secret of thirty-two characters';
const provider = createPaymentService({
  ...{ host: '127.0.0.1', port: 0, seed: 7, webhookSecret: SECRET, log: silentLog },
  behaviour: ProviderBehaviour.parse({}),
});
let server: TestServer;
/** An image of one pixel. */
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
/** The callers. */
let buyerId: string;
let adminId: string;
let organizerId: string;
/** Values that exist on this server, by the names of their fields. */
const known: Record<string, string[]> = {};

beforeAll(async () => {
  server = await startTestServer({
    env: {
      LOGIN_ATTEMPTS_PER_USERNAME: '1000000',
      PAYMENT_URL: await provider.start(),
      PAYMENT_WEBHOOK_SECRET: SECRET,
    },
  });
  watchReads(server);
  const { token, userId } = await server.newBuyer();
  buyerId = userId;
  adminId = (await server.newBuyer()).userId;
  organizerId = (await server.newBuyer()).userId;
  const [skuId, saleSku] = [await server.newProduct(1_000_000), await server.newProduct(1_000)];
  const [past, future] = ['2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'];
  await put('/api/v1/admin/campaigns', {
    campaigns: ['SPRING', 'SUMMER'].map((campaignId) => ({
      campaignId,
      name: campaignId,
      capacity: 1000,
      startsAt: past,
      endsAt: future,
    })),
  });
  await put('/api/v1/admin/flash-sales', {
    sales: [{ saleId: 'SALE', skuId: saleSku, startTime: past, endTime: future }],
  });
  const goal = { counts: 'codes', needed: 1, codes: ['RED'] };
  await put('/api/v1/admin/achievements', {
    achievements: [{ achievementId: 'FAN', name: 'Fan', goal, points: 5 }],
  });
  const reward = { campaignId: 'PRIZES', achievementId: 'FAN', points: 5 };
  await put('/api/v1/admin/campaigns', {
    campaigns: [
      {
        ...{ campaignId: 'PRIZES', name: 'Prizes', capacity: 3, isReward: true },
        ...{ startsAt: past, endsAt: future },
      },
    ],
  });
  await put('/api/v1/admin/quests', { quests: [{ questId: 'HUNT', name: 'Hunt', goal, reward }] });
  const post = async (path: string, body: unknown) =>
    (await server.call('POST', path, { token, body })).body;
  const reserve = async (sku: string) =>
    (await post('/api/v1/reservations', { skuId: sku, quantity: 1 })).reservationId;
  const [reservationId, paid] = [await reserve(skuId), await reserve(saleSku)];
  const { orderId } = await post('/api/v1/orders/checkout', {
    reservationId: paid,
    paymentMethod: 'card',
    transactionId: 'tx-1',
  });
  const { code } = await post('/api/v1/register', { campaignId: 'SPRING' });
  const referrals = await server.call('GET', '/referrals', { token });
  const event = await putUpEvent();
  const image = event.imageUrl.replace('/images/', '');
  Object.assign(known, {
    skuId: [skuId],
    sku: [skuId],
    productId: [skuId, saleSku],
    reservationId: [reservationId],
    userId: [userId],
    id: [reservationId, orderId, event.eventId],
    ticketTypeId: [event.ticketTypeId],
    city: ['Łódź'],
    paymentId: [orderId],
    campaignId: ['SPRING', 'SUMMER'],
    saleId: ['SALE'],
    questId: ['HUNT'],
    achievementId: ['FAN'],
    code: [code, 'RED', await buyTicket(token, event.ticketTypeId)],
    referralCode: [referrals.body.code],
    file: ['start.js', '__proto__', image],
  });
});
afterAll(async () => {
  await server.stop();
  await provider.stop();
});

async function put(path: string, body: unknown): Promise<void> {
  const { status } = await server.call('PUT', path, { token: server.adminToken, body });
  expect(status).toBe(200);
}

async function putUpEvent(): Promise<Record<'eventId' | 'ticketTypeId' | 'imageUrl', string>> {
  const token = server.tokenFor({ userId: organizerId, role: 'organizer' });
  const { body: event } = await server.call('POST', '/events', {
    token,
    body: {
      ...{ title: 'A long evening', venue: 'Town hall', city: 'Łódź' },
      ...{ startsAt: '2090-01-01T18:00:00Z', endsAt: '2090-01-01T22:00:00Z' },
      image: PIXEL,
    },
  });
  const { body } = await server.call('POST', `/events/${event.eventId}/ticket-types`, {
    token,
    body: {
      ...{ name: 'Balcony', price: '12.00', capacity: 1000 },
      ...{ opensAt: '2020-01-01T00:00:00Z', closesAt: '2090-01-01T18:00:00Z' },
    },
  });
  return { ...event, ticketTypeId: body.ticketTypeId };
}

async function buyTicket(token: string, ticketTypeId: string): Promise<string> {
  const { body } = await server.call('POST', '/tickets/purchase', {
    token,
    body: { ticketTypeId, quantity: 1, paymentMethod: 'card', transactionId: 'tx-ticket' },
  });
  return body.tickets[0].code;
}

/** Values that match a schema of the document; for some fields also values that exist on the server. */
function valid(schema: Schema, name = ''): Arbitrary<unknown> {
  const made = make(schema);
  return known[name] === undefined ? made : fc.oneof(fc.constantFrom(...known[name]), made);
}

function make(schema: Schema): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const forms = schema.oneOf ?? schema.anyOf;
  if (forms !== undefined) return fc.oneof(...forms.map(make));
  switch ([schema.type].flat()[0]) {
    case 'string':
      return makeString(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'boolean':
      return fc.boolean();
    case 'array': {
      const { minItems = 0, maxItems = 5 } = schema;
      return fc.array(make(schema.items), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 3),
      });
    }
    case 'object':
      return makeObject(schema);
    default:
      return fc.jsonValue();
  }
}

function makeString({ format, pattern, minLength = 0, maxLength = 200 }: Schema) {
  if (format === 'uuid') return fc.uuid({ version: 7 });
  if (format === 'date-time') {
    const [min, max] = [new Date('2000-01-01'), new Date('2100-01-01')];
    const times = fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
    return fc.oneof({ weight: 9, arbitrary: times }, fc.constantFrom(...ODD_TIMES));
  }
  if (format === 'date') return fc.constantFrom(...ODD_TIMES.map((time) => time.slice(0, 10)));
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(fits);
  const unit = fc.oneof(
    { weight: 9, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
    ODD_UNIT,
  );
  return fc.string({ unit, minLength, maxLength: Math.min(maxLength, minLength + 20) });
}

/** Times of the right form, some of which PostgreSQL does not take. */
const ODD_TIMES = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59.9999999Z',
  `2020-01-01T00:00:00.${'1'.repeat(200)}Z`,
];

/** Characters that a database or an encoder may not take. */
const ODD_UNIT = fc.constantFrom('\0', '\ud800', '\u2028', '\u{1f600}');

function makeObject({ properties = {}, required = [] }: Schema): Arbitrary<object> {
  const fields = Object.entries(properties).map(([name, field]) => [name, valid(field, name)]);
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

/** Values that do not match the schema: any JSON, malformed texts, or a valid object with one wrong field. */
function spoiled(schema: Schema): Arbitrary<unknown> {
  const names = Object.keys(schema.properties ?? {});
  return fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('', '{', '[]', 'null', '"\u0000"', '{"__proto__":{"role":"admin"}}'),
    fc
      .tuple(makeObject(schema), fc.constantFrom('surprise', ...names), fc.jsonValue())
      .map(([body, name, value]) => ({ ...body, [name]: value })),
  );
}

interface Request {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  body: unknown;
  caller: 'nobody' | 'junk' | 'buyer' | 'organizer' | 'admin';
  key: string | undefined;
  callId: string | undefined;
}

function requests(operation: Schema): Arbitrary<Request> {
  const parameters: Schema[] = operation.parameters ?? [];
  const of = (place: string) => {
    const fields = parameters
      .filter((parameter) => parameter.in === place)
      .map(({ name, schema }) => [
        name,
        fc.oneof({ weight: 3, arbitrary: valid(schema, name) }, fc.string(), fc.constant('\0')),
      ]);
    return fc.record(Object.fromEntries(fields));
  };
  const schema = operation.requestBody?.content['application/json'].schema;
  return fc.record({
    path: of('path'),
    query: fc.oneof(of('query'), fc.constant({})),
    body:
      schema === undefined
        ? fc.constant(undefined)
        : fc.oneof({ weight: 2, arbitrary: make(schema) }, spoiled(schema)),
    caller: fc.constantFrom('buyer', 'admin', 'organizer', 'buyer', 'admin', 'nobody', 'junk'),
    key: fc.constantFrom(undefined, undefined, 'k1', 'k2', 'not a key'),
    callId: fc.constantFrom(undefined, 'call-1', 'not an id'),
  });
}

const DOCUMENT: Schema = JSON.parse(JSON.stringify(describeApi(ENDPOINTS)));
const CASES: [string, string, Schema][] = Object.entries<Schema>(DOCUMENT.paths).flatMap(
  ([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, operation]): [string, string, Schema] => [
      method.toUpperCase(),
      path,
      operation,
    ]),
);

async function ask(
  [method, template]: [string, string],
  { path, query, body, caller, key, callId }: Request,
): Promise<Answer | undefined> {
  // No client can write half a character into a path.
  if (Object.values(path).some((value) => /\p{Surrogate}/u.test(String(value)))) return undefined;
  const filled = template.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(String(path[name])),
  );
  // An empty segment or one of dots leads to another route, or the client resolves it before sending.
  if (/\/(\.{0,2}|%2e|%2e%2e)(\/|$)/i.test(filled)) return undefined;
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const tokens = {
    nobody: undefined,
    junk: 'junk',
    buyer: server.tokenFor({ userId: buyerId, role: 'buyer' }),
    organizer: server.tokenFor({ userId: organizerId, role: 'organizer' }),
    admin: server.tokenFor({ userId: adminId, role: 'admin' }),
  };
  const isSigned = template.endsWith('/webhook') && caller !== 'junk';
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  const answered = server.call(method, search.size > 0 ? `${filled}?${search}` : filled, {
    token: tokens[caller],
    body: method === 'GET' ? undefined : body,
    headers: {
      [REQUEST_ID_HEADER]: OF_TEST,
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(callId !== undefined && { [CALL_ID_HEADER]: callId }),
      ...(isSigned && { [SIGNATURE_HEADER]: signBody(text, SECRET, Date.now()) }),
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('there was no answer')), ANSWER_MS_MAX);
  });
  return await Promise.race([answered, tooLate]).finally(() => clearTimeout(timer));
}

/** The parts of requests of this test that the server has read: names of headers, and `query`. */
const wasRead = new Set<string>();
const OF_TEST = 'of-this-test';

/** Headers that HTTP, the security scheme or the media types of bodies and answers describe, or that only balancers may send. */
const DESCRIBED_ELSEWHERE = [
  ...['authorization', 'host', 'expect', 'upgrade', 'connection', 'x-forwarded-for'],
  'accept',
  ...['content-type', 'content-length', 'content-encoding', 'transfer-encoding'],
];

function documentedIn({ parameters = [] }: Schema): Set<string> {
  return new Set([
    ...DESCRIBED_ELSEWHERE,
    ...parameters.map(({ name, in: place }: Schema) => (place === 'query' ? 'query' : name)),
  ]);
}

/** Notes what the server reads of the requests of this test; its payment provider sends requests as well. */
function watchReads({ app }: TestServer): void {
  const isOfTest = ({ rawHeaders }: IncomingMessage) => rawHeaders.includes(OF_TEST);
  const inherited = (name: string) => {
    for (let object = app.request; ; object = Object.getPrototypeOf(object)) {
      const getter = Object.getOwnPropertyDescriptor(object, name)?.get;
      if (getter !== undefined) return getter;
    }
  };
  const [headers, query] = [inherited('headers'), inherited('query')];
  const get = (target: object, name: string | symbol) => {
    wasRead.add(String(name));
    return Reflect.get(target, name);
  };
  Object.defineProperties(app.request, {
    headers: {
      get(this: IncomingMessage) {
        return isOfTest(this) ? new Proxy(headers.call(this), { get }) : headers.call(this);
      },
    },
    query: {
      get(this: IncomingMessage) {
        if (isOfTest(this)) wasRead.add('query');
        return query.call(this);
      },
    },
  });
}

describe(`S4.9 generated requests (FUZZ_SEED=${SEED})`, () => {
  it.each(CASES)(
    '%s %s answers as documented',
    async (method, path, operation) => {
      await fc.assert(
        fc.asyncProperty(requests(operation), async (request) => {
          wasRead.clear();
          const answer = await ask([method, path], request);
          if (answer === undefined) return;
          expect([...documentedIn(operation)]).toEqual(expect.arrayContaining([...wasRead]));
          expect(Object.keys(operation.responses)).toContain(String(answer.status));
          expect(answer.status).toBeLessThan(500);
          expect(answer.headers.get('x-request-id')).toMatch(/./);
          const contentType = answer.headers.get('content-type');
          if (answer.status >= 400) {
            expect(contentType).toBe('application/problem+json');
            expect(Problem.parse(answer.body).status).toBe(answer.status);
          } else {
            const documented = Object.keys(operation.responses[answer.status].content);
            expect(documented).toContain(contentType?.split(';')[0]);
          }
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: true },
      );
    },
    120_000,
  );
});
