import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { until } from '../../../test/until.ts';
import { findFreePort } from '../processes/free-port.ts';
import { createProxy, type TcpProxy } from './proxy.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** A dependency on a free port; answers with the addresses of both ends. */
async function startDependency(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  undo.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `127.0.0.1:${address.port}`;
}

async function startProxy(
  to: string,
  options: { widenMs?: number; onTrouble?(sentence: string): void } = {},
): Promise<{ proxy: TcpProxy; open(): Socket }> {
  const proxy = createProxy({ listen: '127.0.0.1:0', to, widenMs: 1, ...options });
  undo.push(() => proxy.stop());
  const { port } = await proxy.start();
  return { proxy, open: () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }) };
}

const echo = (socket: Socket): void => void socket.pipe(socket);

it('passes everything through unchanged, and an end after everything', async () => {
  const { open } = await startProxy(await startDependency(echo));
  const sent = Buffer.alloc(8 * 1024 * 1024, 'flash sale ').toString();
  const socket = open();
  socket.end(sent);
  expect(await text(socket)).toBe(sent);
});

it('holds every answer back, and reports how long', async () => {
  const to = await startDependency((socket) => socket.on('data', () => socket.write('1 unit')));
  const { proxy, open } = await startProxy(to, { widenMs: 8 });
  const socket = open();
  for (let asked = 0; asked < 3; asked += 1) {
    socket.write('how many?');
    await once(socket, 'data');
  }
  socket.destroy();
  const { delayMsMedian, delayMsP99, ...counts } = proxy.report();
  expect(counts).toEqual({ connections: 1, refused: 0, answers: 3, widenMs: 8 });
  expect(delayMsMedian).toBeGreaterThanOrEqual(8);
  expect(delayMsP99).toBeGreaterThanOrEqual(delayMsMedian);
});

it('lets one half end before the other', async () => {
  const to = await startDependency((socket) => {
    let question = '';
    socket.on('data', (bytes) => {
      question += bytes;
    });
    socket.on('end', () => socket.end(`you asked: ${question}`));
  });
  const { open } = await startProxy(to);
  const socket = open();
  socket.end('how many?');
  expect(await text(socket)).toBe('you asked: how many?');
});

it('does not read on when the shop does not', async () => {
  let written = 0;
  const to = await startDependency((socket) => {
    const piece = Buffer.alloc(256 * 1024);
    const write = (): void => {
      while (socket.write(piece)) written += piece.length;
      written += piece.length;
    };
    socket.on('drain', write);
    write();
  });
  const { open } = await startProxy(to);
  const socket = open();
  socket.pause();
  // The buffers on the way are full when nothing more is written for a while.
  let before = -1;
  await until(async () => {
    const isSteady = written === before && written > 0;
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
    return isSteady;
  });
  const stoppedAt = written;
  expect(stoppedAt).toBeLessThan(64 * 1024 * 1024);
  socket.resume();
  await until(() => written > stoppedAt);
  socket.destroy();
});

it('passes on that the dependency broke a connection', async () => {
  const to = await startDependency((socket) => {
    socket.on('data', () => socket.resetAndDestroy());
  });
  const { open } = await startProxy(to);
  const socket = open();
  socket.on('data', () => {});
  socket.write('how many?');
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('passes on that the shop broke a connection', async () => {
  let broken = false;
  const to = await startDependency((socket) => {
    socket.write('hello');
    socket.on('error', () => {
      broken = true;
    });
  });
  const { open } = await startProxy(to);
  const socket = open();
  await once(socket, 'data');
  socket.resetAndDestroy();
  await until(() => broken);
});

it('serves a thousand connections at once', async () => {
  const { proxy, open } = await startProxy(await startDependency(echo), { widenMs: 5 });
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async (_, number) => {
      const socket = open();
      socket.end(`buyer ${number}`);
      return (await text(socket)) === `buyer ${number}`;
    }),
  );
  expect(answers.filter(Boolean)).toHaveLength(1_000);
  expect(proxy.report()).toMatchObject({ connections: 1_000, refused: 0, answers: 1_000 });
});

it('tells once that the dependency is gone, and goes on when it is back', async () => {
  const port = await findFreePort();
  const dependency = createServer(echo).listen(port, '127.0.0.1');
  await once(dependency, 'listening');
  const troubles: string[] = [];
  const { proxy, open } = await startProxy(`127.0.0.1:${port}`, {
    onTrouble: (sentence) => troubles.push(sentence),
  });
  await new Promise((resolve) => dependency.close(resolve));
  for (let tries = 0; tries < 2; tries += 1) {
    const socket = open();
    await once(socket, 'close').catch(() => {});
  }
  expect(troubles).toEqual([
    expect.stringMatching(/^127\.0\.0\.1:\d+ did not take a connection of the shop: .*REFUSED/),
  ]);
  expect(proxy.report()).toMatchObject({ connections: 2, refused: 2, answers: 0 });

  dependency.listen(port, '127.0.0.1');
  await once(dependency, 'listening');
  undo.push(() => dependency.close());
  const socket = open();
  socket.end('back?');
  expect(await text(socket)).toBe('back?');
});

it('ends all connections when it is stopped, however often', async () => {
  const { proxy, open } = await startProxy(await startDependency(echo));
  const socket = open();
  socket.on('error', () => {});
  socket.write('hello');
  await once(socket, 'data');
  await Promise.all([proxy.stop(), proxy.stop()]);
  await until(() => socket.readyState !== 'open');
  await expect(once(open(), 'connect')).rejects.toThrow('ECONNREFUSED');
});

it('says which port is taken', async () => {
  const to = await startDependency(echo);
  const taken = await startDependency(echo);
  const proxy = createProxy({ listen: taken, to, widenMs: 5 });
  await expect(proxy.start()).rejects.toMatchObject({
    message: `the proxy cannot listen on ${taken}`,
    why: 'another process listens on it',
  });
  await proxy.stop();
});

it('says that the dependency is not there', async () => {
  const to = `127.0.0.1:${await findFreePort()}`;
  const proxy = createProxy({ listen: '127.0.0.1:0', to, widenMs: 5 });
  await expect(proxy.start()).rejects.toMatchObject({ message: `the proxy cannot reach ${to}` });
});

it('does not lead to itself', async () => {
  const proxy = createProxy({ listen: '127.0.0.1:5432', to: '127.0.0.1:5432', widenMs: 5 });
  await expect(proxy.start()).rejects.toThrow('cannot listen on 127.0.0.1:5432');
});
