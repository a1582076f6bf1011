import type { AnswerSink } from './answer-reader.ts';

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

/** Who is at the other end, and how it is spoken with; empty where there is no TLS. */
export interface Peer {
  ip: string;
  port: number;
  tlsVersion: string;
  tlsCipherSuite: string;
}

/** The connection that carries an exchange, as far as the exchange needs it. */
export interface CarryingConnection {
  /** Kept when the socket is gone; undefined while it has not opened yet. */
  readonly peer: Peer | undefined;
  /** Ends the exchange with a failure, and closes the socket. */
  break(failure: TransportFailure): void;
}

const NO_PEER: Peer = { ip: '', port: 0, tlsVersion: '', tlsCipherSuite: '' };

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
  private connection: CarryingConnection | undefined;
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

  peer(): Peer {
    return this.connection?.peer ?? NO_PEER;
  }

  /** Gives up: what was written stays written, what was not never will be. Ends the exchange before it returns. */
  cancel(code: string, message: string): void {
    if (this.endedAtMs !== 0) return;
    if (this.connection) this.connection.break({ code, message });
    else this.end({ code, message }, this.now());
  }

  // What follows is the connection's side of it, in the order of events.

  start(connection: CarryingConnection): void {
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

  onBytes(atMs: number): void {
    if (this.answeredAtMs === 0) this.answeredAtMs = atMs;
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
  }

  onBody(buffer: Buffer, from: number, to: number): void {
    this.bodyBytes += to - from;
    if (this.bodyBytes <= BODY_BYTES_MAX) {
      const chunk = Buffer.allocUnsafe(to - from);
      buffer.copy(chunk, 0, from, to);
      this.chunks.push(chunk);
    } else
      this.cancel(OVERSIZED_ANSWER, `the answer's body is longer than ${BODY_BYTES_MAX} bytes`);
  }

  /** With a failure, whatever has come of an answer is forgotten. */
  end(failure: TransportFailure | undefined, atMs: number): void {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = atMs;
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
