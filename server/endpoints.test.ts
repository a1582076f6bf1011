import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listRoutes } from '../test/routes.ts';
import { startTestServer, type TestServer } from '../test/server.ts';
import { ENDPOINTS } from './endpoints.ts';
import { pathsOf } from './http/description/endpoint.ts';

// biome-ignore lint/suspicious/noExplicitAny: a part of the OpenAPI document
type Document = any;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('S4.9 the documentation', () => {
  it('has every route of the app, and no other', () => {
    const documented = ENDPOINTS.flatMap((endpoint) =>
      pathsOf(endpoint).map((path) => `${endpoint.method} ${path}`),
    );
    expect(documented.toSorted()).toEqual(listRoutes(server.app).toSorted());
  });

  it('is an OpenAPI 3.1 document with the schemas that check the requests', async () => {
    const { status, headers, body } = await server.call('GET', '/openapi.json');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(body.openapi).toBe('3.1.0');
    const { post } = body.paths['/api/v1/reservations'];
    expect(post.security).toEqual([{ bearer: [] }]);
    expect(post.requestBody.content['application/json'].schema).toMatchObject({
      properties: { quantity: { type: 'integer', minimum: 1, maximum: 10 } },
      required: ['skuId', 'quantity'],
      additionalProperties: false,
    });
    expect(post.responses['409'].description).toContain('`ALREADY_RESERVED`');
    expect(post.responses['409'].content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
    expect(body.paths['/api/v1/products'].get.security).toEqual([]);
    const named = ({ in: place, name, required = false }: Document) => [place, name, required];
    expect(body.paths['/api/v1/orders/{id}'].get.parameters.map(named)).toEqual([
      ['path', 'id', true],
      ['header', 'x-request-id', false],
      ['header', 'traceparent', false],
    ]);
    expect(post.parameters.map(named)).toEqual(
      expect.arrayContaining([
        ['header', 'idempotency-key', false],
        ['header', 'x-call-id', false],
      ]),
    );
    expect(body.paths['/api/v1/products'].get.responses['304'].headers.ETag.required).toBe(true);
  });

  it('says what its schemas cannot', async () => {
    const { body } = await server.call('GET', '/openapi.json');
    const bodyOf = (method: string, path: string) =>
      body.paths[path][method].requestBody.content['application/json'].schema;
    const cursorOf = (path: string) =>
      body.paths[path].get.parameters.find(({ name }: { name: string }) => name === 'cursor');

    const { password } = bodyOf('post', '/register').properties;
    expect(password).toMatchObject({
      maxLength: 72,
      description: expect.stringContaining('72 bytes'),
    });
    const lists = [
      ['products', 'products', 'Each SKU', undefined],
      ['campaigns', 'campaigns', 'Each campaign', ['endsAt', 'startsAt']],
      ['flash-sales', 'sales', 'Each sale', ['endTime', 'startTime']],
    ] as const;
    for (const [path, field, once, times] of lists) {
      const list = bodyOf('put', `/api/v1/admin/${path}`).properties[field];
      expect(list.description).toContain(once);
      if (times === undefined) continue;
      expect(list.items.properties[times[0]].description).toContain(`Later than \`${times[1]}\``);
      expect(list.items.properties[times[1]].description).toContain('1970');
    }
    for (const path of ['products', 'orders', 'vouchers', 'admin/dead-letters']) {
      expect(JSON.stringify(cursorOf(`/api/v1/${path}`))).toContain('nextCursor');
    }
    expect(bodyOf('post', '/api/v1/admin/dead-letters/replay').description).toContain('either');
    expect(Object.keys(body.paths['/health'].get.responses['503'].content)).toEqual([
      'application/json',
      'application/problem+json',
    ]);
  });

  it('leads from what was made on to what can be done with it', async () => {
    const { body } = await server.call('GET', '/openapi.json');
    const operations = Object.values<Document>(body.paths).flatMap(Object.values<Document>);
    const links = operations.flatMap(({ operationId, responses }) =>
      Object.entries<Document>(responses).flatMap(([status, { links = {} }]) =>
        Object.values<Document>(links).map((link) => ({ from: `${operationId} ${status}`, link })),
      ),
    );
    for (const { from, link } of links) {
      const to = operations.find(({ operationId }) => operationId === link.operationId);
      expect([from, to]).toEqual([from, expect.anything()]);
      const taken = to.parameters.map(({ name }: Document) => name);
      expect([from, ...taken]).toEqual(expect.arrayContaining(Object.keys(link.parameters ?? {})));
      const schema = to.requestBody?.content['application/json'].schema ?? {};
      const forms: Document[] = schema.anyOf ?? [schema];
      const fields = forms.flatMap(({ properties = {} }) => Object.keys(properties));
      expect(fields).toEqual(expect.arrayContaining(Object.keys(link.requestBody ?? {})));
    }
    const leads = links.map(({ from, link }) => `${from}: ${link.operationId}`);
    expect(leads).toEqual(
      expect.arrayContaining([
        'post /api/v1/reservations 201: post /api/v1/orders/checkout',
        'post /api/v1/orders/checkout 201: post /api/v1/orders/:id/cancel',
        'put /api/v1/admin/campaigns 200: post /api/v1/register',
        'post /api/v1/register 201: post /api/v1/voucher/use',
        'post /register 201: post /api/auth/login',
        'post /login 200: post /api/auth/refresh',
      ]),
    );
  });

  it('S2.2 has no request that names an address for the server to call', async () => {
    const { body } = await server.call('GET', '/openapi.json');
    const fieldsOf = (schema: Document): [string, Document][] =>
      Object.entries<Document>(schema ?? {}).flatMap(([key, value]) => {
        if (value === null || typeof value !== 'object') return [];
        const fields = key === 'properties' ? Object.entries<Document>(value) : [];
        return [...fields, ...fieldsOf(value)];
      });
    const operations = Object.values<Document>(body.paths).flatMap(Object.values<Document>);
    const fields = operations.flatMap(({ parameters = [], requestBody }) => [
      ...parameters.map(({ name, schema }: Document) => [name, schema]),
      ...fieldsOf(requestBody),
    ]);
    expect(fields.map(([name]) => name)).toEqual(expect.arrayContaining(['skuId', 'lines']));
    const named = fields.filter(
      ([name, { format }]) =>
        /ur[il]|href|host|callback|redirect/i.test(name) || /ur[il]/.test(format),
    );
    expect(named.map(([name]) => name)).toEqual([]);
  });

  it('is shown by pages that need nothing from other hosts', async () => {
    const { headers, body: page } = await server.call('GET', '/docs');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none';script-src 'self';");
    expect(page).not.toMatch(/https?:|<script>/);
    const files = [...page.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(files).toHaveLength(3);
    for (const path of files) {
      const file = await server.call('GET', path);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.body.length).toBeGreaterThan(100);
    }
    expect((await server.call('GET', '/docs/package.json')).body.code).toBe('NOT_FOUND');
  });
});

it.each(ENDPOINTS.flatMap((endpoint) => pathsOf(endpoint).map((path) => [endpoint.method, path])))(
  '%s %s answers under this path alone',
  async (method, template) => {
    const path = template.replace(/:\w+/g, '018f0000-0000-7000-8000-000000000001');
    for (const other of [
      `${path}/`,
      path.toUpperCase(),
      `/${path}`,
      path.replace(/[a-z]/, encode),
    ]) {
      const { status } = await server.call(method.toUpperCase(), other);
      expect([other, status]).toEqual([other, 404]);
    }
  },
);

const READS = ENDPOINTS.filter(({ method }) => method === 'get').flatMap(pathsOf);

it.each(READS)('HEAD %s is answered as GET is, without the body', async (template) => {
  const path = template.replace(/:\w+/g, '018f0000-0000-7000-8000-000000000001');
  for (const token of [server.adminToken, 'none']) {
    const headers = { authorization: `Bearer ${token}` };
    const head = await fetch(server.url + path, { method: 'HEAD', headers });
    const get = await server.call('GET', path, { headers });
    expect([head.status, await head.text()]).toEqual([get.status, '']);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
  }
});

const METHODS = new Map<string, string[]>();
for (const endpoint of ENDPOINTS) {
  for (const path of pathsOf(endpoint)) {
    METHODS.set(path, [...(METHODS.get(path) ?? []), endpoint.method.toUpperCase()]);
  }
}

it.each([...METHODS])('OPTIONS %s names its methods %j', async (template, methods) => {
  const path = template.replace(/:\w+/g, '018f0000-0000-7000-8000-000000000001');
  const { status, headers } = await server.call('OPTIONS', path);
  expect(status).toBe(405);
  expect(headers.get('allow')?.split(', ').toSorted()).toEqual(methods.toSorted());
});

const encode = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;
