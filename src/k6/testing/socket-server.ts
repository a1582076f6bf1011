import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** The behaviours of a server, by the path of the URL. */
const WAYS: Record<string, (socket: WebSocket) => void> = {
  '/echo': (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  '/greet'(socket) {
    socket.send('hello');
    socket.ping();
  },
  '/bye': (socket) => socket.on('message', (code) => socket.close(Number(code), 'enough')),
  '/silent': (socket) => socket.on('message', () => socket.close()),
  '/gone': (socket) => socket.on('message', () => socket.terminate()),
  '/many'(socket) {
    for (let sent = 0; sent < 200; sent += 1) socket.send('x'.repeat(20_000));
    socket.close();
  },
};

/**
 * Starts a server of WebSockets: `/echo`, `/greet` (a text and a ping), `/bye` (closes with the code that it is sent),
 * `/silent` (closes without a code), `/gone` (drops the connection), `/many` (4 MB in messages, and closes). `/mute` drops the
 * connection without an answer, `/wrong` answers with a wrong key. `/headers` sends what it was asked with, `/refuse` answers with 403,
 * anything else with 404.
 */
export async function serveSockets(): Promise<{
  origin: string;
  /** The code and reason with which clients closed, in the order of their ends. */
  ends: { code: number; reason: string }[];
  close(): Promise<void>;
}> {
  const ends: { code: number; reason: string }[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: true },
    handleProtocols: (protocols) => [...protocols].at(-1) ?? false,
  });
  sockets.on('headers', (headers) => headers.push('Set-Cookie: seen=yes; Path=/'));
  server.on('upgrade', (request, connection, head) => {
    const path = request.url ?? '';
    const way =
      path === '/headers'
        ? (socket: WebSocket) => socket.send(JSON.stringify(request.headers))
        : WAYS[path];
    if (path === '/mute') {
      connection.destroy();
      return;
    }
    if (path === '/wrong') {
      connection.end(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n',
      );
      return;
    }
    if (!way) {
      const [status, body] = path === '/refuse' ? ['403 Forbidden', 'no'] : ['404 Not Found', ''];
      connection.end(
        `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nx-why: rules\r\n\r\n${body}`,
      );
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('close', (code, reason) => ends.push({ code, reason: reason.toString() }));
      socket.on('error', () => {});
      way(socket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ends,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
