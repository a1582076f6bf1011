import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { Problem } from '../../src/protocol/problem.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import { readJson } from './request/json-body.ts';
import { respond } from './response/respond.ts';
import { createApp, createHttpServer } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { BODY_LIMIT_BYTES: '1000', INSTANCE: 'api-7' } });
});
afterAll(() => server.stop());

const ID = '018f0000-0000-7000-8000-000000000001';

describe('S1.12 errors', () => {
  test('an unknown route is 404, as a problem', async () => {
    const { status, headers, body } = await server.call('GET', '/api/v2/everything');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(Problem.parse(body)).toMatchObject({
      type: 'urn:flashsale:problem:not-found',
      status: 404,
      code: 'NOT_FOUND',
      retryable: false,
    });
  });

  test('a wrong method is 405 and says which are right', async () => {
    const { status, headers, body } = await server.call('PATCH', `/api/v1/reservations/${ID}`);
    expect([status, body.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(headers.get('allow')).toBe('GET, DELETE');
  });

  test('a broken percent-encoding is 400', async () => {
    const { status, body } = await server.call('GET', '/api/v1/products/%E0%A4%A');
    expect([status, body.code]).toEqual([400, 'MALFORMED_REQUEST']);
  });

  const { token, ...json } = { token: '', 'content-type': 'application/json' };
  test.each([
    ['no JSON', '{"skuId":', json, 400, 'MALFORMED_BODY'],
    ['nothing at all', '', json, 400, 'MALFORMED_BODY'],
    ['a form', 'skuId=1', { 'content-type': 'text/plain' }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'another character set',
      '{}',
      { 'content-type': 'application/json; charset=latin1' },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'compressed bytes',
      '{}',
      { 'content-encoding': 'gzip', ...json },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['more than the limit', `"${'x'.repeat(2000)}"`, json, 413, 'BODY_TOO_LARGE'],
  ])('a body that is %s', async (_, body, headers, status, code) => {
    const answer = await server.call('POST', '/login', { body, headers, token });
    expect([answer.status, Problem.parse(answer.body).code]).toEqual([status, code]);
  });

  test('a body above the limit without a content-length is refused', async () => {
    const response = await fetch(`${server.url}/login`, {
      method: 'POST',
      headers: json,
      duplex: 'half',
      body: new ReadableStream({
        start(controller) {
          for (let part = 0; part < 10; part++) {
            controller.enqueue(new TextEncoder().encode(' '.repeat(500)));
          }
          controller.close();
        },
      }),
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  test('a body with the charset UTF-8 in its content type is accepted', async () => {
    const answer = await server.call('POST', '/login', {
      body: '{"username":"nobody","password":"correct horse"}',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
    });
    expect(answer.body.code).toBe('INVALID_CREDENTIALS');
  });

  test.each([
    ['headers without end', `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  ])('a request with %s is answered with a problem', async (_, sent, status) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.end(sent);
    let received = '';
    socket.on('data', (data) => (received += data));
    await once(socket, 'close');
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const problem = Problem.parse(JSON.parse(received.slice(received.indexOf('\r\n\r\n'))));
    expect(problem.status).toBe(status);
  });

  test('a fault is 500, and its answer does not contain the cause', async () => {
    const broken = await startTestServer();
    await broken.pool.query('DROP TABLE orders CASCADE');
    const userToken = broken.tokenFor({ userId: newId(), role: 'buyer' });
    const { status, body } = await broken.call('GET', '/api/v1/orders', { token: userToken });
    await broken.stop();
    expect([status, Problem.parse(body).code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(body)).not.toMatch(/relation|orders|\.ts:/);
  });
});

describe('every answer carries a request id', () => {
  test('a new one for each request', async () => {
    const ids = await Promise.all(
      ['/health/live', '/nowhere', '/metrics', '/api/v1/orders'].map(async (path) => {
        const { headers, body, status } = await server.call('GET', path);
        const id = headers.get('x-request-id');
        if (status >= 400) expect(body.requestId).toBe(id);
        return id;
      }),
    );
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^api-7-/);
  });

  test('or the id that the client sent', async () => {
    const { headers } = await server.call('GET', '/nowhere', {
      headers: { 'x-request-id': 'mine-1' },
    });
    expect(headers.get('x-request-id')).toBe('mine-1');
  });

  test('and the trace that the client sent, unless it is malformed', async () => {
    const traceOf = async (traceparent: string) =>
      (await server.call('GET', '/nowhere', { headers: { traceparent } })).headers.get(
        'traceparent',
      );
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(await traceOf(trace)).toBe(trace);
    expect(await traceOf('00-nonsense')).toBeNull();
  });
});

describe('S1.12 a request that is written so that two servers may read it differently', () => {
  const BODY = '{"username":"smuggler","password":"correct horse"}';
  const post = (headers: string, body: string) =>
    `POST /api/auth/register HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;
  const next = 'GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n';
  const length = `Content-Length: ${BODY.length}`;
  const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

  test.each([
    ['two lengths', post(`${length}\r\nContent-Length: 3`, BODY)],
    ['the same length twice', post(`${length}\r\n${length}`, BODY)],
    ['a list of lengths', post(`${length}, 3`, BODY)],
    ['a signed length', post(`Content-Length: +${BODY.length}`, BODY)],
    ['a length in hexadecimal', post(`Content-Length: 0x${BODY.length.toString(16)}`, BODY)],
    ['a length and chunks', post(`${length}\r\nTransfer-Encoding: chunked`, chunked)],
    ['chunks and then something else', post('Transfer-Encoding: chunked, identity', chunked)],
    ['an encoding that is almost chunked', post('Transfer-Encoding: xchunked', chunked)],
    ['a space before the colon', post(`Content-Length : ${BODY.length}`, BODY)],
    ['a folded header', post(`X-A: b\r\n c\r\n${length}`, BODY)],
    ['a header without a colon', post(`Nonsense\r\n${length}`, BODY)],
    ['a NUL in a header', post(`X-A: b\0c\r\n${length}`, BODY)],
    ['a bare line feed', post(`${length}\nX-A: b`, BODY)],
    ['a chunk whose size is negative', post('Transfer-Encoding: chunked', `-1\r\n${chunked}`)],
    ['a version that does not exist', post(length, BODY).replace('HTTP/1.1', 'HTTP/3.0')],
    ['no host', post(length, BODY).replace('Host: shop\r\n', '')],
  ])('with %s is refused, and nothing after it on its connection is read', async (_, text) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data));
    socket.on('error', () => {});
    socket.write(text + next);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).not.toContain('"live"');
    const { rowCount } = await server.pool.query("SELECT FROM users WHERE username = 'smuggler'");
    expect(rowCount).toBe(0);
  });

  test.each([
    ['CONNECT', ''],
    ['GET', 'Upgrade: websocket\r\nConnection: Upgrade\r\n'],
    ['GET', 'Expect: 200-maybe\r\n'],
  ])('%s with "%s" ends no process', async (method, headers) => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.resume();
    socket.write(
      `${method} /health/live HTTP/1.1\r\nHost: shop\r\n${headers}Connection: close\r\n\r\n`,
    );
    await once(socket, 'close');
    expect((await server.call('GET', '/health/live')).status).toBe(200);
  });
});

test('S1.12 a request that does not arrive in time is answered 408, and its connection ends', async () => {
  const app = createApp();
  app.post('/slow', readJson(1000), (_req, res) => respond(res, 200, {}));
  const slow = createHttpServer({
    ...{ app, clock: systemClock, nameRequest: () => 'r-1', onEnd() {} },
    arrivalMsMax: 200,
  });
  const { hostname, port } = new URL(await slow.listen(0, '127.0.0.1'));
  for (const begun of [
    'POST /slow HTTP/1.1\r\nHost: shop\r\nX-A: ',
    `POST /slow HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a":`,
  ]) {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (data) => (answer += data));
    socket.write(begun);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"REQUEST_TIMEOUT"');
  }
  await slow.drain({ noticeMs: 0, timeoutMs: 0 });
});

test('S1.12 readers of large answers who take nothing are cut off before they take up all memory', async () => {
  const app = createApp();
  let answered = 0;
  app.get('/large', (_req, res) => {
    respond(res, 200, 'x'.repeat(20_000_000));
    answered += 1;
  });
  const server = createHttpServer({
    ...{ app, clock: systemClock, nameRequest: () => 'r-1', onEnd() {} },
  });
  const { hostname, port } = new URL(await server.listen(0, '127.0.0.1'));
  const sockets = Array.from({ length: 8 }, () => {
    const socket = connect(Number(port), hostname).pause();
    socket.on('error', () => {});
    socket.write('GET /large HTTP/1.1\r\nHost: shop\r\n\r\n');
    return socket;
  });
  // Three of these answers fit into what may wait.
  await until(() => answered === 8 && server.inFlight() === 3);
  for (const socket of sockets) socket.destroy();
  await server.drain({ noticeMs: 0, timeoutMs: 0 });
});
