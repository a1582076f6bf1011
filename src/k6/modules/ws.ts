import type { SocketEvent } from '../../load/http/web-socket.ts';
import type { Vu, VuSocket } from '../../load/vu/vu.ts';
import { joinHeaders } from '../http/response-headers.ts';
import { type SocketCall, type SocketParams, toSocketCall } from '../http/socket-call.ts';
import { SocketSession, unusualEnd } from '../http/socket-session.ts';
import type { K6Module } from './module.ts';

type Handler = (...given: unknown[]) => unknown;

/** The result of `ws.connect`. */
interface SocketResponse {
  url: string;
  status: number;
  headers: Record<string, string>;
  body: string;
  error: string;
}

/** `k6/ws`: a WebSocket for which its VU waits until it is closed. Its events and timers are all that happens meanwhile. */
export const wsModule: K6Module = (vu) => ({
  connect(url: unknown, ...given: unknown[]): SocketResponse {
    if (vu.initializing) {
      throw new Error('using websockets in the init context is not supported');
    }
    if (given.length !== 1 && given.length !== 2) {
      throw new Error('invalid number of arguments to ws.connect');
    }
    const body = given.at(-1);
    if (typeof body !== 'function') {
      throw new Error('last argument to ws.connect must be a function');
    }
    const params = ((given.length === 2 ? given[0] : undefined) ?? {}) as SocketParams;
    const call = toSocketCall(vu, String(url), params);
    return new Connection(vu, call, params).run(body as (socket: ScriptSocket) => unknown);
  },
});

/** A connection from the call of `ws.connect` to its return. */
class Connection {
  readonly handlers = new Map<string, Handler[]>();
  readonly timers = new Timers();
  readonly session: SocketSession;
  readonly socket: VuSocket;
  isClosed = false;
  private readonly vu: Vu;
  private readonly call: SocketCall;
  private answer: Extract<SocketEvent, { type: 'opened' | 'failed' }> | undefined;

  constructor(vu: Vu, call: SocketCall, { tags }: SocketParams) {
    this.vu = vu;
    this.call = call;
    this.session = new SocketSession(vu, { url: call.request.url, ...tags });
    this.socket = vu.openSocket(call.request, (event) => this.take(event));
  }

  run(body: (socket: ScriptSocket) => unknown): SocketResponse {
    const { vu, call, session, timers } = this;
    const wait = (isOver: () => boolean): void => {
      if (!this.socket.wait) throw new Error('ws.connect() works in a thread of its VU only');
      this.socket.wait({ isOver, dueInMs: timers.dueInMs, onDue: timers.run });
    };
    try {
      wait(() => this.answer !== undefined);
      const answer = this.answer as NonNullable<typeof this.answer>;
      session.connected(answer);
      const { handshake } = answer;
      if (handshake) call.storeCookies(handshake);
      if (answer.type === 'failed') {
        if (vu.http.throwOnFailure) throw new Error(answer.message);
        if (handshake) return responseOf(handshake);
        return { url: '', status: 0, headers: {}, body: '', error: answer.message };
      }
      body(new ScriptSocket(this));
      this.emit('open');
      wait(() => this.isClosed);
      return { ...responseOf(answer.handshake), url: call.request.url };
    } finally {
      try {
        this.close(GOING_AWAY);
      } finally {
        session.ended();
      }
    }
  }

  emit(event: string, ...given: unknown[]): void {
    for (const handler of this.handlers.get(event) ?? []) handler(...given);
  }

  /** An error as k6 hands it to scripts. */
  fail(message: string): void {
    this.emit('error', { error: () => message, toString: () => message });
  }

  close(code: number): void {
    if (this.isClosed) return;
    this.isClosed = true;
    try {
      if (this.answer?.type === 'opened') this.emit('close', code);
    } finally {
      this.socket.leave(code);
    }
  }

