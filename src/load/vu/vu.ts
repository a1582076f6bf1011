import type { Calls } from '../calls/call-request.ts';
import type { CookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { OpenSocket, SocketEvent, SocketRequest } from '../http/web-socket.ts';
import type { CheckCounts } from '../metrics/checks.ts';
import type { MetricType } from '../metrics/figures.ts';
import type { Metric, MetricContents, Tags } from '../metrics/metrics.ts';
import type { Release } from '../rendezvous/release.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import type { RunView } from './run-view.ts';

/**
 * One virtual user as the modules of a script use it: its identity, its current iteration, and the parts of the engine
 * that act for it. Every module of a script is bound to one VU.
 */
export interface Vu {
  /** `__VU`: from 1, unique in the run; 0 for `setup`, `teardown` and the reading of options. */
  readonly id: number;
  readonly env: Record<string, string>;
  /** True while init code runs, when nothing may be sent yet. */
  initializing: boolean;
  /** Absent in init code, `setup` and `teardown`. */
  currentIteration: VuIteration | undefined;
  /** True while only the script's options are read: files that its init code opens may not exist yet. */
  readonly isReader: boolean;
  /** True once the iteration was interrupted: code of the script that still runs has no effect any more. */
  interrupted: boolean;
  /** `__ITER`: number of this VU's iterations so far, from 0. All are of one scenario, because a VU belongs to one. */
  iterationCount: number;
  /** Name of the script's current group (`::checkout`), empty at the root. */
  group: string;
  /** Tags that the script set on this VU. */
  tags: Record<string, string>;
  /** True for statuses that are expected when a request names none itself; null: requests are not judged. */
  expectedStatus: ((status: number) => boolean) | null;
  /** The script's `Math.random`, replaceable by `randomSeed`. */
  random: () => number;
  readonly cookies: Pick<CookieJar, 'cookiesFor' | 'store' | 'delete'>;
  readonly calls: Calls;
  readonly metrics: {
    define(name: string, type: MetricType, contains?: MetricContents): VuMetric;
  };
  readonly checks: Pick<CheckCounts, 'count' | 'enter'>;
  readonly http: HttpOptions;
  readonly run: RunView;
  /** A request or pause that the iteration waits for has begun. */
  began(): void;
  /** A request or pause that the iteration waits for has ended. */
  ended(): void;
  /**
   * Present if the VU has a thread of its own, where calls block as in k6: stops the thread until every call that was sent
   * by `send` has ended. `pause` and `meet` then return when they are over, and no promise.
   */
  readonly waitForCalls?: () => void;
  /** Opens a WebSocket, for which the iteration waits until its last event, or until the script leaves it. */
  openSocket(request: SocketRequest, onEvent: (event: SocketEvent) => void): VuSocket;
  /**
   * Resolves after that many milliseconds; rejects with IterationInterrupted when the iteration is interrupted. Undefined
   * if the VU has waited already.
   */
  pause(durationMs: number): Promise<void> | undefined;
  /** Resolves when `size` VUs wait at the place, at the same instant for all of them; rejects as `pause` does. */
  meet(place: { name: string; size: number; timeoutMs: number }): Promise<void> | undefined;
  /** Set after a rendezvous, until the next request reports to it. */
  release: Release | undefined;
  /**
   * Calls back after that many milliseconds, unless the iteration is interrupted. Returns a function that cancels it, and
   * that answers with false if there was nothing left to cancel.
   */
  after(durationMs: number, callback: () => void): () => boolean;
  /** Lets the iteration wait for a promise until it is settled; returns the same promise. */
  awaiting<Value>(promise: Promise<Value>): Promise<Value>;
  /** Present if VUs run in threads: an array that all of them share, whose items the first of them makes. */
  readonly shareArray?: (name: string, build: () => unknown[]) => unknown[];
  log(line: string): void;
  /** Present if VUs run in threads: logs a warning, once per run for each subject. */
  readonly warn?: (subject: string, message: string) => void;
  /** Present if nothing of the VU may run while one of its calls waits: notices it. */
  watch: WaitWatch | undefined;
  /** Resolves when the VU can run; undefined if it can already. Set when its functions are made. */
  ready: Promise<void> | undefined;
  /** Called when the VU was interrupted or retired: nothing of it may run any more. */
  onGone: (() => void) | undefined;
  /** A tag's value on samples of this VU that have no tags of their own. */
  tag(name: string): string | undefined;
  /** All tags of such samples. */
  allTags(): Tags;
}

/**
 * Notices when code of a VU runs on while one of its calls waits, although in k6 that call blocks: its promise was dropped,
 * and what follows would be wrong without a word.
 */
export interface WaitWatch {
  /** A call that blocks in k6 begins. Throws if another one has not ended. */
  begin(call: string): void;
  end(): void;
  /** Throws if a call waits; `doing` is what the script does meanwhile. */
  assertNothingWaits(doing: string): void;
}

export interface VuSocket extends Omit<OpenSocket, 'read'> {
  /** Present unless the VU has a thread of its own, for which the engine reads as fast as its script does. */
  readonly read?: OpenSocket['read'];
  /**
   * Present if the VU has a thread of its own: stops the thread until the wait is over. Nothing of the VU happens
   * meanwhile but events of this socket and what is due.
   */
  readonly wait?: (wait: SocketWait) => void;
}

/** A wait for the events of a socket, and for timers of the script that go on meanwhile. */
export interface SocketWait {
  isOver(): boolean;
  /** Milliseconds until `onDue` has something to do; `Infinity`: never. */
  dueInMs(): number;
  onDue(): void;
}

/** A metric as scripts add to it. */
export type VuMetric = Pick<Metric, 'readsTags' | 'add'>;

/** The facts of an iteration that scripts can read. */
export interface VuIteration {
  readonly scenario: Pick<ScenarioOptions, 'name' | 'executor'>;
  readonly scenarioStartedAtMs: number;
  readonly number: number;
  readonly progress: () => number;
}
