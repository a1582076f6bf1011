import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Dialer } from './connector.ts';
import type { Traffic } from './traffic.ts';

/** A WebSocket as a script's module asks for it. */
export interface SocketRequest {
  url: string;
  headers: Record<string, string>;
  protocols: string[];
  /** True if messages may be packed (RFC 7692). */
  compresses: boolean;
}

/** The server's answer to the request for a WebSocket. */
export interface Handshake {
  status: number;
  /** Names and values, alternating. */
  headers: string[];
  /** The beginning of the body; empty unless the server refused. */
  body: string;
}

/** Something that happens to a WebSocket. `failed` and `closed` are the last of it. */
export type SocketEvent =
  | { type: 'opened'; handshake: Handshake; ip: string; protocol: string; connectingMs: number }
  | { type: 'failed'; handshake?: Handshake; ip: string; message: string; connectingMs: number }
  | { type: 'message'; data: string | Uint8Array<ArrayBuffer> }
  | { type: 'ping' }
  | { type: 'pong'; data: string }
  | { type: 'closed'; code: number; reason: string };

/** An open WebSocket, or one that is being opened. */
export interface OpenSocket {
  send(data: string | Uint8Array): void;
  ping(data: string): void;
  /** Asks the server to close the connection, which ends with the event `closed`. */
  close(code: number, reason: string): void;
  /** Says goodbye and closes the connection. No event follows. */
  leave(code: number): void;
  /** Stops reading, so that the server has to wait, or reads on. Events of what has been read follow all the same. */
  read(isOn: boolean): void;
}

/** The same as in k6. */
const HANDSHAKE_TIMEOUT_MS = 60_000;
const REFUSAL_BYTES_MAX = 1024;

/** Opens a WebSocket. Whatever prevents it is an event, too. */
export function openWebSocket(
  { url, headers, protocols, compresses }: SocketRequest,
  { dial, traffic, now }: { dial: Dialer; traffic: Traffic; now: () => number },
  onEvent: (event: SocketEvent) => void,
): OpenSocket {
  const calledAtMs = now();
  let tell = onEvent;
  let ip = '';
  let isOpen = false;
  let handshake: Handshake | undefined;
  /** Messages that the system has not taken yet. */
  let unsent = 0;
  let onSent: (() => void) | undefined;

  function end(event: SocketEvent): void {
    const last = tell;
    tell = () => {};
    last(event);
  }

  function fail(message: string): void {
    const connectingMs = now() - calledAtMs;
    end({ type: 'failed', ...(handshake && { handshake }), ip, message, connectingMs });
  }

  function sent(): void {
    unsent -= 1;
    if (unsent === 0) onSent?.();
  }

  function createConnection(): Socket {
    const connection = dial(new URL(url));
    // Nobody listens yet to a socket that is refused at once.
    connection.on('error', () => {});
    if (connection.errored) throw connection.errored;
    traffic.watch(connection);
    connection.once('connect', () => {
      ip = connection.remoteAddress ?? '';
    });
    return connection;
  }

  let socket: WebSocket;
  try {
    socket = new WebSocket(usableUrl(url), protocols, {
      ...{ headers, createConnection, handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
      perMessageDeflate: compresses && {
        ...{ clientNoContextTakeover: true, serverNoContextTakeover: true, threshold: 0 },
      },
    });
  } catch (error) {
    // A host that is blocked, a URL or a header that cannot be sent.
    setImmediate(fail, (error as Error).message);
    const nothing = (): void => {};
    const leave = (): void => {
      tell = nothing;
    };
    return { send: nothing, ping: nothing, close: nothing, leave, read: nothing };
  }

  socket.once('upgrade', (answer) => {
    handshake = handshakeOf(answer, '');
  });
  socket.once('open', () => {
    isOpen = true;
    const { protocol } = socket;
    const connectingMs = now() - calledAtMs;
    tell({ type: 'opened', handshake: handshake as Handshake, ip, protocol, connectingMs });
  });
  socket.once('unexpected-response', async (_, answer) => {
    handshake = handshakeOf(answer, await beginningOf(answer));
    fail(BAD_HANDSHAKE);
    socket.terminate();
  });
  socket.on('message', (data: Buffer, isBinary) =>
    tell({ type: 'message', data: isBinary ? Uint8Array.from(data) : data.toString() }),
  );
  socket.on('ping', () => tell({ type: 'ping' }));
  socket.on('pong', (data) => tell({ type: 'pong', data: data.toString() }));
  socket.on('error', (error) => {
    // The end of an open socket is told by its code.
    if (!isOpen) fail(handshake === undefined ? inWordsOfK6(error) : BAD_HANDSHAKE);
  });
  socket.on('close', (code, reason) => end({ type: 'closed', code, reason: reason.toString() }));

  return {
    send(data) {
      unsent += 1;
      socket.send(data, sent);
    },
    ping: (data) => socket.ping(data),
    close(code, reason) {
      const close = () => socket.close(sendable(code), reason);
      // As in k6, a socket that is being opened is opened first.
      if (socket.readyState === WebSocket.CONNECTING) socket.once('open', close);
      else close();
    },
    leave(code) {
      tell = () => {};
      onSent = () => {
        if (socket.readyState === WebSocket.OPEN) socket.close(sendable(code));
        socket.terminate();
      };
      if (unsent === 0) onSent();
    },
    read(isOn) {
      if (isOn) socket.resume();
      else socket.pause();
    },
  };
}

const BAD_HANDSHAKE = 'websocket: bad handshake';

/** A URL as it is asked for. Throws in k6's words for one that k6 opens no WebSocket with. */
function usableUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable = url?.protocol === 'ws:' || url?.protocol === 'wss:';
  if (!isUsable || url.username !== '' || url.password !== '') {
    throw new Error('malformed ws or wss URL');
  }
  return url.hash === '' ? text : text.slice(0, text.indexOf('#'));
}

/** k6's words for a server that is not there or says nothing, which scripts compare. */
const inWordsOfK6 = ({ message }: Error): string =>
  message
    .replace(/^connect ECONNREFUSED (.*)/, 'dial tcp $1: connect: connection refused')
    .replace(/^getaddrinfo ENOTFOUND (.*)/, 'lookup $1: no such host')
    .replace(/^socket hang up$/, 'unexpected EOF');

/** A code that may be sent; those that stand for "none" are not. */
const sendable = (code: number): number | undefined =>
  (code >= 3000 && code < 5000) || (code >= 1000 && code <= 1014 && !RESERVED.has(code))
    ? code
    : undefined;

const RESERVED = new Set([1004, 1005, 1006]);

const handshakeOf = ({ statusCode = 0, rawHeaders }: IncomingMessage, body: string): Handshake => ({
  ...{ status: statusCode, headers: rawHeaders, body },
});

async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= REFUSAL_BYTES_MAX) break;
    }
  } catch {
    // An answer that is cut off has as much of a body as there is.
  }
  return Buffer.concat(chunks).subarray(0, REFUSAL_BYTES_MAX).toString();
}