  private take(event: SocketEvent): void {
    switch (event.type) {
      case 'opened':
      case 'failed':
        this.answer = event;
        break;
      case 'message':
        this.session.received();
        if (typeof event.data === 'string') this.emit('message', event.data);
        else this.emit('binaryMessage', event.data.buffer);
        break;
      case 'ping':
        this.emit('ping');
        break;
      case 'pong':
        this.session.ponged(event.data);
        this.emit('pong');
        break;
      case 'closed': {
        const unusual = unusualEnd(event);
        if (unusual !== undefined) this.fail(unusual);
        this.close(event.code);
      }
    }
  }
}

/** The code with which k6 closes a socket unless the script names one. */
const GOING_AWAY = 1001;

const responseOf = ({
  status,
  headers,
  body,
}: {
  status: number;
  headers: string[];
  body: string;
}): SocketResponse => ({
  url: '',
  status,
  headers: joinHeaders(
    headers.flatMap((name, index) =>
      index % 2 === 0 ? [[name, headers[index + 1] as string] as const] : [],
    ),
  ),
  body,
  error: '',
});

/** k6's `Socket`, which the function given to `ws.connect` gets. */
class ScriptSocket {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  on(event: string, handler: unknown): void {
    if (typeof handler !== 'function') return;
    const { handlers } = this.#connection;
    handlers.set(event, [...(handlers.get(event) ?? []), handler as Handler]);
  }

  send(message: unknown): void {
    this.#write(() => this.#connection.socket.send(String(message ?? '')));
  }

  sendBinary(...given: unknown[]): void {
    const [message] = given;
    if (given.length === 0) throw new Error('missing argument, expected ArrayBuffer');
    if (!(message instanceof ArrayBuffer)) {
      const type = (message as object | null | undefined)?.constructor?.name ?? String(message);
      throw new Error(`expected ArrayBuffer as argument, received: ${type}`);
    }
    this.#write(() => this.#connection.socket.send(new Uint8Array(message)));
  }

  ping(): void {
    const { isClosed, session, socket } = this.#connection;
    if (isClosed) this.#connection.fail(CLOSE_SENT);
    else socket.ping(session.pinged());
  }

  setTimeout(callback: Handler, delayMs: number): void {
    this.#connection.timers.start('setTimeout', callback, Number(delayMs));
  }

  setInterval(callback: Handler, delayMs: number): void {
    this.#connection.timers.start('setInterval', callback, Number(delayMs));
  }

  close(...given: unknown[]): void {
    const [code] = given.length === 0 ? [GOING_AWAY] : given;
    this.#connection.close(Math.trunc(Number(code)) || 0);
  }

  #write(write: () => void): void {
    if (this.#connection.isClosed) this.#connection.fail(CLOSE_SENT);
    else write();
    this.#connection.session.sent();
  }
}

const CLOSE_SENT = 'websocket: close sent';

interface Timer {
  callback: Handler;
  dueAtMs: number;
  /** Absent: it fires once. */
  everyMs: number | undefined;
}

/** The timers of one socket, which end with it. */
class Timers {
  private readonly timers = new Set<Timer>();

  start(name: 'setTimeout' | 'setInterval', callback: Handler, delayMs: number): void {
    if (!(delayMs > 0)) {
      throw new Error(`${name} requires a >0 timeout parameter, received ${delayMs.toFixed(2)}`);
    }
    const everyMs = name === 'setInterval' ? delayMs : undefined;
    this.timers.add({ callback, dueAtMs: performance.now() + delayMs, everyMs });
  }

  readonly dueInMs = (): number => {
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const timer of this.timers) dueAtMs = Math.min(dueAtMs, timer.dueAtMs);
    return dueAtMs - performance.now();
  };

  /** Fires the timer that is due for the longest time. A tick that its own callback has overslept is left out. */
  readonly run = (): void => {
    const [first] = [...this.timers].sort((a, b) => a.dueAtMs - b.dueAtMs);
    if (!first) return;
    if (first.everyMs === undefined) this.timers.delete(first);
    else first.dueAtMs = Math.max(first.dueAtMs + first.everyMs, performance.now());
    first.callback();
  };
}
