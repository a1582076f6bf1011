import type { Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';
import type { Connector } from './connector.ts';
import {
  type CarryingConnection,
  CONNECTION_CLOSED,
  type Exchange,
  INVALID_REQUEST,
  MALFORMED_ANSWER,
  type Peer,
  TIMEOUT,
  type TransportFailure,
} from './exchange.ts';
import { encodeRequest } from './request-encoding.ts';
import { sessionOf } from './tls.ts';
import type { Traffic } from './traffic.ts';

export interface ConnectionDeps {
  /** Monotonic milliseconds. */
  now: () => number;
  traffic: Traffic;
  /** Closes each connection after its answer. */
  closesAfterAnswer?: boolean;
  /** Opens sockets; one connector for all VUs, so that TLS sessions are resumed. */
  connector: Connector;
}

/** One socket at a time, one request at a time. The socket is opened again for the next request when it was closed. */
export class Connection implements CarryingConnection {
  inFlight: Exchange | undefined;
  /** Kept when the socket is gone. */
  peer: Peer | undefined;
  private socket: Socket | undefined;
  private readonly url: URL;
  private readonly host: string;
  private readonly deps: ConnectionDeps;
  private readonly reader = new AnswerReader();
  private isOpen = false;
  /** What waits for the socket to open, or for its turn to be written. */
  private waiting: string | Uint8Array | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  constructor(origin: string, deps: ConnectionDeps) {
    this.url = new URL(origin);
    this.host = this.url.host;
    this.deps = deps;
  }

  send(exchange: Exchange): void {
    const { method, path, headers, body, timeoutMs } = exchange.request;
    this.inFlight = exchange;
    exchange.start(this);
    let bytes: string | Uint8Array;
    try {
      bytes = encodeRequest(method, path, this.host, headers, body);
    } catch (error) {
      this.release({ code: INVALID_REQUEST, message: (error as Error).message, cause: error });
      return;
    }
    this.watchTime(exchange.calledAtMs + timeoutMs);
    this.waiting = bytes;
    if (this.isOpen) writeWithOthers(this);
    else this.open();
  }

  /** Ends the exchange in flight for good, and the socket with it. */
  break(failure: TransportFailure): void {
    this.drop();
    this.release(failure);
  }

  close(): void {
    clearTimeout(this.timer);
    this.drop();
  }

  private open(): void {
    const { deps, url } = this;
    const openedAtMs = deps.now();
    let tcpMs = 0;
    const socket = deps.connector(url, {
      onTcp: () => {
        tcpMs = deps.now() - openedAtMs;
      },
      onOpen: () => {
        if (socket !== this.socket || !this.inFlight) return;
        this.isOpen = true;
        this.peer = {
          ip: socket.remoteAddress ?? '',
          port: socket.remotePort ?? 0,
          ...sessionOf(socket),
        };
        // Charged to the exchange that waited for it.
        this.inFlight.connectingMs = tcpMs;
        this.inFlight.tlsMs = url.protocol === 'https:' ? deps.now() - openedAtMs - tcpMs : 0;
        this.writeWaiting();
      },
      onBytes: (buffer, length) => {
        if (socket === this.socket) this.read(buffer, length);
      },
      onEnd: (error) => {
        if (socket === this.socket) this.ended(error);
      },
    });
    this.socket = socket;
    deps.traffic.watch(socket);
  }

  /** Writes the request that waits, unless it was given up or its connection was lost in the meantime. */
  writeWaiting(): void {
    const { waiting } = this;
    if (waiting === undefined || !this.isOpen) return;
    this.waiting = undefined;
    this.write(waiting);
  }

  private write(bytes: string | Uint8Array): void {
    const exchange = this.inFlight as Exchange;
    const socket = this.socket as Socket;
    this.reader.begin(exchange, exchange.request.method);
    exchange.beforeWrite();
    const taken = typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes);
    if (taken) exchange.onSent();
    else socket.once('drain', () => exchange.onSent());
  }

  private read(buffer: Buffer, length: number): void {
    const { reader } = this;
    if (!this.inFlight || this.waiting !== undefined) {
      // Nobody asked: whatever it is, it must not become the answer to the next request.
      this.replace();
      return;
    }
    const atMs = this.deps.now();
    this.inFlight.onBytes(atMs);
    reader.read(buffer, length);
    if (!reader.isOver || !this.inFlight) return;
    if (reader.state === 'malformed') {
      this.break({ code: MALFORMED_ANSWER, message: reader.problem });
      return;
    }
    // An answer may come before the whole request has gone; the rest of it would be read as the next one.
    const isDone = !reader.keepsAlive || this.deps.closesAfterAnswer === true;
    if (isDone || this.socket?.writableLength) this.drop();
    this.release(undefined, atMs);
  }

  private ended(error: NodeJS.ErrnoException | undefined): void {
    const { reader, isOpen } = this;
    if (isOpen && this.waiting !== undefined) {
      this.replace();
      return;
    }
    this.drop();
    if (!this.inFlight) return;
    if (isOpen && !error) reader.finish();
    if (isOpen && reader.state === 'complete') this.release(undefined);
    else if (error) this.release(failureOf(error));
    else {
      const message = 'the server closed the connection before its answer was complete';
      this.release({ code: CONNECTION_CLOSED, message });
    }
  }

  private drop(): void {
    const { socket } = this;
    this.socket = undefined;
    this.isOpen = false;
    this.waiting = undefined;
    socket?.destroy();
  }

  /** Drops the socket. A request that was to go over it has not been written and goes over a new one. */
  private replace(): void {
    const { waiting } = this;
    this.drop();
    if (waiting === undefined) return;
    this.waiting = waiting;
    this.open();
  }

  private release(failure: TransportFailure | undefined, atMs = this.deps.now()): void {
    const exchange = this.inFlight;
    this.inFlight = undefined;
    exchange?.end(failure, atMs);
  }

  /**
   * Wakes up when the exchange in flight has had its time. A timer that is set stays set when the exchange ends sooner,
   * because most do: the next one is watched by the same timer, set again only for what is then left.
   */
  private watchTime(dueMs: number): void {
    if (this.timer !== undefined && this.timerDueMs <= dueMs) return;
    clearTimeout(this.timer);
    this.timerDueMs = dueMs;
    this.timer = setTimeout(onTimer, Math.max(1, Math.ceil(dueMs - this.deps.now())), this);
  }

  onTime(): void {
    this.timer = undefined;
    const exchange = this.inFlight;
    if (!exchange) return;
    const { timeoutMs } = exchange.request;
    const dueMs = exchange.calledAtMs + timeoutMs;
    if (dueMs > this.deps.now()) this.watchTime(dueMs);
    else this.break({ code: TIMEOUT, message: `no complete answer within ${timeoutMs} ms` });
  }
}

function onTimer(connection: Connection): void {
  connection.onTime();
}

function failureOf(error: NodeJS.ErrnoException): TransportFailure {
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  const code = error.code ?? inner?.code ?? 'UNKNOWN';
  return { code, message: error.message || inner?.message || code, cause: error };
}

let waitingToWrite: Connection[] = [];

/**
 * Writes when everything that has come in by now has been read. Requests that leave in a row keep the other side busy;
 * one by one, with other work between, each would find it asleep, and to wake it costs more than to write.
 */
function writeWithOthers(connection: Connection): void {
  if (waitingToWrite.length === 0) setImmediate(writeAll);
  waitingToWrite.push(connection);
}

function writeAll(): void {
  const connections = waitingToWrite;
  waitingToWrite = [];
  for (const connection of connections) connection.writeWaiting();
}
