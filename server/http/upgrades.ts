import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** The one path at which a connection may become a WebSocket. */
export interface UpgradeDoor {
  path: string;
  /** Takes over a connection; `head` has the bytes that came behind the request. */
  open(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes all connections that were taken over. Resolves when they are closed. */
  close(): Promise<void>;
}

/**
 * Gives requests for a WebSocket at the door's path to the door. Every other request is answered as if it had not asked for
 * an upgrade: HTTP allows that, and clients that offer HTTP/2 (`Upgrade: h2c`) rely on it.
 */
export function routeUpgrades(server: Server, door: UpgradeDoor): void {
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isForDoor(req, door)) door.open(req, socket, head);
    else serveWithout(server, req, socket, head);
  });
}

/** True for a GET that asks for a WebSocket at the door's path. */
function isForDoor({ method, url = '', headers }: IncomingMessage, { path }: UpgradeDoor): boolean {
  const asked = headers.upgrade?.toLowerCase() === 'websocket';
  return asked && method === 'GET' && (url === path || url.startsWith(`${path}?`));
}

/**
 * Has the server read the request once more, without the headers that ask for an upgrade. Node takes its parser off a
 * connection before it says that somebody asked, so the request is written out again and the connection is a new one to it.
 */
function serveWithout(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let place = 0; place < rawHeaders.length; place += 2) {
    const [name, value] = [rawHeaders[place] as string, rawHeaders[place + 1] as string];
    const kept = withoutUpgrade(name.toLowerCase(), value);
    if (kept !== '') lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Headers that belong to the upgrade. */
const OF_UPGRADE = new Set(['upgrade', 'http2-settings']);

/** The value of a header without what asks for an upgrade; empty if nothing is left. */
function withoutUpgrade(name: string, value: string): string {
  if (OF_UPGRADE.has(name)) return '';
  if (name !== 'connection') return value;
  const options = value.split(',').map((option) => option.trim());
  return options.filter((option) => !OF_UPGRADE.has(option.toLowerCase())).join(', ');
}
