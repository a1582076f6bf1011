import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createSocketWriter } from './socket-writer.ts';

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return { ...fs, writeSync: vi.fn(fs.writeSync) };
});

let server: Server;
let peer: Socket;
beforeAll(async () => {
  server = createServer({ pauseOnConnect: true }, (socket) => {
    peer = socket;
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

async function open() {
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection');
  const socket = connect({ host: '127.0.0.1', port });
  await Promise.all([once(socket, 'connect'), accepted]);
  let direct = 0;
  const write = createSocketWriter(socket, {
    sentDirectly(bytes) {
      direct += bytes;
    },
  });
  return { socket, write, direct: () => direct };
}

it('leaves to the stream what the kernel does not take, and keeps the order', async () => {
  const { socket, write, direct } = await open();
  const expected: Buffer[] = [];
  // The peer reads nothing yet, so the kernel is full after a while; some blocks come after that.
  for (let block = 0, refused = 0; refused < 5; block += 1) {
    const text = `${block}é`.padEnd(10_000, `${block % 10}`);
    const bytes = Buffer.from(text, 'latin1');
    if (!write(block % 2 === 0 ? text : bytes)) refused += 1;
    expected.push(bytes);
  }
  const all = Buffer.concat(expected);
  expect(direct()).toBeGreaterThan(0);
  expect(direct() + socket.bytesWritten).toBe(all.length);

  const received: Buffer[] = [];
  peer.on('data', (bytes) => received.push(bytes));
  peer.resume();
  socket.end();
  await once(peer, 'end');
  expect(Buffer.concat(received).equals(all)).toBe(true);
});

it('waits for what the stream still has', async () => {
  const { socket, write } = await open();
  socket.cork();
  socket.write('first, ');
  write('then');
  socket.uncork();
  socket.end();
  const received: Buffer[] = [];
  peer.on('data', (bytes) => received.push(bytes));
  peer.resume();
  await once(peer, 'end');
  expect(Buffer.concat(received).toString()).toBe('first, then');
});

it.each(['ENOBUFS', 'EPROTOTYPE'])(
  'leaves a request to the stream after an error that libuv reads otherwise: %s',
  async (code) => {
    const { socket, write, direct } = await open();
    vi.mocked(writeSync).mockImplementationOnce(() => {
      throw Object.assign(new Error(code), { code });
    });
    write('request');
    expect([direct(), socket.bytesWritten]).toEqual([0, 'request'.length]);
    socket.destroy();
  },
);

it('never writes to a descriptor that has become that of another file', async () => {
  const { socket, write, direct } = await open();
  socket.on('error', () => {});
  const { fd: closed } = (socket as unknown as { _handle: { fd: number } })._handle;
  socket.destroy();
  const path = join(tmpdir(), `socket-writer-${process.pid}`);
  const opened: number[] = [];
  while (!opened.includes(closed)) opened.push(openSync(path, 'w'));
  write('text for the peer');
  opened.forEach(closeSync);
  const written = readFileSync(path, 'utf8');
  rmSync(path);
  expect([written, direct()]).toEqual(['', 0]);
});

it('destroys the socket with the error of a write that fails', async () => {
  const { socket, write, direct } = await open();
  const failed = once(socket, 'error');
  peer.resetAndDestroy();
  // The reset has come, but Node has not heard of it yet.
  expect(write('text')).toBe(true);
  const [error] = await failed;
  expect(error).toMatchObject({
    message: 'write ECONNRESET',
    code: 'ECONNRESET',
    syscall: 'write',
  });
  expect([socket.destroyed, direct()]).toEqual([true, 0]);
});
