import type { AnswerHandler } from './answer-reader.ts';
import { isCutOff, unpackBody, unpackPart } from './content-encoding.ts';

/** A request with everything resolved that its bytes on the wire depend on. */
export interface HttpRequest {
  method: string;
  /** `http://127.0.0.1:3001` */
  origin: string;
  /** Path and query, escaped. */
  path: string;
  /** Alternates name and value. */
  headers: string[];
  body: string | Uint8Array | null;
  /** From the call to the last byte of the answer. */
  timeoutMs: number;
  /** Set if nobody reads the body of the answer, which is not kept then. */
  dropsBody?: boolean;
  /** Set if the request may be sent again when a kept connection turns out to be closed. */
  mayRepeat?: boolean;
}

/** The server's address, and the TLS version and cipher suite by k6's names; both empty without TLS. */
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

/** The reason why there is no complete answer. */
export interface TransportFailure {
  /** The operating system's code (`ECONNREFUSED`, `ECONNRESET`, `ENOTFOUND` …) or one of the constants below. */
  code: string;
  message: string;
  cause?: unknown;
}

export const TIMEOUT = 'TIMEOUT';
/** The run or the iteration ended while the request was in flight. */
export const ABORTED = 'ABORTED';
/** The request cannot be expressed in HTTP; nothing was sent. */
export const INVALID_REQUEST = 'INVALID_REQUEST';
/** The server closed the connection before its answer was complete. */
export const CONNECTION_CLOSED = 'CONNECTION_CLOSED';
/** The answer is not HTTP, or could be read in two ways. */
export const MALFORMED_ANSWER = 'MALFORMED_ANSWER';
/** The body is not in the encoding that the answer names. */
export const UNREADABLE_BODY = 'UNREADABLE_BODY';
/** The body ends before what is packed in it does. */
export const CUT_OFF_BODY = 'CUT_OFF_BODY';
/** The answer redirects to something that is no URL of HTTP. */
export const BAD_REDIRECT = 'BAD_REDIRECT';
/** The body is larger than `BODY_BYTES_MAX`. */
export const OVERSIZED_ANSWER = 'OVERSIZED_ANSWER';

const BODY_BYTES_MAX = 128 * 1024 * 1024;

/** Is notified of the two moments of an exchange that the engine acts on. */
export interface ExchangeListener {
  /** Called right before the first byte of the request is written; nothing else runs in between. */
  beforeWrite(): void;
  /** Called exactly once, with an answer or with a failure. */
  ended(): void;
}

/**
 * One request with its answer or failure. One object holds all of it from the call to the end, because each object and
 * closure saved per request is throughput. The body stays raw bytes until a caller reads it.
 */
export class Exchange implements AnswerHandler {
  readonly request: HttpRequest;
  /** False while the request provably has not reached the server. */
  written = false;
  /** 0 until the head of an answer has arrived, and 0 again when the exchange ends with a failure. */
  status = 0;
  statusText = '';
  failure: TransportFailure | undefined;

  /** Moments on the client's monotonic clock, in milliseconds; 0 for a moment that was not reached. */
  calledAtMs = 0;
  writtenAtMs = 0;
  sentAtMs = 0;
  answeredAtMs = 0;
  endedAtMs = 0;
  /** Time spent on opening a connection for this exchange; 0 on a kept connection. */
  connectingMs = 0;
  tlsMs = 0;

