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
import { createSocketWriter, type SocketWriter } from './socket-writer.ts';
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

/** Sends one request at a time over one socket. A socket that was closed is opened again for the next request. */
export class Connection implements CarryingConnection {
  inFlight: Exchange | undefined;
  peer: Peer | undefined;
  private socket: Socket | undefined;
  private readonly url: URL;
  private readonly host: string;
  private readonly deps: ConnectionDeps;
  private readonly reader = new AnswerReader();
  /** Set while the socket is open. */
  private writer: SocketWriter | undefined;
  /** True once the socket has carried an answer, so that the server may have closed it since. */
  private isKept = false;
  /** The request in flight, for as long as it may have to be sent again. */
  private repeatable: string | Uint8Array | undefined;
  /** A request that waits until the socket is open, or until waiting requests are written together. */
  private waiting: string | Uint8Array | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  constructor(origin: string, deps: ConnectionDeps) {
    this.url = new URL(origin);
    this.host = this.url.host;
    this.deps = deps;
  }

  private get isOpen(): boolean {
    return this.writer !== undefined;
  }

  send(exchange: Exchange): void {
    const { method, path, headers, body, timeoutMs } = exchange.request;
    this.inFlight = exchange;
    exchange.start(this);
    let bytes: string | Uint8Array;
    try {
      bytes = encodeRequest(method, path, this.host, headers, body);
    } catch (error) {
      this.endExchange({ code: INVALID_REQUEST, message: (error as Error).message, cause: error });
      return;
    }
    this.setTimer(exchange.calledAtMs + timeoutMs);
    this.waiting = bytes;
    this.repeatable = this.isKept && exchange.request.mayRepeat ? bytes : undefined;
    if (this.isOpen) writeTogether(this);
    else this.open();
  }

  break(failure: TransportFailure): void {
    this.dropSocket();
    this.endExchange(failure);
  }

  close(): void {
    clearTimeout(this.timer);
    this.dropSocket();
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
        this.writer = createSocketWriter(socket, deps.traffic);
        this.peer = {
          ip: socket.remoteAddress ?? '',
          port: socket.remotePort ?? 0,
          ...sessionOf(socket),
        };
        // The exchange that waited for the connection is charged with the time.
        this.inFlight.connectingMs = tcpMs;
        this.inFlight.tlsMs = url.protocol === 'https:' ? deps.now() - openedAtMs - tcpMs : 0;
        this.writeWaiting();
      },
      onBytes: (buffer, length) => {
        if (socket === this.socket) this.read(buffer, length);
      },
      onEnd: (error) => {
        if (socket === this.socket) this.onSocketEnd(error);
      },
    });
    this.socket = socket;
    deps.traffic.watch(socket);
  }

  /** Writes the request that waits, unless it was cancelled or its connection was lost in the meantime. */
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
    if (this.writer?.(bytes)) exchange.onSent();
    else socket.once('drain', () => exchange.onSent());
  }

  private read(buffer: Buffer, length: number): void {
    const { reader } = this;
    if (!this.inFlight || this.waiting !== undefined) {
      // No request was written, so these bytes must not become the answer to the next one.
      this.replaceSocket();
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
    // After an early answer, unsent bytes of the request are left: the server would read them as the next request.
    const isDone = !reader.keepsAlive || this.deps.closesAfterAnswer === true;
    if (isDone || this.socket?.writableLength) this.dropSocket();
    else this.isKept = true;
    this.endExchange(undefined, atMs);
  }

  private onSocketEnd(error: NodeJS.ErrnoException | undefined): void {
    const { reader, isOpen } = this;
    if (isOpen && this.waiting !== undefined) {
      this.replaceSocket();
      return;
    }
    const { repeatable } = this;
    this.dropSocket();
    if (!this.inFlight) return;
    if (repeatable !== undefined && this.inFlight.answeredAtMs === 0) {
      // The server closed the kept connection while the request was on its way, and may be asked again.
      this.waiting = repeatable;
      this.open();
      return;
    }
    if (isOpen && !error) reader.finish();
    if (isOpen && reader.state === 'complete') this.endExchange(undefined);
    else if (error) this.endExchange(failureOf(error));
    else {
      const message = 'the server closed the connection before its answer was complete';
      this.endExchange({ code: CONNECTION_CLOSED, message });
    }
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = undefined;
    this.writer = undefined;
    this.isKept = false;
    this.repeatable = undefined;
    this.waiting = undefined;
    socket?.destroy();
  }

  /** Drops the socket. The waiting request was not written to it, so a new socket can carry it. */
  private replaceSocket(): void {
    const { waiting } = this;
    this.dropSocket();
    if (waiting === undefined) return;
    this.waiting = waiting;
    this.open();
  }

  private endExchange(failure: TransportFailure | undefined, atMs = this.deps.now()): void {
    const exchange = this.inFlight;
    this.inFlight = undefined;
    exchange?.end(failure, atMs);
  }

  /**
   * Ends the exchange in flight when its timeout has passed. Most exchanges end sooner; then the timer stays set and
   * serves the next exchange, because setting a timer for each request costs more.
   */
  private setTimer(dueMs: number): void {
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
    if (dueMs > this.deps.now()) this.setTimer(dueMs);
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
 * Writes requests in a row, after the event loop has read all bytes that have arrived. Written one by one, with other
 * work in between, each would find the server asleep, and waking it takes more CPU time than the write.
 */
function writeTogether(connection: Connection): void {
  if (waitingToWrite.length === 0) setImmediate(writeAll);
  waitingToWrite.push(connection);
}

function writeAll(): void {
  const connections = waitingToWrite;
  waitingToWrite = [];
  for (const connection of connections) connection.writeWaiting();
}
