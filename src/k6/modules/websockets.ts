import type { SocketEvent } from '../../load/http/web-socket.ts';
import type { Vu, VuSocket } from '../../load/vu/vu.ts';
import {
  SOCKET_PARAMETERS,
  type SocketCall,
  type SocketParams,
  toSocketCall,
} from '../http/socket-call.ts';
import { SocketSession, unusualEnd } from '../http/socket-session.ts';
import { Blob } from '../runtime/blob.ts';
import { bytesOf } from '../runtime/bytes.ts';
import { warnOnce } from '../runtime/shared-state.ts';
import type { K6Module } from './module.ts';

/** `k6/websockets`: WebSockets whose events come in turns of the VU's event loop. */
export const websocketsModule: K6Module = (vu) => ({
  WebSocket: class extends WebSocket {
    constructor(url: unknown, protocols?: unknown, params?: SocketParams | null) {
      super(vu, url, protocols, params ?? {});
    }
  },
  Blob,
});

const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };

const EVENTS = ['open', 'message', 'error', 'close', 'ping', 'pong'] as const;
type EventName = (typeof EVENTS)[number];

type Handler = (event: object) => unknown;

class WebSocket {
  readonly url: string;
  readonly #vu: Vu;
  readonly #call: SocketCall;
  readonly #session: SocketSession;
  readonly #socket: VuSocket;
  readonly #handlers = new Map<EventName, { on?: Handler; added: Handler[] }>();
  #readyState = STATES.CONNECTING;
  #binaryType = 'blob';
  #protocol = '';

  static {
    for (const state of [WebSocket, WebSocket.prototype]) Object.assign(state, STATES);
    for (const name of EVENTS) {
      Object.defineProperty(WebSocket.prototype, `on${name}`, {
        enumerable: true,
        get(this: WebSocket) {
          return this.#handlersOf(name).on ?? null;
        },
        set(this: WebSocket, handler: unknown) {
          if (handler !== null && handler !== undefined && typeof handler !== 'function') {
            throw new Error(`a value for 'on${name}' should be callable`);
          }
          this.#handlersOf(name).on = (handler ?? undefined) as Handler | undefined;
        },
      });
    }
  }

  constructor(vu: Vu, url: unknown, protocols: unknown, params: SocketParams) {
    if (vu.initializing) {
      throw new Error('using websockets in the init context is not supported');
    }
    this.url = usableUrl(url);
    for (const name in params) {
      if (!SOCKET_PARAMETERS.has(name)) throw new Error(`unknown WebSocket's option ${name}`);
    }
    this.#vu = vu;
    this.#call = toSocketCall(vu, this.url, params, namesOf(protocols));
    const name = params.tags?.name ?? this.url;
    this.#session = new SocketSession(vu, { ...params.tags, name, url: name });
    this.#socket = vu.openSocket(this.#call.request, (event) => this.#take(event));
  }

  get readyState(): number {
    return this.#readyState;
  }

  get protocol(): string {
    return this.#protocol;
  }

  /** Always 0, because messages are handed over at once. */
  get bufferedAmount(): number {
    return 0;
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: unknown) {
    if (type !== 'blob' && type !== 'arraybuffer') {
      const supported = 'the supported ones are "blob" and "arraybuffer"';
      throw new Error(`unknown binaryType ${type}, ${supported}`);
    }
    this.#binaryType = type;
  }

