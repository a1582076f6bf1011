import { type CookieJar, createCookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { CheckCounts } from '../metrics/checks.ts';
import { asTags, type Metrics, type Tags } from '../metrics/metrics.ts';
import type { ScenarioOptions } from '../options.ts';
import { type Calls, createCalls } from './calls.ts';
import type { Release } from './rendezvous.ts';
import { type Iteration, IterationInterrupted, type RunView, type Vu } from './vu.ts';
import type { VuRunnerDeps } from './vu-runner.ts';

/** A VU of a run, as its buyer drives it. A class, because V8 takes objects with accessors of their own for strangers. */
export class DrivenVu implements Vu {
  readonly id: number;
  readonly env: Record<string, string>;
  initializing = true;
  readonly isReader = false;
  currentIteration: Iteration | undefined = undefined;
  interrupted = false;
  /** How often the script waited for the world (requests, pauses). A turn without any must yield to the event loop. */
  waits = 0;
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
  private readonly scenario: ScenarioOptions | undefined;
  private readonly deps: VuRunnerDeps;
  private readonly pauses = new Set<Pause>();
  /** Requests and pauses that have not ended yet. */
  private pending = 0;
  private onIdle: (() => void) | undefined = undefined;

  constructor(id: number, scenario: ScenarioOptions | undefined, deps: VuRunnerDeps) {
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
    this.waits += 1;
    this.pending += 1;
  }

  ended(): void {
    this.pending -= 1;
    // What ended may begin something else in its continuation.
    if (this.pending === 0 && this.onIdle) setImmediate(lookIfIdle, this);
  }

  /** Calls back when nothing the script began is on its way any more: an iteration ends with the last of it, as in k6. */
  whenIdle(callback: () => void): void {
    this.onIdle = this.pending > 0 ? callback : undefined;
    if (this.pending === 0) callback();
  }

  lookIfIdle(): void {
    if (this.onIdle) this.whenIdle(this.onIdle);
  }

  pause(durationMs: number): Promise<void> {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    return this.beginPause(durationMs).promise;
  }

  after(durationMs: number, callback: () => void): () => void {
    if (this.interrupted) return () => {};
    const pause = this.beginPause(durationMs);
    pause.promise.then(callback, () => {});
    return () => {
      if (!this.pauses.delete(pause)) return;
      clearTimeout(pause.timer);
      this.ended();
    };
  }

  awaiting<Value>(promise: Promise<Value>): Promise<Value> {
    this.began();
    const settled = (): void => this.ended();
    promise.then(settled, settled);
    return promise;
  }

  meet(place: { name: string; size: number; timeoutMs: number }): Promise<void> {
    if (this.interrupted) return Promise.reject(new IterationInterrupted());
    const { rendezvous, share } = this.deps;
    const pause = this.beginPause();
    try {
      rendezvous.join({ ...place, share }, (release) => {
        if (this.interrupted) return;
        this.release = release;
        this.endPause(pause);
      });
    } catch (error) {
      this.endPause(pause);
      throw error;
    }
    return pause.promise;
  }

  cancelPauses(): void {
    for (const pause of this.pauses) {
      clearTimeout(pause.timer);
      // Nobody has to be listening: a script may have forgotten to await.
      pause.promise.catch(() => {});
      pause.reject(new IterationInterrupted());
      this.ended();
    }
    this.pauses.clear();
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

  /** Without a duration it lasts until somebody ends it. */
  private beginPause(durationMs?: number): Pause {
    this.began();
    const pause = new Pause();
    this.pauses.add(pause);
    if (durationMs !== undefined) {
      pause.timer = setTimeout(() => this.endPause(pause), durationMs);
    }
    return pause;
  }

  private endPause(pause: Pause): void {
    this.pauses.delete(pause);
    this.ended();
    pause.resolve();
  }
}

class Pause {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 400;

function lookIfIdle(vu: DrivenVu): void {
  vu.lookIfIdle();
}
