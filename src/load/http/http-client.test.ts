import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATE, KEY } from '../testing/certificate.ts';
import {
  type HostileAnswer,
  honestAnswer,
  hostileAnswer,
  serveHostile,
} from '../testing/hostile-answers.ts';
import type { TestServer } from '../testing/servers.ts';
import { createConnector, createDialer } from './connector.ts';
import { Exchange } from './exchange.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { createTraffic } from './traffic.ts';

let answers: HostileAnswer[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await serveHostile(() => answers);
});
afterAll(() => server.close());

function createClient({
  insecureSkipTlsVerify = false,
  hosts = {},
  tls,
}: Partial<Parameters<typeof createDialer>[0]> = {}): HttpClient {
  return createHttpClient({
    now: () => performance.now(),
    traffic: createTraffic(),
    connector: createConnector(createDialer({ insecureSkipTlsVerify, hosts, ...(tls && { tls }) })),
  });
}

/** Sends one request and waits for its end. */
function exchange(
  client: HttpClient,
  path: string,
  timeoutMs: number,
  origin = server.origin,
): Promise<{ exchange: Exchange; endings: number }> {
  return new Promise((resolve) => {
    const seen = { endings: 0 };
    const request = {
      method: 'POST',
      origin,
      path,
      headers: ['content-type', 'application/json'],
      body: '{"skuId":"LAMP"}',
      timeoutMs,
    };
    const one = new Exchange(
      request,
      {
        beforeWrite() {},
        ended() {
          seen.endings += 1;
          // A second notification would arrive within these two turns of the event loop.
          setImmediate(() => setImmediate(() => resolve({ exchange: one, ...seen })));
        },
      },
      () => performance.now(),
    );
    client.send(one);
  });
}

describe('for any answer of a server', () => {
  it('every exchange ends once, with an answer or with a failure', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileAnswer, { minLength: 1, maxLength: 20 }),
        async (hostile) => {
          answers = hostile;
          const client = createClient();
          const ends = await Promise.all(
            hostile.map(async (_answer, place) => {
              const first = await exchange(client, `/${place}`, 25);
              // Leftovers of the first answer on the connection must neither disturb nor delay the next request.
              const second = await exchange(client, '/next', 25);
              return [first, second];
            }),
          );
          client.close();
          for (const { exchange: ended, endings } of ends.flat()) {
            expect(endings).toBe(1);
            if (ended.failure) expect([ended.status, ended.text()]).toEqual([0, '']);
            else expect(ended.status).toBeGreaterThanOrEqual(200);
            expect(ended.endedAtMs).toBeGreaterThanOrEqual(ended.calledAtMs);
            expect(typeof ended.header('set-cookie')).toMatch(/string|undefined/);
            ended.headers();
            ended.json();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('a correct answer is read completely, cut into any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(honestAnswer, { minLength: 1, maxLength: 20 }), async (honest) => {
        answers = honest.map(({ pieces }) => ({ pieces, afterwards: 'silence' }));
        const client = createClient();
        for (const [place, { status, body }] of honest.entries()) {
          const { exchange: ended } = await exchange(client, `/${place}`, 30_000);
          expect([ended.failure, ended.status, ended.bytes().toString('latin1')]).toEqual([
            undefined,
            status,
            body,
          ]);
          expect(ended.header('x-name')).toBe('value');
          expect(ended.statusText).toBe('So');
        }
        client.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('over TLS, an exchange', () => {
  it('has an answer, and later connections resume the first session', async () => {
    const resumed: boolean[] = [];
    const secure = createServer({ key: KEY, cert: CERTIFICATE }, (request, response) => {
      const socket = request.socket as TLSSocket;
      resumed.push(socket.isSessionReused());
      response.writeHead(201, { connection: 'close' }).end('{"ok":true}');
    });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const origin = `https://localhost:${(secure.address() as AddressInfo).port}`;
    try {
      const client = createClient({ insecureSkipTlsVerify: true });
      for (let turn = 0; turn < 3; turn += 1) {
        const { exchange: ended } = await exchange(client, '/', 30_000, origin);
        expect([ended.failure, ended.status, ended.json()]).toEqual([undefined, 201, { ok: true }]);
        expect(ended.tlsMs).toBeGreaterThan(0);
        expect(ended.peer().ip).toMatch(/127\.0\.0\.1|::1/);
      }
      client.close();
      expect(resumed).toEqual([false, true, true]);

      const verifying = createClient();
      const { exchange: refused } = await exchange(verifying, '/', 30_000, origin);
      expect([refused.written, refused.failure?.code]).toEqual([
        false,
        'DEPTH_ZERO_SELF_SIGNED_CERT',
      ]);
      verifying.close();
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });

  it('fails by the name of a certificate first, which is made out to another host', async () => {
    const secure = createServer({ key: KEY, cert: CERTIFICATE });
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const { port } = secure.address() as AddressInfo;
    const client = createClient({ hosts: { 'other.test': { host: '127.0.0.1' } } });
    try {
      const { exchange: refused } = await exchange(
        client,
        '/',
        30_000,
        `https://other.test:${port}`,
      );
      expect(refused.failure?.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    } finally {
      client.close();
      secure.close();
    }
  });

  it('uses the version, cipher suites and certificate of the options', async () => {
    const sentCertificate: unknown[] = [];
    const secure = createServer(
      { key: KEY, cert: CERTIFICATE, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        sentCertificate.push(
          (request.socket as TLSSocket).getPeerCertificate().fingerprint !== undefined,
        );
        response.writeHead(200).end();
      },
    );
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const { port } = secure.address() as AddressInfo;
    const tls = {
      versionMin: 'TLSv1.2' as const,
      versionMax: 'TLSv1.2' as const,
      cipherSuites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
      certificates: [{ domains: ['localhost'], cert: CERTIFICATE, key: KEY }],
    };
    try {
      const client = createClient({ insecureSkipTlsVerify: true, tls });
      for (const host of ['localhost', '127.0.0.1']) {
        const ended = await exchange(client, '/', 30_000, `https://${host}:${port}`);
        expect(ended.exchange.peer()).toMatchObject({
          tlsVersion: 'tls1.2',
          tlsCipherSuite: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
        });
      }
      expect(sentCertificate).toEqual([true, false]);
      client.close();
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });
});
