import type { Socket } from 'node:net';
import { AnswerReader, type AnswerSink } from './answer-reader.ts';
import type { Connector } from './connector.ts';
import { encodeRequest } from './request-encoding.ts';
import type { Traffic } from './traffic.ts';

/** What is to be sent, as near to the wire as it can be. */
export interface HttpRequest {
  method: string;
  /** `http://127.0.0.1:3001` */
  origin: string;
  /** Path and query. */
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body: string | Uint8Array | null;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
}

/** Why there is no complete answer. */
export interface TransportFailure {
  /** The operating system's code (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND` …) or one of those below. */
  code: string;
  message: string;
  cause?: unknown;
}

export const TIMEOUT = 'TIMEOUT';
/** The run ended, or the turn was cut short, while the call was in flight. */
export const ABORTED = 'ABORTED';
/** The script asked for what cannot be said in HTTP; nothing was tried. */
export const INVALID_REQUEST = 'INVALID_REQUEST';
/** The server closed the connection before its answer was complete. */
export const CONNECTION_CLOSED = 'CONNECTION_CLOSED';
/** What came is not HTTP, or could be read in two ways. */
export const MALFORMED_ANSWER = 'MALFORMED_ANSWER';
/** The body is larger than any that a script could work with. */
export const OVERSIZED_ANSWER = 'OVERSIZED_ANSWER';

const BODY_BYTES_MAX = 128 * 1024 * 1024;

/** Follows one exchange. */
export interface ExchangeListener {
  /** The connection stands and the request's first byte is written in the same breath. */
  beforeWrite(): void;
  /** Called exactly once, whatever happens. */
  ended(): void;
}

/**
 * One request and what became of it. A class that is handed through all of it, because there is one per request and
 * every object or closure saved is throughput. Bodies stay raw bytes until somebody asks.
 */
export class Exchange implements AnswerSink {
  readonly request: HttpRequest;
  /** Whether anything may have reached the server. While false it provably has not. */
  written = false;
  /** 0 until an answer came, and again when it broke off. */
  status = 0;
  statusText = '';
  failure: TransportFailure | undefined;

  /** Moments on the client's clock, in milliseconds; 0 where it never came to that. */
  calledAtMs = 0;
  writtenAtMs = 0;
  sentAtMs = 0;
  answeredAtMs = 0;
  endedAtMs = 0;
  /** Spent opening a connection for this exchange; 0 on a kept one. */
  connectingMs = 0;
  tlsMs = 0;

  private readonly listener: ExchangeListener;
  private readonly now: () => number;
  private connection: Connection | undefined;
  private rawHeaders: string[] = [];
  private chunks: Buffer[] = [];
  private bodyBytes = 0;
  private parsed: unknown;
  private parseTried = false;

  constructor(request: HttpRequest, listener: ExchangeListener, now: () => number) {
    this.request = request;
    this.listener = listener;
    this.now = now;
  }

  /** Bytes of the answer's body. */
  bytes(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? EMPTY;
  }

  text(): string {
    return this.bytes().toString('utf8');
  }

  /** The body as JSON, parsed once; undefined when it is none. */
  json(): unknown {
    if (!this.parseTried) {
      this.parseTried = true;
      try {
        this.parsed = this.chunks.length === 0 ? undefined : JSON.parse(this.text());
      } catch {
        this.parsed = undefined;
      }
    }
    return this.parsed;
  }

  /** First value of an answer's header; `name` in lower case. */
  header(name: string): string | undefined {
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      const key = raw[i] as string;
      if (key.length === name.length && key.toLowerCase() === name) return raw[i + 1];
    }
    return undefined;
  }

  /** Every header of the answer, in order, as the server spelled it. */
  headers(): [name: string, value: string][] {
    const pairs: [string, string][] = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      pairs.push([this.rawHeaders[i] as string, this.rawHeaders[i + 1] as string]);
    }
    return pairs;
  }

  remoteAddress(): { ip: string; port: number } {
    return this.connection?.peer ?? { ip: '', port: 0 };
  }

  /** Gives up: what was written stays written, what was not never will be. Ends the exchange before it returns. */
  cancel(code: string, message: string): void {
    if (this.endedAtMs !== 0) return;
    if (this.connection) this.connection.break({ code, message });
    else this.end({ code, message });
  }

  // What follows is the connection's side of it, in the order of events.

  start(connection: Connection): void {
    this.connection = connection;
    this.calledAtMs = this.now();
  }

  beforeWrite(): void {
    this.writtenAtMs = this.now();
    this.written = true;
    this.listener.beforeWrite();
  }

  onSent(): void {
    if (this.endedAtMs === 0) this.sentAtMs = this.now();
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    this.answeredAtMs = this.now();
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
  }

  onBody(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    if (this.bodyBytes <= BODY_BYTES_MAX) this.chunks.push(Buffer.from(bytes));
    else this.cancel(OVERSIZED_ANSWER, `the answer's body is longer than ${BODY_BYTES_MAX} bytes`);
  }

  /** With a failure, whatever has come of an answer is forgotten. */
  end(failure: TransportFailure | undefined): void {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = this.now();
    if (failure) {
      this.failure = failure;
      this.status = 0;
      this.statusText = '';
      this.chunks = [];
    }
    this.listener.ended();
  }
}

