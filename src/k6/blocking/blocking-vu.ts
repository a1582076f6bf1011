import { performance } from 'node:perf_hooks';
import type { CallListener, CallRequest } from '../../load/calls/call-request.ts';
import type { CookieJar } from '../../load/http/cookie-jar.ts';
import { Exchange } from '../../load/http/exchange.ts';
import type { HttpOptions } from '../../load/http/http-options.ts';
import type { SocketEvent, SocketRequest } from '../../load/http/web-socket.ts';
import type { MetricType } from '../../load/metrics/figures.ts';
import {
  asTags,
  type MetricContents,
  type TagSource,
  type Tags,
} from '../../load/metrics/metrics.ts';
import { PendingWork } from '../../load/vu/pending-work.ts';
import type { RunView } from '../../load/vu/run-view.ts';
import type { Vu, VuIteration, VuMetric, VuSocket } from '../../load/vu/vu.ts';
import type { Line } from './line.ts';
import type {
  CallEnd,
  FunctionCall,
  Note,
  Question,
  RunFigure,
  SocketAction,
  Then,
  ThrownValue,
  ToVu,
  VuOrder,
} from './messages.ts';
import { packCall } from './packed-call.ts';
import { readRows, type SharedRows, shareRows } from './shared-rows.ts';
import { sizeOf, TAKEN_BYTES } from './socket-flow.ts';
import { unpackThrown } from './thrown-value.ts';

/** Notes wait for the next message that must be sent anyway, but not longer than this and no more than so many. */
const NOTES_MS_MAX = 100;
const NOTES_MAX = 500;

type Origin = { file: string; line: number } | undefined;

interface OpenCall {
  request: CallRequest;
  listener: CallListener;
  /** True if the thread waits for it. */
  blocks: boolean;
}

type SocketMessage = Extract<ToVu, { type: 'socket' }>;

interface OpenSocketOfScript {
  socket: VuSocket;
  onEvent: (event: SocketEvent) => void;
  /** The size of the events that the script has taken and the engine has not been told of. */
  takenBytes: number;
}

/**
 * A VU in a thread of its own, as the modules of a script use it. Whatever acts on the world is done by the engine's VU of
 * the same number, at the other end of the line: the thread stops until it has an answer, as k6 does. So nothing else of
 * the VU runs meanwhile.
 */
export class BlockingVu implements Vu {
  readonly id: number;
  readonly env: Record<string, string>;
  initializing = true;
  readonly isReader = false;
  currentIteration: VuIteration | undefined = undefined;
  interrupted = false;
  iterationCount = 0;
  group = '';
  tags: Record<string, string> = {};
  expectedStatus: ((status: number) => boolean) | null = isSuccess;
  random: () => number = Math.random;
  readonly http: HttpOptions;
  readonly cookies: Pick<CookieJar, 'cookiesFor' | 'store' | 'delete'>;
  readonly run: RunView;
  release: undefined = undefined;
  watch: undefined = undefined;
  ready: undefined = undefined;
  onGone: undefined = undefined;
  readonly work = new PendingWork();
  private readonly line: Line;
  private readonly baseTags: Tags;
  private readonly open = new Map<number, OpenCall>();
  private readonly sockets = new Map<number, OpenSocketOfScript>();
  private readonly known = new Map<string, VuMetric>();
  private readonly origins = new Map<string, Origin>();
  private notes: Note[] = [];
  private notedSinceMs = 0;
  private lastId = 0;
  private blockingCalls = 0;
  private elapsed = { ms: 0, atMs: 0 };

  constructor(order: VuOrder, line: Line) {
    this.id = order.id;
    this.env = order.env;
    this.http = order.http;
    this.baseTags = order.baseTags;
    this.line = line;
    this.cookies = {
      cookiesFor: (origin, path) => this.ask({ about: 'cookies', origin, path }) as never,
      store: (...line) => void this.ask({ about: 'store-cookie', line }),
      delete: (origin, path, name) => void this.ask({ about: 'delete-cookie', origin, path, name }),
    };
    const figure = (name: RunFigure) => () => this.ask({ about: 'run', figure: name }) as number;
    this.run = {
      elapsedMs: () => this.elapsed.ms + performance.now() - this.elapsed.atMs,
      iterationsCompleted: figure('iterationsCompleted'),
      iterationsInterrupted: figure('iterationsInterrupted'),
      vusActive: figure('vusActive'),
      vusInitialized: figure('vusInitialized'),
      options: order.options,
      abort: (reason) => this.note({ type: 'abort', reason }),
      fail: (reason) => this.note({ type: 'fail', reason }),
    };
  }

