import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { hostileAnswer, serveHostile } from '../../load/testing/hostile-answers.ts';
import { refusedOrigin, serve, serveTcp, type TestServer } from '../../load/testing/servers.ts';
import { runScript, runsInThreads } from './run-script.ts';

/** Sends one reservation, and logs status and error code of the answer. */
const RESERVE_ONCE = `
  import http from 'k6/http';
  export const options = { iterations: Number(__ENV.TIMES || 1) };
  export default async function () {
    const answer = await http.post(
      __ENV.BASE + '/api/v1/reservations',
      JSON.stringify({ skuId: 'LAMP', quantity: 2 }),
      { timeout: __ENV.TIMEOUT || '5s', headers: { 'content-type': 'application/json' } },
    );
    console.log(answer.status + ' ' + answer.error_code);
  }
`;

const CREATED = JSON.stringify({ reservationId: 'hold-1', skuId: 'LAMP', sequence: 7 });

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Starts a TCP server on which `answer` writes the answer to each request. */
async function serveRaw(answer: (socket: Socket, requests: number) => void): Promise<string> {
  let requests = 0;
  server = await serveTcp((socket) => {
    socket.on('data', () => {
      requests += 1;
      answer(socket, requests);
    });
  });
  return server.origin;
}

async function reserveAt(origin: string, env: Record<string, string> = {}) {
  const { result, history, log } = await runScript(RESERVE_ONCE, { env: { BASE: origin, ...env } });
  const [operation] = history.operations;
  return { result, history, log, operation, completion: operation?.completion };
}