const EMPTY = Buffer.alloc(0);

/** The connections of one buyer. Real sockets per buyer, as in life: nothing is shared, nothing is sent twice. */
export interface HttpClient {
  /** Sends a request over a free connection to its origin, a new one if there is none. */
  send(exchange: Exchange): void;
  /** Ends every exchange in flight at once, as ABORTED. */
  cancelAll(): void;
  /** Closes all connections; what is in flight ends as ABORTED. */
  close(): void;
}

export interface HttpClientDeps {
  /** Monotonic milliseconds. */
  now: () => number;
  traffic: Traffic;
  /** Close each connection after its answer. */
  closesAfterAnswer?: boolean;
  /** Opens sockets; one for all buyers, so that TLS sessions are resumed. */
  connector: Connector;
}

export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const connectionsByOrigin = new Map<string, Connection[]>();

  function connectionTo(origin: string): Connection {
    const known = connectionsByOrigin.get(origin);
    const pool = known ?? [];
    if (!known) connectionsByOrigin.set(origin, pool);
    for (const connection of pool) if (!connection.inFlight) return connection;
    const connection = new Connection(origin, deps);
    pool.push(connection);
    return connection;
  }

  function cancelAll(): void {
    for (const connections of connectionsByOrigin.values()) {
      for (const connection of [...connections]) {
        connection.inFlight?.cancel(ABORTED, 'the run ended before the answer came');
      }
    }
  }

  return {
    send(exchange) {
      connectionTo(exchange.request.origin).send(exchange);
    },
    cancelAll,
    close() {
      cancelAll();
      for (const connections of connectionsByOrigin.values()) {
        for (const connection of connections) connection.close();
      }
      connectionsByOrigin.clear();
    },
  };
}

/** One socket at a time, one request at a time. The socket is opened again for the next request when it was closed. */
class Connection {
  inFlight: Exchange | undefined;
  /** Who is at the other end; kept when the socket is gone. */
  peer: { ip: string; port: number } | undefined;
  private socket: Socket | undefined;
  private readonly url: URL;
  private readonly host: string;
  private readonly deps: HttpClientDeps;
  private readonly reader = new AnswerReader();
  private isOpen = false;
  /** What waits for the socket to open. */
  private waiting: string | Uint8Array | undefined;
  private timer: NodeJS.Timeout | undefined;
  private timerDueMs = Number.POSITIVE_INFINITY;

  constructor(origin: string, deps: HttpClientDeps) {
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
    if (this.isOpen) this.write(bytes);
    else {
      this.waiting = bytes;
      this.open();
    }
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
        this.peer = { ip: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
        // Charged to the exchange that waited for it.
        this.inFlight.connectingMs = tcpMs;
        this.inFlight.tlsMs = url.protocol === 'https:' ? deps.now() - openedAtMs - tcpMs : 0;
        this.write(this.waiting as string | Uint8Array);
        this.waiting = undefined;
      },
      onBytes: (bytes) => {
        if (socket === this.socket) this.read(bytes);
      },
      onEnd: (error) => {
        if (socket === this.socket) this.ended(error);
      },
    });
    this.socket = socket;
    deps.traffic.watch(socket);
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

  private read(bytes: Buffer): void {
    const { reader } = this;
    if (!this.inFlight) {
      // Nobody asked: whatever it is, it must not become the answer to the next request.
      this.drop();
      return;
    }
    reader.read(bytes);
    if (!reader.isOver || !this.inFlight) return;
    if (reader.state === 'malformed') {
      this.break({ code: MALFORMED_ANSWER, message: reader.problem });
      return;
    }
    // An answer may come before the whole request has gone; the rest of it would be read as the next one.
    const isDone = !reader.keepsAlive || this.deps.closesAfterAnswer === true;
    if (isDone || this.socket?.writableLength) this.drop();
    this.release(undefined);
  }

  private ended(error: NodeJS.ErrnoException | undefined): void {
    const { reader, isOpen } = this;
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

  private release(failure: TransportFailure | undefined): void {
    const exchange = this.inFlight;
    this.inFlight = undefined;
    exchange?.end(failure);
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
