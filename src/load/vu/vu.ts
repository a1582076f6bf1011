import type { Calls } from '../calls/call-request.ts';
import type { CookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { CheckCounts } from '../metrics/checks.ts';
import type { Metrics, Tags } from '../metrics/metrics.ts';
import type { Release } from '../rendezvous/release.ts';
import type { Iteration } from '../schedule/iteration.ts';
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
  currentIteration: Iteration | undefined;
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
  readonly cookies: CookieJar;
  readonly calls: Calls;
  readonly metrics: Metrics;
  readonly checks: CheckCounts;
  readonly http: HttpOptions;
  readonly run: RunView;
  /** A request or pause that the iteration waits for has begun. */
  began(): void;
  /** A request or pause that the iteration waits for has ended. */
  ended(): void;
  /** Resolves after that many milliseconds; rejects with IterationInterrupted when the iteration is interrupted. */
  pause(durationMs: number): Promise<void>;
  /** Resolves when `size` VUs wait at the place, at the same instant for all of them; rejects as `pause` does. */
  meet(place: { name: string; size: number; timeoutMs: number }): Promise<void>;
  /** Set after a rendezvous, until the next request reports to it. */
  release: Release | undefined;
  /** Calls back after that many milliseconds, unless the iteration is interrupted; returns a function that cancels it. */
  after(durationMs: number, callback: () => void): () => void;
  /** Lets the iteration wait for a promise until it is settled; returns the same promise. */
  awaiting<Value>(promise: Promise<Value>): Promise<Value>;
  log(line: string): void;
  /** A tag's value on samples of this VU that have no tags of their own. */
  tag(name: string): string | undefined;
  /** All tags of such samples. */
  allTags(): Tags;
}
