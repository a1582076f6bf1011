import type { Socket } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';
import type { Traffic } from './traffic.ts';

/** What is to be sent, as near to the wire as undici takes it. */
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
  /** The operating system's code (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND` …) or one of `OWN_CODES`' values. */
  code: string;
  message: string;
  cause?: unknown;
}

export const TIMEOUT = 'TIMEOUT';
/** The run ended, or the turn was cut short, while the call was in flight. */
export const ABORTED = 'ABORTED';
/** undici refused what the script asked for; nothing was tried. */
export const INVALID_REQUEST = 'INVALID_REQUEST';

/** undici's codes in words of the matter. */
const OWN_CODES: Record<string, string> = {
  UND_ERR_CONNECT_TIMEOUT: 'CONNECT_TIMEOUT',
  UND_ERR_SOCKET: 'CONNECTION_CLOSED',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'TRUNCATED_BODY',
  UND_ERR_HEADERS_OVERFLOW: 'MALFORMED_ANSWER',
  UND_ERR_INVALID_ARG: INVALID_REQUEST,
  UND_ERR_NOT_SUPPORTED: INVALID_REQUEST,
};

/** Follows one exchange. */
export interface ExchangeListener {
  /** The connection stands and the request's first byte is written in the same breath. */
  beforeWrite(): void;
  /** Called exactly once, whatever happens. */
  ended(): void;
}

/**
 * One request and what became of it. A class with undici's low-level handler methods, because there is one per request
 * and every object or closure saved is throughput. Bodies and headers stay raw bytes until somebody asks.
 */
export class Exchange implements Dispatcher.DispatchHandler {
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
  private abort: ((error?: Error) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private rawHeaders: Buffer[] = [];
  private chunks: Buffer[] = [];
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

  dropBody(): void {
    this.chunks = [];
  }

  /** First value of an answer's header; `name` in lower case. */
  header(name: string): string | undefined {
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      const key = raw[i] as Buffer;
      if (key.length === name.length && key.toString('latin1').toLowerCase() === name) {
        return (raw[i + 1] as Buffer).toString('latin1');
      }
    }
    return undefined;
  }

  /** Every header of the answer, in order, as the server spelled it. */
  headers(): [name: string, value: string][] {
    const pairs: [string, string][] = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      pairs.push([
        (this.rawHeaders[i] as Buffer).toString('latin1'),
        (this.rawHeaders[i + 1] as Buffer).toString('latin1'),
      ]);
    }
    return pairs;
  }

  remoteAddress(): { ip: string; port: number } {
    const socket = this.connection?.socket;
    return { ip: socket?.remoteAddress ?? '', port: socket?.remotePort ?? 0 };
  }

  /** Called by the client. */
  start(connection: Connection): void {
    this.connection = connection;
    this.calledAtMs = this.now();
    const { timeoutMs } = this.request;
    this.timer = setTimeout(onTimeout, timeoutMs, this);
  }

  /** Gives up: what was written stays written, what was not never will be. Ends the exchange before it returns. */
  cancel(code: string, message: string): void {
    if (this.endedAtMs !== 0) return;
    this.failure = { code, message };
    const error = new Error(message);
    if (this.abort) this.abort(error);
    else this.connection?.discard(error);
  }

  // What follows is undici's side of it, in the order of events.

  onConnect(abort: (error?: Error) => void): void {
    this.abort = abort;
    this.writtenAtMs = this.now();
    this.connection?.reportConnecting(this);
    this.written = true;
    this.listener.beforeWrite();
  }

  onRequestSent(): void {
    this.sentAtMs = this.now();
  }

  onHeaders(status: number, headers: Buffer[], _resume: () => void, statusText: string): boolean {
    if (status < 200) return true;
    this.answeredAtMs = this.now();
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    this.end();
  }

  onError(error: Error): void {
    this.failure ??= failureOf(error);
    this.status = 0;
    this.statusText = '';
    this.chunks = [];
    this.end();
  }

  private end(): void {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = this.now();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.abort = undefined;
    this.connection?.free();
    this.listener.ended();
  }
}

