import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnector, createHttpClient, Exchange, type HttpClient } from './http-client.ts';
import type { TestServer } from './testing/harness.ts';
import {
  type HostileAnswer,
  honestAnswer,
  hostileAnswer,
  serveHostile,
} from './testing/hostile-answers.ts';
import { createTraffic } from './traffic.ts';

let answers: HostileAnswer[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await serveHostile(() => answers);
});
afterAll(() => server.close());

function createClient(): HttpClient {
  return createHttpClient({
    now: () => performance.now(),
    traffic: createTraffic(),
    connector: createConnector({ insecureSkipTlsVerify: false }),
  });
}

/** Sends one request and waits for its end. */
function exchange(
  client: HttpClient,
  path: string,
  timeoutMs: number,
): Promise<{ exchange: Exchange; endings: number }> {
  return new Promise((resolve) => {
    const seen = { endings: 0 };
    const request = {
      method: 'POST',
      origin: server.origin,
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
          // Were it told a second time, it would be before these turns are over.
          setImmediate(() => setImmediate(() => resolve({ exchange: one, ...seen })));
        },
      },
      () => performance.now(),
    );
    client.send(one);
  });
}

describe('whatever a server does,', () => {
  it('every exchange ends once, with an answer or with the reason why there is none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(hostileAnswer, { minLength: 1, maxLength: 20 }),
        async (hostile) => {
          answers = hostile;
          const client = createClient();
          const ends = await Promise.all(
            hostile.map(async (_answer, place) => {
              const first = await exchange(client, `/${place}`, 25);
              // The next request must not suffer from what the last one left on its connection, nor hang on it.
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

  it('a proper answer is read whole, in whatever pieces it comes', async () => {
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