  private readonly listener: ExchangeListener;
  private readonly now: () => number;
  private connection: CarryingConnection | undefined;
  private rawHeaders: readonly string[] = [];
  /** The body, or its beginning, as far as it came at once and is ASCII; a text costs less than a buffer. */
  private ascii = '';
  /** The parts of the body behind it. */
  private chunks: Buffer[] = NONE;
  /** The bytes of a body that was cut off: no answer, but scripts may look at them. */
  private partial: Buffer[] | undefined = undefined;
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
    const parts = this.parts();
    if (parts.length > 1) this.chunks = [Buffer.concat(parts)];
    return this.chunks[0] ?? EMPTY;
  }

  text(): string {
    return this.chunks.length === 0 ? this.ascii : this.bytes().toString('utf8');
  }

  /** The whole body in buffers. */
  private parts(): Buffer[] {
    if (this.ascii !== '') {
      this.chunks = [Buffer.from(this.ascii, 'latin1'), ...this.chunks];
      this.ascii = '';
    }
    return this.chunks;
  }

  /** The text of a body that was cut off, as far as it came and can be unpacked; undefined if no answer had begun. */
  partialBody(): Buffer | undefined {
    if (this.partial === undefined) return undefined;
    return unpackPart(
      Buffer.concat(this.partial),
      this.header('content-encoding') ?? '',
      BODY_BYTES_MAX,
    );
  }

  /** The body as JSON, parsed once; undefined when it is not JSON. */
  json(): unknown {
    if (!this.parseTried) {
      this.parseTried = true;
      try {
        const text = this.text();
        this.parsed = text === '' ? undefined : JSON.parse(text);
      } catch {
        this.parsed = undefined;
      }
    }
    return this.parsed;
  }

  /** The first value of a header of the answer; `name` is in lower case. */
  header(name: string): string | undefined {
    const raw = this.rawHeaders;
    for (let i = 0; i < raw.length; i += 2) {
      const key = raw[i] as string;
      if (key.length === name.length && key.toLowerCase() === name) {
        return textOf(raw[i + 1] as string);
      }
    }
    return undefined;
  }

  /** The value of a cookie that the answer sets. */
  cookie(name: string): string | undefined {
    for (const [header, value] of this.headers()) {
      if (header.toLowerCase() !== 'set-cookie') continue;
      const at = value.indexOf('=');
      if (value.slice(0, at).trim() === name)
        return (value.slice(at + 1).split(';')[0] ?? '').trim();
    }
    return undefined;
  }

  /** All headers of the answer, in order, as the server spelled them. */
  headers(): [name: string, value: string][] {
    const pairs: [string, string][] = [];
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      pairs.push([this.rawHeaders[i] as string, textOf(this.rawHeaders[i + 1] as string)]);
    }
    return pairs;
  }

  peer(): Peer {
    return this.connection?.peer ?? NO_PEER;
  }

  /** Decompresses the body; the exchange is a failure if that cannot be done. Call it once, after the end. */
  decompress(): void {
    const encoding = this.header('content-encoding');
    if (encoding === undefined || this.failure || this.request.dropsBody) return;
    if (BODILESS.includes(this.status) || this.request.method === 'HEAD') return;
    try {
      this.chunks = [unpackBody(this.bytes(), encoding, BODY_BYTES_MAX)];
    } catch (cause) {
      const message = `the body is no ${encoding}: ${(cause as Error).message}`;
      this.reject({ code: isCutOff(cause) ? CUT_OFF_BODY : UNREADABLE_BODY, message, cause });
    }
  }

  /** Makes an answer that turned out to be of no use a failure. */
  reject(failure: TransportFailure): void {
    if (this.status !== 0 && !WITHOUT_PART.has(failure.code)) this.partial = this.parts();
    this.failure = failure;
    this.status = 0;
    this.statusText = '';
    this.ascii = '';
    this.chunks = [];
  }

  /** Ends the exchange with a failure before it returns. A request that was not written yet will not be. */
  cancel(code: string, message: string): void {
    if (this.endedAtMs !== 0) return;
    if (this.connection) this.connection.break({ code, message });
    else this.end({ code, message }, this.now());
  }

  /** Copies everything that a response is read from; its body only on request. */
  pack(withBody: boolean): PackedExchange {
    const { written, status, statusText, failure, calledAtMs, writtenAtMs, sentAtMs } = this;
    const { answeredAtMs, endedAtMs, connectingMs, tlsMs, rawHeaders } = this;
    return {
      ...{ written, status, statusText, calledAtMs, writtenAtMs, sentAtMs, answeredAtMs },
      ...{ endedAtMs, connectingMs, tlsMs, rawHeaders },
      request: { ...this.request, body: null },
      failure: failure && { code: failure.code, message: failure.message },
      peer: this.peer(),
      body: withBody ? this.packedBody() : undefined,
    };
  }

  private packedBody(): Uint8Array | undefined {
    if (this.partial) return new Uint8Array(Buffer.concat(this.partial));
    return this.parts().length > 0 ? new Uint8Array(this.bytes()) : undefined;
  }

  static unpack({ request, peer, body, rawHeaders, ...facts }: PackedExchange): Exchange {
    const exchange = new Exchange(request, NO_LISTENER, () => 0);
    Object.assign(exchange, facts);
    exchange.connection = { peer, break() {} };
    exchange.rawHeaders = rawHeaders;
    const chunks = body && [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
    if (facts.failure) exchange.partial = chunks;
    else exchange.chunks = chunks ?? [];
    return exchange;
  }

  // The connection calls the methods below, in this order.

  start(connection: CarryingConnection): void {
    this.connection = connection;
    this.calledAtMs = this.now();
  }

  /** Called again if the request is sent again: it stays one request that began with the first byte. */
  beforeWrite(): void {
    if (this.written) return;
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

  onHead(status: number, statusText: string, headers: readonly string[]): void {
    this.status = status;
    this.statusText = statusText;
    this.rawHeaders = headers;
  }

  onBody(buffer: Buffer, from: number, to: number, read?: string): void {
    const length = to - from;
    this.bodyBytes += length;
    if (this.request.dropsBody) return;
    if (this.bodyBytes > BODY_BYTES_MAX) {
      this.cancel(OVERSIZED_ANSWER, `the answer's body is longer than ${BODY_BYTES_MAX} bytes`);
      return;
    }
    if (this.bodyBytes === length && length <= ASCII_BYTES_MAX) {
      const text = read ?? buffer.toString('latin1', from, to);
      if (!NOT_ASCII.test(text)) {
        this.ascii = text;
        return;
      }
    }
    const chunk = Buffer.allocUnsafe(length);
    buffer.copy(chunk, 0, from, to);
    if (this.chunks.length === 0) this.chunks = [chunk];
    else this.chunks.push(chunk);
  }

  /** A failure discards the part of the answer that has arrived. */
  end(failure: TransportFailure | undefined, atMs: number): void {
    if (this.endedAtMs !== 0) return;
    this.endedAtMs = atMs;
    if (failure) this.reject(failure);
    this.listener.ended();
  }
}

const EMPTY = Buffer.alloc(0);
/** The chunks of an answer that has none yet. */
const NONE: Buffer[] = [];
/** Longer bodies come in several pieces, or are no plain text. */
const ASCII_BYTES_MAX = 4096;
const NOT_ASCII = /[\x80-\xff]/;
/** Failures of an answer that arrived as a whole: there is no part of it. */
const WITHOUT_PART = new Set([UNREADABLE_BODY, BAD_REDIRECT, OVERSIZED_ANSWER]);
/** Answers with these statuses never have a body (RFC 9110, 15.3.5 and 15.4.5). */
const BODILESS = [204, 304];

/** A header's value, whose bytes were read one by one. Servers write UTF-8 into it, in locations above all. */
function textOf(value: string): string {
  return NOT_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

/** An exchange that has ended, as plain data that another thread can read. */
export interface PackedExchange {
  request: HttpRequest;
  written: boolean;
  status: number;
  statusText: string;
  failure: { code: string; message: string } | undefined;
  calledAtMs: number;
  writtenAtMs: number;
  sentAtMs: number;
  answeredAtMs: number;
  endedAtMs: number;
  connectingMs: number;
  tlsMs: number;
  peer: Peer;
  rawHeaders: readonly string[];
  body: Uint8Array | undefined;
}

const NO_LISTENER: ExchangeListener = { beforeWrite() {}, ended() {} };
