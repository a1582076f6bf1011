import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { newId } from '../../../src/kernel/ids.ts';
import { TOPICS } from '../../../src/protocol/events.ts';
import { startTestServer, type TestServer } from '../../../test/server.ts';
import { silentLog } from '../../../test/silent-log.ts';
import { until } from '../../../test/until.ts';
import { type ComposedServer, composeServer } from '../../compose.ts';
import { createPool, transaction } from '../../platform/postgres.ts';
import { createNotificationConsumer } from '../consumer.ts';
import { createNotificationStore } from '../store.ts';
import { openStream, refusalOf } from '../testing/streams.ts';

let server: TestServer;
/** Another instance with the same database. */
let second: ComposedServer;
let secondUrl: string;
let secondPool: ReturnType<typeof createPool>;
beforeAll(async () => {
  server = await startTestServer({ env: { CORS_ORIGINS: 'https://shop.example' } });
  const { config } = server;
  secondPool = createPool({ connectionString: config.databaseUrl, max: 4 });
  second = composeServer({
    ...{ config: { ...config, instance: 'second' }, pool: secondPool, log: silentLog },
  });
  secondUrl = await second.start();
});
afterAll(async () => {
  await second.drain();
  await secondPool.end();
  await server.stop();
});

/** Tells a user of an event, as a worker does. */
async function tell(...userIds: string[]): Promise<void> {
  const store = createNotificationStore(server.pool);
  const consumer = createNotificationConsumer({ store, onTold() {} });
  const events = userIds.map((userId) => ({
    ...{ eventId: newId(), topic: TOPICS.orders, key: 'SHOE', type: 'ORDER_CREATED' },
    payload: { skuId: 'SHOE', orderId: newId(), userId, quantity: 1 },
    occurredAt: new Date(),
  }));
  await transaction(server.pool, (tx) => consumer.handle(events, tx));
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function newTicket(token: string): Promise<string> {
  const { status, body } = await server.call('POST', '/notifications/tickets', { token });
  expect([status, body.expiresIn]).toEqual([201, 30]);
  return `?ticket=${body.ticket}`;
}

describe('S2.3 the stream of notifications', () => {
  it('tells a user at once, on every instance, and nobody else', async () => {
    const [ann, bob] = [await server.newBuyer(), await server.newBuyer()];
    const here = await openStream(server.url, bearer(ann.token));
    const there = await openStream(secondUrl, bearer(ann.token));
    const others = await openStream(secondUrl, bearer(bob.token));
    await tell(ann.userId);
    await tell(bob.userId);
    await until(() => [here, there, others].every(({ messages }) => messages.length === 2));
    expect(here.messages).toEqual([
      { type: 'ready', cursor: expect.any(String) },
      {
        ...{ type: 'notification', cursor: expect.any(String) },
        notification: expect.objectContaining({ kind: 'ORDER_CREATED' }),
      },
    ]);
    expect(there.messages[1]).toEqual(here.messages[1]);
    expect(others.messages[1]).not.toEqual(here.messages[1]);
    for (const { socket } of [here, there, others]) socket.close();
  });

  it('leaves no gap: what came before its cursor is read, what comes after it is heard', async () => {
    const { token, userId } = await server.newBuyer();
    await tell(userId, userId);
    const stream = await openStream(server.url, bearer(token));
    const [ready] = stream.messages;
    await tell(userId);
    const page = async (after?: string) => {
      const query = after === undefined ? '' : `?after=${after}`;
      return (await server.call('GET', `/notifications${query}`, { token })).body;
    };
    const { notifications } = await page();
    const { notifications: later } = await page(ready?.cursor);
    expect(notifications).toHaveLength(3);
    expect(notifications.at(-1)).toEqual(later.at(-1));
    await until(() => stream.messages.length === later.length + 1);
    expect(stream.messages.slice(1)).toMatchObject(
      later.map((notification: object) => ({ notification })),
    );
    stream.socket.close();
    await stream.closed;

    await tell(userId);
    const missed = await page(stream.messages.at(-1)?.cursor);
    expect(missed.notifications).toHaveLength(1);
  });

  it('has none lost between many that are told while readers come', async () => {
    const { token, userId } = await server.newBuyer();
    const others = await server.newBuyers(3);
    let isOver = false;
    const telling = (async () => {
      for (let round = 0; round < 30; round += 1) {
        await tell(others[round % 3]?.userId ?? '', userId, others[(round + 1) % 3]?.userId ?? '');
      }
      isOver = true;
    })();
    const streams = [];
    while (!isOver && streams.length < 8) {
      streams.push(await openStream(streams.length % 2 ? server.url : secondUrl, bearer(token)));
    }
    await telling;
    for (const { messages, socket } of streams) {
      const cursor = messages[0]?.cursor;
      const { body } = await server.call('GET', `/notifications?limit=200&after=${cursor}`, {
        token,
      });
      await until(() => messages.length === body.notifications.length + 1);
      const heard = messages.flatMap((each) => ('notification' in each ? [each.notification] : []));
      expect(heard).toEqual(body.notifications);
      socket.close();
    }
  });

  it('is opened with a ticket, once', async () => {
    const { token, userId } = await server.newBuyer();
    const query = await newTicket(token);
    const stream = await openStream(secondUrl, { query });
    await tell(userId);
    await until(() => stream.messages.length === 2);
    stream.socket.close();
    expect(await refusalOf(server.url, { query })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is not opened with an old ticket, or with one of a session that has ended', async () => {
    const { token } = await server.newBuyer();
    const old = await newTicket(token);
    await server.pool.query("UPDATE stream_tickets SET expires_at = now() - interval '1 second'");
    expect(await refusalOf(server.url, { query: old })).toEqual([401, 'UNAUTHENTICATED']);
    const query = await newTicket(token);
    await server.call('POST', '/api/auth/logout', { token });
    expect(await refusalOf(server.url, { query })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusalOf(server.url, bearer(token))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('is opened by a page with its token as a subprotocol, which is not sent back', async () => {
    const { token } = await server.newBuyer();
    const protocols = ['flashsale.notifications', `bearer.${token}`];
    const { socket } = await openStream(server.url, { protocols, origin: 'https://shop.example' });
    expect(socket.protocol).toBe('flashsale.notifications');
    socket.close();
  });

  it('is refused without a token, and to pages of other origins', async () => {
    const { token } = await server.newBuyer();
    expect(await refusalOf(server.url, {})).toEqual([401, 'UNAUTHENTICATED']);
    expect(await refusalOf(server.url, bearer('junk'))).toEqual([401, 'UNAUTHENTICATED']);
    const foreign = { ...bearer(token), origin: 'https://evil.example' };
    expect(await refusalOf(server.url, foreign)).toEqual([403, 'ORIGIN_REFUSED']);
    const { socket } = await openStream(server.url, { ...bearer(token), origin: server.url });
    socket.close();
  });

  it('ends with its session, on every instance', async () => {
    const { token } = await server.newBuyer();
    const here = await openStream(server.url, bearer(token));
    const there = await openStream(secondUrl, { query: await newTicket(token) });
    await server.call('POST', '/api/auth/logout', { token });
    expect(await Promise.all([here.closed, there.closed])).toEqual([4401, 4401]);
  });

  it('is closed when its reader sends something', async () => {
    const { token } = await server.newBuyer();
    const stream = await openStream(server.url, bearer(token));
    stream.socket.send('hello');
    expect(await stream.closed).toBe(1008);
    const loud = await openStream(server.url, bearer(token));
    loud.socket.send('x'.repeat(10_000));
    expect(await loud.closed).toBe(1009);
  });

  it('is open ten times at most for one user', async () => {
    const { token } = await server.newBuyer();
    const open = [];
    for (let streams = 0; streams < 10; streams += 1) {
      open.push(await openStream(server.url, bearer(token)));
    }
    expect(await refusalOf(server.url, bearer(token))).toEqual([429, 'TOO_MANY_STREAMS']);
    open[0]?.socket.close();
    await open[0]?.closed;
    const again = await openStream(server.url, bearer(token));
    for (const { socket } of [...open, again]) socket.close();
  });

  it('is counted in the metrics', async () => {
    const { token } = await server.newBuyer();
    const metrics = async () => (await server.call('GET', '/metrics')).body as string;
    await until(async () => (await metrics()).includes('flashsale_notification_streams 0\n'));
    const stream = await openStream(server.url, bearer(token));
    expect(await metrics()).toContain('flashsale_notification_streams 1\n');
    stream.socket.send('hello');
    await stream.closed;
    expect(await metrics()).toContain(
      'flashsale_notification_streams_ended_total{reason="not_asked"}',
    );
  });

  it('is closed when its instance drains, which does not wait for its reader', async () => {
    const own = await startTestServer({ env: { DRAIN_TIMEOUT_MS: '600000' } });
    const { token } = await own.newBuyer();
    const stream = await openStream(own.url, bearer(token));
    const deaf = await openStream(own.url, bearer(token));
    deaf.socket.pause();
    await own.drain();
    expect(await stream.closed).toBe(1001);
    deaf.socket.resume();
    await own.stop();
  });

  it('costs no connection to the database while nobody reads it', async () => {
    const own = await startTestServer();
    const connections = async () => {
      const { rows } = await own.pool.query(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE '% notifications'`,
      );
      return rows[0].count;
    };
    expect(await connections()).toBe(0);
    const { token } = await own.newBuyer();
    const { socket } = await openStream(own.url, bearer(token));
    expect(await connections()).toBe(1);
    socket.close();
    await own.stop();
  });
});

describe('a request for an upgrade that the server does not make', () => {
  /** Sends a request as it is, and reads until the server closes the connection. */
  async function send(...lines: string[]): Promise<string> {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(lines.join('\r\n'));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  }

  it('is answered as if it had not asked: HTTP/2 is offered by some clients with every request', async () => {
    const body = '{"username":"nobody","password":"wrong-one"}';
    const answer = await send(
      'POST /api/auth/login HTTP/1.1',
      `Host: ${new URL(server.url).host}`,
      'Connection: close, Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      '',
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain('INVALID_CREDENTIALS');
  });

  it('is answered with 404 where there is no WebSocket, and with 426 where one could be', async () => {
    const { token } = await server.newBuyer();
    const upgrade = ['Connection: close, Upgrade', 'Upgrade: websocket'];
    const lines = [`Host: ${new URL(server.url).host}`, ...upgrade, '', ''];
    expect(await send('GET /nowhere HTTP/1.1', ...lines)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await send('POST /notifications/stream HTTP/1.1', ...lines)).toMatch(/^HTTP\/1\.1 405 /);
    const { status, headers, body } = await server.call('GET', '/notifications/stream', { token });
    expect([status, headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(body.code).toBe('UPGRADE_REQUIRED');
  });

  it('is refused by the WebSocket itself if it is no proper handshake', async () => {
    const { token } = await server.newBuyer();
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/notifications/stream`, {
      ...bearer(token),
      protocolVersion: 8,
    });
    socket.on('error', () => {});
    const stream = once(socket, 'open').then(() => 'open');
    expect(await Promise.race([stream, once(socket, 'unexpected-response')])).toBe('open');
    socket.close();
  });
});
