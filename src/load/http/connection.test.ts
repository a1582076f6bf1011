import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SocketEvents } from './connector.ts';
import { ABORTED, Exchange } from './exchange.ts';
import { createHttpClient } from './http-client.ts';
import { createTraffic } from './traffic.ts';

/** Replaces a socket of the client, and plays the server at its other end. It opens at once. */
class FakeSocket extends EventEmitter {
  readonly written: string[] = [];
  readonly remoteAddress = '127.0.0.1';
  readonly remotePort = 80;
  readonly writableLength = 0;
  readonly events: SocketEvents;

  constructor(events: SocketEvents) {
    super();
    this.events = events;
    setImmediate(() => events.onOpen());
  }

  write(bytes: string): boolean {
    this.written.push(bytes);
    return true;
  }

  destroy(): void {
    this.emit('close');
  }

  answer(body = 'x'): void {
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
    const bytes = Buffer.from(head + body);
    this.events.onBytes(bytes, bytes.length);
  }
}

function createClient() {
  const sockets: FakeSocket[] = [];
  const client = createHttpClient({
    now: () => performance.now(),
    traffic: createTraffic(),
    connector: (_url, events) => {
      const socket = new FakeSocket(events);
      sockets.push(socket);
      return socket as unknown as Socket;
    },
  });
  const ended: Exchange[] = [];
  function send(path: string, more: { mayRepeat?: boolean } = {}): Exchange {
    const request = {
      ...more,
      ...{ method: 'GET', origin: 'http://peer', path },
      ...{ headers: [], body: null, timeoutMs: 60_000 },
    };
    const listener = { beforeWrite() {}, ended: () => void ended.push(exchange) };
    const exchange: Exchange = new Exchange(request, listener, () => performance.now());
    client.send(exchange);
    return exchange;
  }
  return { client, sockets, send, ended };
}

/** Waits until work that is scheduled for the next turns of the event loop is done. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Creates a client with one connection that is kept after its first answer. */
async function keepConnection() {
  const all = createClient();
  all.send('/first');
  await settle();
  const kept = all.sockets[0] as FakeSocket;
  kept.answer();
  expect(all.ended.map(({ status }) => status)).toEqual([200]);
  return { ...all, kept };
}

describe('a request on a kept connection that the server has just closed', () => {
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

  it.each([
    ['closed', undefined],
    ['reset', reset],
  ])('is sent once more if it may be, when the connection is %s', async (_, error) => {
    const { client, kept, sockets, send } = await keepConnection();
    const exchange = send('/second', { mayRepeat: true });
    await settle();
    const { writtenAtMs } = exchange;
    kept.events.onEnd(error);
    await settle();

    const fresh = sockets[1] as FakeSocket;
    expect(fresh.written[0]).toMatch(/^GET \/second /);
    // The operation began when it may have reached the server for the first time.
    expect(exchange.writtenAtMs).toBe(writtenAtMs);
    fresh.answer('fresh');
    expect([exchange.failure, exchange.text()]).toEqual([undefined, 'fresh']);
    client.close();
  });

  it('is a failure if it may have changed something', async () => {
    const { client, kept, sockets, send } = await keepConnection();
    const exchange = send('/second');
    await settle();
    kept.events.onEnd(reset);
    expect([sockets.length, exchange.failure?.code]).toEqual([1, 'ECONNRESET']);
    client.close();
  });

  it('is a failure if an answer had begun, if the connection was fresh, and at the second time', async () => {
    const { client, kept, sockets, send } = await keepConnection();
    const begun = send('/begun', { mayRepeat: true });
    await settle();
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\n');
    kept.events.onBytes(bytes, bytes.length);
    kept.events.onEnd(reset);
    expect(begun.failure?.code).toBe('ECONNRESET');

    const fresh = send('/fresh', { mayRepeat: true });
    await settle();
    sockets[1]?.events.onEnd(reset);
    expect([sockets.length, fresh.failure?.code]).toEqual([2, 'ECONNRESET']);

    const kept2 = send('/third');
    await settle();
    sockets[2]?.answer();
    expect(kept2.status).toBe(200);
    const twice = send('/twice', { mayRepeat: true });
    await settle();
    sockets[2]?.events.onEnd(reset);
    await settle();
    sockets[3]?.events.onEnd(reset);
    expect([sockets.length, twice.failure?.code]).toEqual([4, 'ECONNRESET']);
    client.close();
  });
});

describe('a request that waits to be written', () => {
  it.each<[event: string, happens: (kept: FakeSocket) => void]>([
    ['is closed', (kept) => kept.events.onEnd(undefined)],
    ['breaks', (kept) => kept.events.onEnd(new Error('reset'))],
    ['carries bytes that answer no request', (kept) => kept.answer()],
  ])('is sent over another connection when its own %s', async (_event, happens) => {
    const { client, kept, sockets, send, ended } = await keepConnection();
    const exchange = send('/second');
    happens(kept);
    await settle();

    expect(kept.written).toHaveLength(1);
    const fresh = sockets[1] as FakeSocket;
    expect(fresh.written[0]).toMatch(/^GET \/second /);
    fresh.answer('fresh');
    expect(ended).toHaveLength(2);
    expect([exchange.failure, exchange.text()]).toEqual([undefined, 'fresh']);
    client.close();
  });

  it('is never written after it was cancelled', async () => {
    const { client, kept, send } = await keepConnection();
    const exchange = send('/second');
    client.cancelAll();
    await settle();

    expect(kept.written).toHaveLength(1);
    expect([exchange.written, exchange.failure?.code]).toEqual([false, ABORTED]);
    client.close();
  });

  it('is written together with those of other connections', async () => {
    const { client, sockets, send } = await keepConnection();
    send('/a');
    send('/b');
    await settle();
    for (const socket of sockets) socket.answer();

    send('/c');
    send('/d');
    expect(sockets.flatMap(({ written }) => written)).toHaveLength(3);
    await settle();
    expect(sockets.flatMap(({ written }) => written)).toHaveLength(5);
    client.close();
  });
});
