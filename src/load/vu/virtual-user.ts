import type { Calls } from '../calls/call-request.ts';
import { type CallsDeps, createCalls } from '../calls/calls.ts';
import type { Dialer } from '../http/connector.ts';
import { type CookieJar, createCookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import {
  type OpenSocket,
  openWebSocket,
  type SocketEvent,
  type SocketRequest,
} from '../http/web-socket.ts';
import type { CheckCounts } from '../metrics/checks.ts';
import { asTags, type Metrics, type Tags } from '../metrics/metrics.ts';
import type { LoadOptions } from '../options.ts';
import type { Release } from '../rendezvous/release.ts';
import type { Rendezvous } from '../rendezvous/rendezvous.ts';
import { type Iteration, IterationInterrupted } from '../schedule/iteration.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import type { Share } from '../schedule/share.ts';
import { PendingWork } from './pending-work.ts';
import type { RunView } from './run-view.ts';
import type { Vu, WaitWatch } from './vu.ts';

/** Dependencies that all VUs of a thread share, and the share of the VU's scenario that runs in this thread. */
export interface VirtualUserDeps {
  options: LoadOptions;
  env: Record<string, string>;
  metrics: Metrics;
  checks: CheckCounts;
  calls: CallsDeps;
  dial: Dialer;
  rendezvous: Rendezvous;
  share: Share;
  run: RunView;
  log: (line: string) => void;
}

/**
 * A VU of a run. A class, because V8 gives each object literal with accessors a hidden class of its own, which makes
 * every access to its properties slow.
 */
export class VirtualUser implements Vu {
  readonly id: number;
  readonly env: Record<string, string>;
  initializing = true;
  readonly isReader = false;
  currentIteration: Iteration | undefined = undefined;
  interrupted = false;
  iterationCount = 0;
  group = '';
  tags: Record<string, string> = {};
  expectedStatus: ((status: number) => boolean) | null = isSuccess;
  random: () => number = Math.random;
  readonly cookies: CookieJar;
  readonly calls: Calls;
  readonly metrics: Metrics;
  readonly checks: CheckCounts;
  readonly http: HttpOptions;
  readonly run: RunView;
  readonly log: (line: string) => void;
  release: Release | undefined = undefined;
  watch: WaitWatch | undefined = undefined;
  ready: Promise<void> | undefined = undefined;
  onGone: (() => void) | undefined = undefined;
  readonly work = new PendingWork();
  private readonly sockets = new Set<OpenSocket>();
  private readonly scenario: ScenarioOptions | undefined;
  private readonly deps: VirtualUserDeps;

  constructor(id: number, scenario: ScenarioOptions | undefined, deps: VirtualUserDeps) {
    this.id = id;
    this.env = { ...deps.env, ...scenario?.env };
    this.cookies = createCookieJar(deps.calls.nowMs);
    this.metrics = deps.metrics;
    this.checks = deps.checks;
    this.http = deps.options.http;
    this.run = deps.run;
    this.log = deps.log;
    this.scenario = scenario;
    this.deps = deps;
    this.calls = createCalls(deps.calls, this);
  }

  began(): void {
    this.work.began();
  }

  ended(): void {
    this.work.ended();
  }

  openSocket(request: SocketRequest, onEvent: (event: SocketEvent) => void): OpenSocket {
    const { dial, calls } = this.deps;
    const { sockets } = this;
    const opened = openWebSocket(request, { dial, ...calls }, (event) => {
      if (event.type === 'failed' || event.type === 'closed') sockets.delete(socket);
      onEvent(event);
    });
    const socket: OpenSocket = {
      ...opened,
      leave(code) {
        sockets.delete(socket);
        opened.leave(code);
      },
    };
    sockets.add(socket);
    return socket;
  }

  pause(durationMs: number): Promise<void> {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    return this.work.pause(durationMs).promise;
  }

  after(durationMs: number, callback: () => void): () => boolean {
    if (this.interrupted) return () => false;
    const pause = this.work.pause(durationMs);
    pause.promise.then(callback, () => {});
    return () => this.work.drop(pause);
  }

  awaiting<Value>(promise: Promise<Value>): Promise<Value> {
    this.began();
    // An error stays unhandled if nobody else takes it, so that it is told and counted.
    return promise.finally(() => this.ended());
  }

  meet(place: { name: string; size: number; timeoutMs: number }): Promise<void> {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    const { rendezvous, share } = this.deps;
    const pause = this.work.pause();
    try {
      rendezvous.join({ ...place, share }, (release) => {
        if (this.interrupted) return;
        this.release = release;
        this.work.end(pause);
      });
    } catch (error) {
      this.work.end(pause);
      throw error;
    }
    return pause.promise;
  }

  tag(name: string): string | undefined {
    const { scenario, deps } = this;
    const own = this.tags[name] ?? scenario?.tags[name] ?? deps.options.tags[name];
    if (own !== undefined) return String(own);
    if (name === 'scenario') return scenario?.name;
    if (name === 'group') return this.group;
    if (name === 'vu') return String(this.id);
    if (name === 'iter') return String(this.iterationCount);
    return undefined;
  }

  allTags(): Tags {
    const { scenario, deps } = this;
    return {
      ...(scenario === undefined ? {} : { scenario: scenario.name }),
      group: this.group,
      ...deps.options.tags,
      ...scenario?.tags,
      ...asTags(this.tags),
    };
  }

  /** Ends calls in flight as unknown, and pauses; code of the script that still runs begins nothing more. */
  interrupt(): void {
    this.interrupted = true;
    this.endWork();
    this.onGone?.();
  }

  /** Closes the connections, and ends everything as `interrupt` does. */
  retire(): void {
    this.interrupted = true;
    this.calls.close();
    this.endWork();
    this.onGone?.();
  }

  /** Ends what an iteration that threw leaves behind. Code that waits for it takes the iteration for interrupted. */
  forget(): void {
    const { interrupted } = this;
    this.interrupted = true;
    this.endWork();
    this.interrupted = interrupted;
  }

  private endWork(): void {
    this.calls.cancelAll();
    this.leaveSockets();
    this.work.interruptPauses();
  }

  private leaveSockets(): void {
    for (const socket of this.sockets) socket.leave(GOING_AWAY);
  }
}

/** The code with which an interrupted script leaves its sockets, as in k6. */
const GOING_AWAY = 1001;

const isSuccess = (status: number): boolean => status >= 200 && status < 400;
