import type { CookieJar } from '../http/cookie-jar.ts';
import type { HttpOptions } from '../http/http-options.ts';
import type { CheckCounts } from '../metrics/checks.ts';
import type { Metrics, Tags } from '../metrics/metrics.ts';
import type { ScenarioOptions } from '../options.ts';
import type { Calls } from './calls.ts';
import type { Release } from './rendezvous.ts';

/**
 * One virtual user as the script's modules see it: who it is, which turn it is taking, and what it may ask of the
 * engine. The buyer (buyer.ts) drives it; every module of a script is bound to one of these.
 */
export interface Vu {
  /** `__VU`: from 1, unique in the run; 0 for `setup`, `teardown` and the reading of options. */
  readonly id: number;
  readonly env: Record<string, string>;
  /** True while init code runs, when nothing may be sent yet. */
  initializing: boolean;
  /** The turn being taken; absent in init code, `setup` and `teardown`. */
  currentIteration: Iteration | undefined;
  /** True while only the script's options are read: what its init code opens may not exist yet. */
  readonly isReader: boolean;
  /** True once the turn was cut short: whatever code is left behind does nothing more. */
  interrupted: boolean;
  /** `__ITER`: this VU's iterations so far, from 0. All of one scenario, because a VU belongs to one. */
  iterationCount: number;
  /** Name of the group the script is in (`::checkout`), empty at the root. */
  group: string;
  /** Tags the script put on this VU. */
  tags: Record<string, string>;
  /** Which answers count as expected when a request says nothing of its own; null: requests are not judged. */
  expectedStatus: ((status: number) => boolean) | null;
  /** The script's `Math.random`, replaceable by `randomSeed`. */
  random: () => number;
  readonly cookies: CookieJar;
  readonly calls: Calls;
  readonly metrics: Metrics;
  readonly checks: CheckCounts;
  readonly http: HttpOptions;
  readonly run: RunView;
  /** A request or pause that the turn waits for has begun; has ended. */
  began(): void;
  ended(): void;
  /** Resolves after so many milliseconds; rejects with IterationInterrupted when the turn is cut short. */
  pause(durationMs: number): Promise<void>;
  /** Resolves when so many buyers wait at that place, together with theirs; rejects as `pause` does. */
  meet(place: { name: string; size: number; timeoutMs: number }): Promise<void>;
  /** What the next request reports to, if a rendezvous has just let this VU go. */
  release: Release | undefined;
  /** Calls back after so many milliseconds, unless the turn is cut short; answers with how to cancel it. */
  after(durationMs: number, callback: () => void): () => void;
  /** Counts a promise among what the turn waits for until it is settled; answers with the same promise. */
  awaiting<Value>(promise: Promise<Value>): Promise<Value>;
  log(line: string): void;
  /** A tag's value on samples of this VU that have no tags of their own. */
  tag(name: string): string | undefined;
  /** All tags of such samples. */
  allTags(): Tags;
}

/** One iteration: which scenario it belongs to and when it should have begun. */
export interface Iteration {
  scenario: ScenarioOptions;
  /** When the scenario began, wall time in milliseconds. */
  scenarioStartedAtMs: number;
  /** 0…1 of the scenario's plan. */
  progress(): number;
  /** Unique in its scenario, from 0, whichever VU takes it. */
  number: number;
  /** How late the turn began against its schedule; 0 for closed models. Charged once, to the turn's first request. */
  latenessMs: number;
}

/** What a script may know and decide about the run as a whole. */
export interface RunView {
  elapsedMs(): number;
  iterationsCompleted(): number;
  iterationsInterrupted(): number;
  vusActive(): number;
  vusInitialized(): number;
  /** The options as exported. */
  readonly options: Record<string, unknown>;
  /** Ends the run now; the reason is logged. */
  abort(reason: string): void;
  /** Lets the run go on, but fail. */
  fail(reason: string): void;
}

/** Thrown into a script whose turn was cut short (gracefulStop over, run aborted). Not an exception of the script. */
export class IterationInterrupted extends Error {
  constructor() {
    super('the iteration was interrupted because the run ended');
    this.name = 'IterationInterrupted';
  }
}