const EMPTY = Buffer.alloc(0);

function onTimeout(exchange: Exchange): void {
  exchange.cancel(TIMEOUT, `no complete answer within ${exchange.request.timeoutMs} ms`);
}

function failureOf(error: Error & { code?: string }): TransportFailure {
  // undici's parser errors carry no code that tells them apart from others, only a name.
  const code = error.name === 'HTTPParserError' ? 'MALFORMED_ANSWER' : (error.code ?? 'UNKNOWN');
  const own = OWN_CODES[code] ?? code;
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  const message = error.message || inner?.message || code;
  return { code: own, message, cause: error };
}

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
  /** Opens sockets; one for all buyers, so that TLS sessions are resumed. */
  connector: Connector;
}

export type Connector = ReturnType<typeof buildConnector>;

export function createConnector({
  insecureSkipTlsVerify,
}: {
  insecureSkipTlsVerify: boolean;
}): Connector {
  return buildConnector({
    rejectUnauthorized: !insecureSkipTlsVerify,
    timeout: CONNECT_TIMEOUT_MS,
  });
}

export function createHttpClient(deps: HttpClientDeps): HttpClient {
  const connectionsByOrigin = new Map<string, Connection[]>();

  function connectionTo(origin: string): Connection {
    const known = connectionsByOrigin.get(origin);
    const pool = known ?? [];
    if (!known) connectionsByOrigin.set(origin, pool);
    for (const connection of pool) if (!connection.inFlight) return connection;
    const connection = new Connection(origin, deps, () => pool.splice(pool.indexOf(connection), 1));
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
        for (const connection of [...connections]) connection.discard(null);
      }
      connectionsByOrigin.clear();
    },
  };
}

/** One socket at a time, one request at a time. undici's Client reopens it when it was closed between requests. */
class Connection {
  inFlight: Exchange | undefined;
  socket: Socket | undefined;
  private readonly client: Client;
  private readonly onDiscard: () => void;
  private tcpMs = 0;
  private tlsMs = 0;

  constructor(origin: string, deps: HttpClientDeps, onDiscard: () => void) {
    this.client = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      // One timer of our own covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        const startedAtMs = deps.now();
        // The types call the connector void; it answers with the socket it opens.
        const socket = deps.connector(options, (error, opened) => {
          if (error) return callback(error, null);
          this.socket = opened as Socket;
          this.tlsMs = options.protocol === 'https:' ? deps.now() - startedAtMs - this.tcpMs : 0;
          if (options.protocol !== 'https:') this.tcpMs = deps.now() - startedAtMs;
          deps.traffic.watch(opened as Socket);
          callback(null, opened);
        }) as unknown as Socket;
        if (options.protocol === 'https:') {
          socket.once('connect', () => {
            this.tcpMs = deps.now() - startedAtMs;
          });
        }
      },
    });
    this.onDiscard = onDiscard;
  }

  send(exchange: Exchange): void {
    this.inFlight = exchange;
    exchange.start(this);
    this.client.dispatch(
      {
        method: exchange.request.method as Dispatcher.HttpMethod,
        path: exchange.request.path,
        headers: exchange.request.headers,
        body: exchange.request.body as string | Buffer | null,
      },
      exchange,
    );
  }

  /** Charges the opening of the connection to the exchange that waited for it. */
  reportConnecting(exchange: Exchange): void {
    exchange.connectingMs = this.tcpMs;
    exchange.tlsMs = this.tlsMs;
    this.tcpMs = 0;
    this.tlsMs = 0;
  }

  free(): void {
    this.inFlight = undefined;
  }

  discard(error: Error | null): void {
    this.onDiscard();
    // Ends what waits for the connection at once, as an error of the exchange.
    this.client.destroy(error, ignore);
  }
}

const CONNECT_TIMEOUT_MS = 30_000;

function ignore(): void {}
