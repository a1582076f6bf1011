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
  function send(path: string): Exchange {
    const request = {
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