describe('the outcome of a call to a server that', () => {
  it('answers properly: ok, with hold and sequence', async () => {
    server = await serve((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-request-id': 'r-1' });
      response.end(CREATED);
    });
    const { operation, completion, result, log } = await reserveAt(server.origin);
    expect(operation).toMatchObject({ kind: 'reserve', sku: 'LAMP', quantity: 2 });
    expect(operation?.instance).toBe(server.origin);
    expect(completion).toMatchObject({
      outcome: 'ok',
      status: 201,
      hold: 'hold-1',
      sku: 'LAMP',
      sequence: 7,
      requestId: 'r-1',
    });
    expect(result.outcomes).toMatchObject({ sent: 1, ok: 1, notSent: 0 });
    expect(log).toEqual(['201 0']);
  });

  it('refuses connections: fail, because nothing was ever sent', async () => {
    const { completion, result, log } = await reserveAt(await refusedOrigin());
    expect(completion).toEqual({ outcome: 'fail', status: 0, code: 'ECONNREFUSED' });
    expect(result.outcomes).toMatchObject({ sent: 0, notSent: 1 });
    expect(log).toEqual(['0 1212']);
  });

  it('has an unknown name: fail', async () => {
    const { completion, result } = await reserveAt('http://no-such-host.invalid');
    expect(completion?.outcome).toBe('fail');
    expect(result.outcomes).toMatchObject({ sent: 0, notSent: 1 });
  });

  it('never answers: info after the timeout', async () => {
    const origin = await serveRaw(() => {});
    const { completion, result, log } = await reserveAt(origin, { TIMEOUT: '100ms' });
    expect(completion).toEqual({ outcome: 'info', status: 0, code: 'TIMEOUT' });
    expect(result.outcomes).toMatchObject({ sent: 1, unknown: 1 });
    expect(log).toEqual(['0 1050']);
  });

  it('stops in the middle of the body without closing: info after the timeout', async () => {
    const origin = await serveRaw((socket) =>
      socket.write('HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"reservationId":'),
    );
    const { completion } = await reserveAt(origin, { TIMEOUT: '100ms' });
    expect(completion).toEqual({ outcome: 'info', status: 0, code: 'TIMEOUT' });
  });

  it('resets the connection before it answers: info', async () => {
    const origin = await serveRaw((socket) => socket.resetAndDestroy());
    const { completion, result, log } = await reserveAt(origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 0, code: 'ECONNRESET' });
    expect(result.outcomes).toMatchObject({ sent: 1, unknown: 1 });
    expect(log).toEqual(['0 1220']);
  });

  it('resets the connection in the middle of the answer: info, although the status said 201', async () => {
    const origin = await serveRaw((socket) => {
      socket.write('HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"res', () =>
        socket.resetAndDestroy(),
      );
    });
    const { completion, log } = await reserveAt(origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 0 });
    expect(log[0]).toMatch(/^0 1/);
  });

  it('closes before the body is complete: info', async () => {
    const origin = await serveRaw((socket) =>
      socket.end('HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{"reservationId":"a"}'),
    );
    const { completion } = await reserveAt(origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 0 });
  });

  it('closes in the middle of a chunked body: info', async () => {
    const origin = await serveRaw((socket) =>
      socket.end('HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n15\r\n{"rese'),
    );
    const { completion } = await reserveAt(origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 0 });
  });

  it('sends more than it announced: the announced answer counts, and the rest disturbs no other call', async () => {
    const origin = await serveRaw((socket) =>
      socket.write(
        `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${CREATED.length}\r\n\r\n${CREATED}garbage`,
      ),
    );
    const { history, result } = await reserveAt(origin, { TIMES: '3' });
    expect(history.operations.map(({ completion }) => completion?.outcome)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
    expect(result.outcomes).toMatchObject({ sent: 3, ok: 3 });
  });

  it('speaks something that is not HTTP: info', async () => {
    const origin = await serveRaw((socket) => socket.end('220 mail.example ESMTP\r\n'));
    const { completion } = await reserveAt(origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 0, code: 'MALFORMED_ANSWER' });
  });

  it('closes the idle connection after each answer: the next request opens another one', async () => {
    const origin = await serveRaw((socket) =>
      socket.end(
        `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${CREATED.length}\r\n\r\n${CREATED}`,
      ),
    );
    const { result, history } = await runScript(
      `import http from 'k6/http';
       import { sleep } from 'k6';
       export const options = { iterations: 5 };
       export default async function () {
         await http.post(__ENV.BASE + '/api/v1/reservations', '{"skuId":"LAMP"}');
         await sleep(0.05);
       }`,
      { env: { BASE: origin } },
    );
    expect(history.operations.map(({ completion }) => completion?.outcome)).toEqual(
      Array.from({ length: 5 }, () => 'ok'),
    );
    expect(result.outcomes).toMatchObject({ sent: 5, ok: 5 });
  });

  it('closes the connection while the next request is written: that call is an info, and none hangs', async () => {
    const origin = await serveRaw((socket) =>
      socket.end(
        `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${CREATED.length}\r\n\r\n${CREATED}`,
      ),
    );
    const { result, history } = await reserveAt(origin, { TIMES: '20' });
    const { sent, ok, unknown } = result.outcomes;
    expect([sent, ok + unknown]).toEqual([20, 20]);
    expect(history.operations.every(({ completion }) => completion)).toBe(true);
  });

  it('closes a kept connection when the next request arrives: info, and never sent a second time', async () => {
    const origin = await serveRaw((socket, requests) => {
      if (requests === 2) socket.resetAndDestroy();
      else
        socket.write(
          `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${CREATED.length}\r\n\r\n${CREATED}`,
        );
    });
    const { history, result } = await reserveAt(origin, { TIMES: '3' });
    expect(history.operations.map(({ completion }) => completion?.outcome)).toEqual([
      'ok',
      'info',
      'ok',
    ]);
    expect(result.outcomes).toMatchObject({ sent: 3, ok: 2, unknown: 1 });
  });

  it('answers 500 without a code: info, because the answer tells nothing definite', async () => {
    server = await serve((_request, response) => response.writeHead(500).end('oops'));
    const { completion, result } = await reserveAt(server.origin);
    expect(completion).toMatchObject({ outcome: 'info', status: 500 });
    expect(result.outcomes).toMatchObject({ sent: 1, error: 1 });
  });

  it('answers OUT_OF_STOCK: fail', async () => {
    server = await serve((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'OUT_OF_STOCK', sequence: 9 }));
    });
    const { completion, result } = await reserveAt(server.origin);
    expect(completion).toMatchObject({
      outcome: 'fail',
      status: 400,
      code: 'OUT_OF_STOCK',
      sequence: 9,
    });
    expect(result.outcomes).toMatchObject({ sent: 1, soldOut: 1 });
  });

  it('is stopped while calls are in flight: they end as info and the run ends', async () => {
    let arrived = (): void => {};
    const atServer = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    server = await serve(() => arrived());
    const dying = server;
    server = undefined;
    const running = reserveAt(dying.origin);
    await atServer;
    await dying.close();
    const { completion, result } = await running;
    expect(completion?.outcome).toBe('info');
    expect(result.outcomes).toMatchObject({ sent: 1, unknown: 1 });
  });
});