  /** Takes over the facts of a call of one of the script's functions. */
  begin({ group, iterationCount, iteration, elapsedMs }: FunctionCall): void {
    this.group = group;
    this.iterationCount = iterationCount;
    this.elapsed = { ms: elapsedMs, atMs: performance.now() };
    this.currentIteration = iteration && {
      scenario: { name: iteration.scenario, executor: iteration.executor },
      scenarioStartedAtMs: iteration.startedAtMs,
      number: iteration.number,
      progress: () => this.ask({ about: 'progress' }) as number,
    };
  }

  readonly calls = {
    send: (request: CallRequest, listener: CallListener): void => {
      this.blockingCalls += 1;
      this.send(request, { request, listener, blocks: true });
    },
    sendBeside: (request: CallRequest, listener: CallListener): void => {
      this.work.began();
      this.send(request, { request, listener, blocks: false });
    },
    cancelAll() {},
    close() {},
  };

  readonly waitForCalls = (): void => {
    this.line.waitUntil({
      isOver: () => this.blockingCalls === 0,
      isFor: (message) => message.type === 'ended' && this.open.get(message.id)?.blocks === true,
      take: (message) => this.handle(message),
    });
  };

  openSocket(request: SocketRequest, onEvent: (event: SocketEvent) => void): VuSocket {
    const id = this.nextId();
    const act = (action: SocketAction): void => this.tell({ type: 'socket', id, action });
    const socket: VuSocket = {
      send: (data) => act({ type: 'send', data }),
      ping: (data) => act({ type: 'ping', data }),
      close: (code, reason) => act({ type: 'close', code, reason }),
      leave: (code) => {
        if (!this.sockets.delete(id)) return;
        act({ type: 'leave', code });
        this.work.ended();
      },
      wait: (wait) =>
        this.line.waitUntil({
          isOver: () => {
            // The wait may be long, and be interrupted.
            this.tell({ type: 'nothing' });
            return wait.isOver();
          },
          dueInMs: wait.dueInMs,
          onDue: wait.onDue,
          isFor: (message) => message.type === 'socket' && message.id === id,
          take: (message) => this.takeEvent(message as SocketMessage),
        }),
    };
    this.sockets.set(id, { socket, onEvent, takenBytes: 0 });
    this.work.began();
    act({ type: 'open', request });
    return socket;
  }

  readonly metrics = {
    define: (name: string, type: MetricType, contains?: MetricContents): VuMetric => {
      const key = `${name} ${type} ${contains}`;
      const known = this.known.get(key);
      if (known) return known;
      const question = { about: 'metric', name, metricType: type, contains } as const;
      const { index, readsTags } = this.ask(question) as { index: number; readsTags: boolean };
      const metric: VuMetric = {
        readsTags,
        add: (value: number, source: TagSource) =>
          this.note({
            type: 'sample',
            metric: index,
            value,
            tags: readsTags ? source.allTags() : undefined,
          }),
      };
      this.known.set(key, metric);
      return metric;
    },
  };

  /** The place in the script's files of a position in its bundle. */
  originOf(line: number, column: number): { file: string; line: number } | undefined {
    const key = `${line}:${column}`;
    if (!this.origins.has(key)) {
      this.origins.set(key, this.ask({ about: 'origin', line, column }) as Origin);
    }
    return this.origins.get(key);
  }

  readonly checks = {
    enter: (group: string): void => this.note({ type: 'group', group }),
    count: (group: string, name: string, passed: boolean): void =>
      this.note({ type: 'check', group, name, passed }),
  };

  readonly shareArray = (name: string, build: () => unknown[]): unknown[] => {
    const shared = this.ask({ about: 'array', name }) as SharedRows | undefined;
    if (shared) return readRows(shared);
    let rows: SharedRows | undefined;
    try {
      rows = shareRows(build());
      return readRows(rows);
    } finally {
      this.ask({ about: 'array-built', name, rows });
    }
  };

  readonly warn = (subject: string, message: string): void =>
    this.note({ type: 'warning', subject, message });

  readonly log = (line: string): void => this.note({ type: 'log', line });

  began(): void {
    this.work.began();
  }

  ended(): void {
    this.work.ended();
  }

  pause(durationMs: number): undefined {
    this.tell({ type: 'nothing' });
    if (durationMs > 0) Atomics.wait(NEVER, 0, 0, durationMs);
  }

  meet({ name, size, timeoutMs }: { name: string; size: number; timeoutMs: number }): undefined {
    this.ask({ about: 'rendezvous', name, size, timeoutMs });
  }

