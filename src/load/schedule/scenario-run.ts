import type { ScenarioOptions } from '../options.ts';
import type { Iteration } from '../vu/vu.ts';
import type { VuRunner } from '../vu/vu-runner.ts';
import { numberOf, type Share } from './share.ts';

/** What an executor has to work with while it runs one scenario. */
export interface ScenarioRun {
  /** The vus made before the start (`vusStart` of them). */
  readonly vus: VuRunner[];
  /** One more vu. */
  addVu(): VuRunner;
  /** Milliseconds since this scenario began. */
  elapsedMs(): number;
  /** Whether new iterations may begin: its time is not over and nobody stopped the run. */
  isOpen(): boolean;
  /** Whether the run was stopped before its time. */
  isStopped(): boolean;
  /** Resolves after so many milliseconds (at least one), at once when the run is stopped. */
  wait(durationMs: number): Promise<void>;
  /** One iteration of a vu; `dueMs` is when the schedule asked for it. */
  runIteration(vu: VuRunner, dueMs?: number): Promise<void>;
  /** Counts iterations that were due while every vu was busy, or for which the time did not suffice. */
  drop(count?: number): void;
}

/** A scenario from its start to the end of its last iteration. */
export interface RunningScenario {
  readonly options: ScenarioOptions;
  /** Starts the executor, whose schedule counts from `startMs`; resolves when every iteration has ended. */
  run(startMs: number): Promise<void>;
  /** No new iterations; running ones get the scenario's gracefulStop, then are interrupted. */
  stop(): void;
  /** Interrupts everything now. */
  abort(): void;
  /** 0…1 of the plan. */
  progress(): number;
  /** Iterations the schedule asked for so far; undefined for closed models. */
  offered(): number | undefined;
  /** Buyers made so far. */
  vus(): number;
}

export interface ScenarioDeps {
  /** Makes the run's next vu. */
  createVu: (scenario: ScenarioOptions) => VuRunner;
  /** Which of the scenario's iterations are taken here. */
  share: Share;
  /** Monotonic milliseconds. */
  now: () => number;
  nowMs: () => number;
  onStart: (lateness: { latenessMs: number | undefined }) => void;
  onDrop: (count: number) => void;
}

export function createScenario(options: ScenarioOptions, deps: ScenarioDeps): RunningScenario {
  const { plan } = options;
  const vus: VuRunner[] = [];
  const waiters = new Set<() => void>();
  let startedAtMs: number | undefined;
  let startedAtWallMs = 0;
  let endedAtMs: number | undefined;
  let turns = 0;
  let stopped = false;
  let aborted = false;
  let graceTimer: NodeJS.Timeout | undefined;

  function addVu(): VuRunner {
    const vu = deps.createVu(options);
    vus.push(vu);
    if (aborted) vu.interrupt();
    return vu;
  }

  function elapsedMs(): number {
    return startedAtMs === undefined ? 0 : (endedAtMs ?? deps.now()) - startedAtMs;
  }

  function progress(): number {
    if (startedAtMs === undefined) return 0;
    if (endedAtMs !== undefined && !stopped) return 1;
    const ofTime = elapsedMs() / plan.durationMs;
    const ofTurns = plan.iterations && !plan.offeredBy ? turns / plan.iterations : 0;
    return Math.min(1, Math.max(ofTime, ofTurns));
  }

  function grantGrace(): void {
    graceTimer ??= setTimeout(abort, options.gracefulStopMs);
  }

  function wakeAll(): void {
    for (const wake of [...waiters]) wake();
  }

  function abort(): void {
    stopped = true;
    aborted = true;
    clearTimeout(graceTimer);
    wakeAll();
    for (const vu of vus) vu.interrupt();
  }

  const run: ScenarioRun = {
    vus,
    addVu,
    elapsedMs,
    isOpen: () => !stopped && elapsedMs() < plan.durationMs,
    isStopped: () => stopped,
    wait(durationMs) {
      if (stopped) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiters.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.max(1, durationMs));
        waiters.add(wake);
      });
    },
    runIteration(vu, dueMs) {
      const latenessMs = dueMs === undefined ? 0 : Math.max(0, elapsedMs() - dueMs);
      const turn: Iteration = {
        scenario: options,
        scenarioStartedAtMs: startedAtWallMs,
        progress,
        number: numberOf(turns, deps.share),
        latenessMs,
      };
      turns += 1;
      deps.onStart({ latenessMs: dueMs === undefined ? undefined : latenessMs });
      return vu.runIteration(turn);
    },
    drop: (count = 1) => deps.onDrop(count),
  };

  for (let i = 0; i < plan.vusStart; i += 1) addVu();

  return {
    options,
    async run(startMs) {
      if (stopped) return;
      startedAtMs = startMs;
      startedAtWallMs = deps.nowMs() - (deps.now() - startMs);
      const closeTimer = setTimeout(grantGrace, plan.durationMs - elapsedMs());
      try {
        await plan.run(run);
      } finally {
        endedAtMs = deps.now();
        clearTimeout(closeTimer);
        clearTimeout(graceTimer);
        for (const vu of vus) vu.retire();
      }
    },
    stop() {
      if (stopped) return;
      stopped = true;
      wakeAll();
      if (startedAtMs !== undefined && endedAtMs === undefined) grantGrace();
    },
    abort,
    progress,
    offered: () => plan.offeredBy?.(elapsedMs()),
    vus: () => vus.length,
  };
}