describe('an operation', () => {
  it('carries a call id of its own, which the history has too', async () => {
    const seen: string[] = [];
    server = await serve((request, response) => {
      seen.push(String(request.headers['x-call-id']));
      response.writeHead(201, { 'content-type': 'application/json' }).end(CREATED);
    });
    const { history } = await reserveAt(server.origin, { TIMES: '5' });
    expect(new Set(seen).size).toBe(5);
    expect(seen).toEqual(history.operations.map(({ callId }) => callId));
    expect(seen[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is recorded with the buyer of its token and the hold of its path', async () => {
    const token = `h.${Buffer.from('{"sub":"user-9"}').toString('base64url')}.s`;
    server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"skuId":"LAMP","sequence":12}');
    });
    const { history } = await runScript(
      `import http from 'k6/http';
       export default async function () {
         await http.del(__ENV.BASE + '/api/v1/reservations/hold-3?why=late', null, {
           headers: { Authorization: 'Bearer ' + __ENV.TOKEN },
         });
       }`,
      { env: { BASE: server.origin, TOKEN: token } },
    );
    expect(history.operations).toMatchObject([
      {
        kind: 'release',
        hold: 'hold-3',
        buyer: 'user-9',
        completion: { outcome: 'ok', sku: 'LAMP', sequence: 12 },
      },
    ]);
  });
});

describe('a call that times out before it is connected', () => {
  it('is a fail, and is never sent afterwards', async () => {
    // This server accepts the connection but never answers the TLS handshake.
    let bytesAfterHello = 0;
    server = await serveTcp((socket) => {
      socket.once('data', () => {
        socket.on('data', (chunk) => {
          bytesAfterHello += chunk.length;
        });
      });
    });
    const { completion, result } = await reserveAt(server.origin.replace('http:', 'https:'), {
      TIMEOUT: '100ms',
    });
    expect(completion).toEqual({ outcome: 'fail', status: 0, code: 'TIMEOUT' });
    expect(result.outcomes).toMatchObject({ sent: 0, notSent: 1 });
    expect(bytesAfterHello).toBe(0);
  });
});

describe('any behaviour of a server', () => {
  // Each answer has a VU of its own, and in threads each VU takes some time to start.
  const [answersMax, numRuns] = runsInThreads() ? [8, 4] : [40, 15];

  it('ends as ok, fail or info, and is counted once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileAnswer, { minLength: 1, maxLength: answersMax }),
        async (answers) => {
          server = await serveHostile(() => answers);
          const { result, history } = await runScript(
            `import http from 'k6/http';
             export const options = { vus: ${answers.length}, iterations: ${answers.length} };
             export default async function () {
               const answer = await http.del(__ENV.BASE + '/api/v1/reservations/' + (__VU - 1), null, {
                 timeout: '50ms', redirects: 1,
               });
               const read = [answer.status, answer.body, answer.headers, answer.cookies, answer.timings];
               if (read.includes(undefined)) throw new Error('a field was undefined');
             }`,
            { env: { BASE: server.origin } },
          );
          await server.close();
          server = undefined;
          const outcomes = history.operations.map(({ completion }) => completion?.outcome);
          expect(outcomes).toHaveLength(answers.length);
          for (const outcome of outcomes) expect(outcome).toMatch(/^(ok|fail|info)$/);
          const { sent, ok, soldOut, refused, error, unknown } = result.outcomes;
          expect(sent).toBe(ok + soldOut + refused + error + unknown);
          expect(result.iterations).toBe(answers.length);
          expect(result.exceptions).toEqual({ count: 0, first: [] });
        },
      ),
      { numRuns },
    );
  });
});
