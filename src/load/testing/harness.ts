import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { HistoryRecorder } from '../../history/operation-writer.ts';

type Invocation = Parameters<HistoryRecorder['invoke']>[0];
type Completion = Parameters<HistoryRecorder['complete']>[1];

/** A history that tests can read: what was recorded, in the order it happened. */
export interface MemoryHistory extends HistoryRecorder {
  operations: (Invocation & { id: number; completion?: Completion })[];
}

export function createMemoryHistory(): MemoryHistory {
  const operations: MemoryHistory['operations'] = [];
  return {
    operations,
    invoke(operation) {
      operations.push({ ...operation, id: operations.length + 1 });
      return operations.length;
    },
    complete(id, completion) {
      const operation = operations[id - 1];
      if (!operation || operation.completion) throw new Error(`operation ${id} cannot end`);
      operation.completion = completion;
    },
  } as MemoryHistory;
}

export interface TestServer {
  origin: string;
  close(): Promise<void>;
}

/** A real HTTP server on a free port of the loopback. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A server that speaks whatever `onSocket` makes it speak. */
export async function serveTcp(onSocket: (socket: Socket) => void): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An origin nobody listens on. */
export async function refusedOrigin(): Promise<string> {
  const server = await serveTcp(() => {});
  await server.close();
  return server.origin;
}

/** Writes files into a folder of their own; the paths are relative to it. */
export function writeFiles(files: Record<string, string>): {
  path: (name: string) => string;
  remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return {
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