  addEventListener(event: EventName, handler: unknown): void {
    if (typeof handler !== 'function') {
      throw new Error(`handler for event type "${event}" isn't a callable function`);
    }
    if (EVENTS.includes(event)) this.#handlersOf(event).added.push(handler as Handler);
    else warnOnce(this.#vu, `socket ${event}`, `WebSockets have no event "${event}"`);
  }

  send(data: unknown): void {
    this.#assertOpen();
    this.#socket.send(typeof data === 'string' ? data : (Blob.bytesIn(data) ?? ownBytes(data)));
    this.#session.sent();
  }

  ping(): void {
    this.#assertOpen();
    this.#socket.ping(this.#session.pinged());
    this.#session.sent();
  }

  close(code: unknown = 0, reason: unknown = ''): void {
    if (this.#readyState >= STATES.CLOSING) return;
    const number = Math.trunc(Number(code)) || 0;
    if (number !== 0 && number !== 1000 && !(number >= 3000 && number <= 4999)) {
      throw new Error(
        `InvalidAccessError: the close code must be either 1000, or between 3000 and 4999, and not ${number}`,
      );
    }
    const text = String(reason);
    if (Buffer.byteLength(text) > REASON_BYTES_MAX) {
      throw new Error(`SyntaxError: the reason must not be longer than ${REASON_BYTES_MAX} bytes`);
    }
    this.#readyState = STATES.CLOSING;
    this.#socket.close(number || 1000, text);
    this.#session.sent();
  }

  #assertOpen(): void {
    if (this.#readyState !== STATES.OPEN) throw new Error('InvalidStateError');
  }

  #handlersOf(name: EventName): { on?: Handler; added: Handler[] } {
    const known = this.#handlers.get(name) ?? { added: [] };
    this.#handlers.set(name, known);
    return known;
  }

  #emit(type: EventName, fields: object = {}): void {
    const { on, added } = this.#handlersOf(type);
    const event = { type, target: this, timestamp: performance.timeOrigin + performance.now() };
    for (const handler of [...(on ? [on] : []), ...added]) handler({ ...event, ...fields });
  }

  #take(event: SocketEvent): void {
    switch (event.type) {
      case 'opened':
        this.#session.connected(event);
        this.#call.storeCookies(event.handshake);
        this.#protocol = event.protocol;
        if (this.#readyState !== STATES.CONNECTING) return;
        this.#readyState = STATES.OPEN;
        this.#emit('open');
        break;
      case 'failed':
        this.#session.connected(event);
        if (event.handshake) this.#call.storeCookies(event.handshake);
        this.#readyState = STATES.CLOSED;
        this.#emit('error', { error: event.message });
        this.#emit('close', { reason: '' });
        break;
      case 'message':
        if (this.#readyState !== STATES.OPEN) return;
        this.#session.received();
        this.#emit('message', { data: this.#dataOf(event.data), origin: this.url });
        break;
      case 'ping':
        this.#emit('ping');
        break;
      case 'pong':
        this.#session.ponged(event.data);
        this.#emit('pong');
        break;
      case 'closed': {
        this.#readyState = STATES.CLOSED;
        this.#session.ended();
        const error = unusualEnd(event);
        if (error !== undefined) this.#emit('error', { error });
        this.#emit('close', { code: event.code, reason: event.reason });
      }
    }
  }

  #dataOf(data: string | Uint8Array<ArrayBuffer>): string | ArrayBuffer | Blob {
    if (typeof data === 'string') return data;
    return this.#binaryType === 'blob' ? new Blob([data]) : data.buffer;
  }
}

/** The longest reason with which a socket can be closed. */
const REASON_BYTES_MAX = 123;

function usableUrl(given: unknown): string {
  if (given === undefined || given === null) throw new Error('WebSocket requires a url');
  const text = String(given);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) throw new Error(`WebSocket requires valid url, but got "${text}"`);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    const scheme = url.protocol.slice(0, -1);
    throw new Error(`WebSocket requires url with scheme ws or wss, but got "${scheme}"`);
  }
  if (url.hash) {
    throw new Error(`WebSocket requires no url fragment, but got "${url.hash.slice(1)}"`);
  }
  return text;
}

function namesOf(protocols: unknown): string[] {
  if (protocols === undefined || protocols === null) return [];
  return (Array.isArray(protocols) ? protocols : [protocols]).map(String);
}

function ownBytes(data: unknown): Uint8Array {
  if (!(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data)) {
    throw new Error(`unsupported send type ${typeof data}`);
  }
  return bytesOf(data).slice();
}