  after(durationMs: number, callback: () => void): () => boolean {
    const pause = this.work.pause(durationMs);
    pause.promise.then(callback, () => {});
    return () => this.work.drop(pause);
  }

  awaiting<Value>(promise: Promise<Value>): Promise<Value> {
    this.began();
    // An error stays unhandled if nobody else takes it, so that it is told and counted.
    return promise.finally(() => this.ended());
  }

  tag(name: string): string | undefined {
    if (name === 'vu') return String(this.id);
    if (name === 'iter') return String(this.iterationCount);
    return this.allTags()[name];
  }

  allTags(): Tags {
    return { ...this.baseTags, group: this.group, ...asTags(this.tags) };
  }

  note(note: Note): void {
    if (this.notes.length === 0) this.notedSinceMs = performance.now();
    this.notes.push(note);
    if (this.notes.length >= NOTES_MAX || performance.now() - this.notedSinceMs > NOTES_MS_MAX) {
      this.tell({ type: 'nothing' });
    }
  }

  /** Sends the notes, and with them the reason for sending them now. */
  tell(then: Then): void {
    if (then.type === 'nothing' && this.notes.length === 0) return;
    const { notes, group } = this;
    this.notes = [];
    this.line.post({ notes, group, tags: asTags(this.tags), then });
  }

  /** Handles a message of the engine that is no call of a function. */
  handle(message: ToVu): void {
    if (message.type === 'socket') this.handleEvent(message);
    if (message.type !== 'ended') return;
    const call = this.open.get(message.id);
    if (!call) return;
    this.open.delete(message.id);
    if (call.blocks) this.blockingCalls -= 1;
    finish(call, message.end);
    if (!call.blocks) this.work.ended();
  }

  /** Forgets what a function that threw has begun: nothing of it calls the script any more. */
  forget(): void {
    for (const { socket } of this.sockets.values()) socket.leave(GOING_AWAY);
    for (const call of this.open.values()) call.listener = DEAF;
    this.work.interruptPauses();
  }

  /** Waits no more for the calls of a function that threw: the engine ends them with its iteration. */
  leaveCalls(): void {
    for (const { blocks } of this.open.values()) if (!blocks) this.work.ended();
    this.open.clear();
    this.blockingCalls = 0;
  }

  /** Hands an event to the script in a turn of its event loop, where an error ends the iteration as one in a timer does. */
  private handleEvent(message: SocketMessage): void {
    try {
      this.takeEvent(message);
    } catch (error) {
      void Promise.reject(error);
    }
    // The next event may come late, or never.
    this.tell({ type: 'nothing' });
  }

  private takeEvent({ id, event }: SocketMessage): void {
    const isLast = event.type === 'failed' || event.type === 'closed';
    const known = this.sockets.get(id);
    if (isLast && this.sockets.delete(id)) this.work.ended();
    if (known === undefined) return;
    known.takenBytes += sizeOf(event);
    if (known.takenBytes >= TAKEN_BYTES && !isLast) {
      this.tell({ type: 'socket', id, action: { type: 'taken', bytes: known.takenBytes } });
      known.takenBytes = 0;
    }
    known.onEvent(event);
  }

  private send(request: CallRequest, call: OpenCall): void {
    const id = this.nextId();
    this.open.set(id, call);
    this.tell({ type: 'send', id, call: packCall(request, isSuccess) });
  }

  /** Stops the thread until the engine has answered. Throws the error that it answers with. */
  private ask(question: Question): unknown {
    const id = this.nextId();
    this.tell({ type: 'ask', id, question });
    let value: unknown;
    let error: ThrownValue | undefined;
    let isAnswered = false;
    this.line.waitUntil({
      isOver: () => isAnswered,
      isFor: (message) => message.type === 'answer' && message.id === id,
      take(message) {
        isAnswered = true;
        ({ value, error } = message as Extract<ToVu, { type: 'answer' }>);
      },
    });
    if (error) throw unpackThrown(error, false);
    return value;
  }

  private nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }
}

/** Nothing ever changes it or wakes who waits for it. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** The code with which a script that threw leaves its sockets, as in k6. */
const GOING_AWAY = 1001;

const DEAF: CallListener = { done() {}, failed() {} };

const isSuccess = (status: number): boolean => status >= 200 && status < 400;

function finish({ request, listener }: OpenCall, end: CallEnd): void {
  if ('failure' in end) {
    listener.failed(unpackThrown(end.failure, false));
    return;
  }
  for (const line of end.storedCookies) request.jar?.store(...line);
  listener.done({ url: end.url, exchange: Exchange.unpack(end.exchange) });
}
