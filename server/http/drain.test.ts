import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/kernel/clock.ts';
import { newId } from '../../src/kernel/ids.ts';
import { startTestServer, type TestServer } from '../../test/server.ts';
import { until } from '../../test/until.ts';
import type { HoldOutcome, HoldRequest, StockLedger } from '../stock/ledger.ts';
import { respond } from './response/respond.ts';
import { createApp, createHttpServer } from './server.ts';

/** A server with a reserve call in flight, which its ledger answers when `release` is called. */
async function serverWithCallInFlight(env: Record<string, string> = {}) {
  const gate = new EventEmitter();
  const [entered, released] = [once(gate, 'entered'), once(gate, 'released')];
  const ledger = {
    async hold({ holdId, userId, skuId, quantity }: HoldRequest): Promise<HoldOutcome> {
      gate.emit('entered');
      await released;
      const hold = { holdId, userId, skuId, quantity };
      const [createdAt, expiresAt] = [new Date(0), new Date(120_000)];
      return { outcome: 'held', hold: { ...hold, createdAt, expiresAt }, sequence: 1 };
    },
    expireLapsed: async () => 0,
  } as Partial<StockLedger> as StockLedger;

  const server: TestServer = await startTestServer({ env, ledger });
  const token = server.tokenFor({ userId: newId(), role: 'buyer' });
  const call = server.call('POST', '/api/v1/reservations', {
    token,
    body: { skuId: 'SKU-1', quantity: 1 },
  });
  call.catch(() => undefined);
  await entered;
  return { server, call, release: () => gate.emit('released') };
}

describe('S0.6 a server that drains', () => {
  test('answers a request in flight and closes its connection before it has drained', async () => {
    const { server, call, release } = await serverWithCallInFlight();
    let drained = false;
    const draining = server.drain().then(() => {
      drained = true;
    });
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
    expect(drained).toBe(false);

    release();
    const answer = await call;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('connection')).toBe('close');
    await draining;
    await server.stop();
  });

  test('still serves during its notice', async () => {
    const app = createApp();
    const server = createHttpServer({
      app,
      clock: systemClock,
      nameRequest: () => 'id',
      onEnd() {},
    });
    app.get('/', (_req, res) => respond(res, 200, { draining: server.isDraining() }));
    const url = await server.listen(0, '127.0.0.1');

    void server.drain({ noticeMs: 3_600_000, timeoutMs: 0 });
    const answer = await fetch(url);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toEqual({ draining: true });

    await server.drain({ noticeMs: 0, timeoutMs: 0 });
    await expect(fetch(url)).rejects.toThrow();
  });

  test.each([
    ['a new connection', 0],
    ['one that was idle', 1],
  ])('answers a request that is arriving on %s', async (_, before) => {
    const app = createApp();
    app.get('/', (_req, res) => respond(res, 200, {}));
    const server = createHttpServer({
      ...{ app, clock: systemClock, nameRequest: () => 'id', onEnd() {} },
    });
    const { hostname, port } = new URL(await server.listen(0, '127.0.0.1'));
    const client = connect(Number(port), hostname);
    const request = `GET / HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`;
    let received = '';
    client.on('data', (chunk) => {
      received += chunk;
    });
    const answers = () => received.split('HTTP/1.1 200').length - 1;
    // The first connection has been accepted when a later one is answered.
    const other = connect(Number(port), hostname);
    await Promise.all([once(client, 'connect'), once(other, 'connect')]);
    if (before === 1) client.write(request);
    other.end(request);
    await once(other.resume(), 'close');
    await until(() => answers() === before);

    // Both in one turn of the event loop: the server cannot have read the request yet.
    client.write(request);
    await server.drain({ noticeMs: 0, timeoutMs: 600_000 });
    await once(client, 'close');
    expect(answers()).toBe(before + 1);
  });

  test('does not wait for connections on which nothing was ever sent', async () => {
    const { server, call, release } = await serverWithCallInFlight({ DRAIN_TIMEOUT_MS: '600000' });
    const { hostname, port } = new URL(server.url);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    release();
    await call;
    const closed = once(silent, 'close');
    await server.stop();
    await closed;
  });

  test('cuts a connection after the timeout', async () => {
    const { server, call, release } = await serverWithCallInFlight({ DRAIN_TIMEOUT_MS: '20' });
    await server.drain();
    await expect(call).rejects.toThrow();
    release();
    await server.stop();
  });
});
