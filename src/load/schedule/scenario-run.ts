import type { ExecutorVu, ScenarioRun } from './executors/executor.ts';
import type { Iteration } from './iteration.ts';
import type { ScenarioOptions } from './scenario-options.ts';
import { numberOf, type Share } from './share.ts';
import { createWaits } from './waits.ts';

/** A VU as a scenario uses it. */
export interface ScenarioVu {
  /** Resolves when the VU can run, rejects when its init code failed; absent if it can run already. */
  readonly ready?: Promise<void> | undefined;
  /** Runs one iteration. Calls back when it has ended, also after an exception or an interruption. */
  runIteration(iteration: Iteration, onEnd: () => void): void;
  /** Interrupts the current iteration, which ends at once; later ones do nothing. */
  interrupt(): void;
  /** Closes the connections. */
  retire(): void;
}

export interface ScenarioDeps {
  /** Makes the run's next VU. */
  createVu: (scenario: ScenarioOptions) => ScenarioVu;
  /** The part of the scenario's iterations that runs here. */
  share: Share;
  /** Monotonic milliseconds. */
  now: () => number;
  /** Wall time in milliseconds. */
  nowMs: () => number;
  /** Called at the start of each iteration; `latenessMs` is undefined in closed models. */
  onStart: (latenessMs: number | undefined) => void;
  onDrop: (count: number) => void;
}

/** A scenario from its start to the end of its last iteration. Its executor uses it as a `ScenarioRun`. */
export class RunningScenario implements ScenarioRun {
  readonly options: ScenarioOptions;
  readonly vus: RunningVu[] = [];
  private readonly deps: ScenarioDeps;
  private readonly waits = createWaits();
  private startedAtMs: number | undefined;
  private startedAtWallMs = 0;
  private endedAtMs: number | undefined;
  private begun = 0;
  private stopped = false;
  private aborted = false;
  private graceTimer: NodeJS.Timeout | undefined;
  /** One function for all iterations, so that none allocates its own. */
  private readonly readProgress = (): number => this.progress();

  /** Makes the VUs of the start. Throws what init code throws. */
  constructor(options: ScenarioOptions, deps: ScenarioDeps) {
    this.options = options;
    this.deps = deps;
    for (let made = 0; made < options.plan.vusStart; made += 1) this.addVu();
  }

  /** Starts the executor, whose schedule counts from `startMs`; resolves when every iteration has ended. */
  async run(startMs: number): Promise<void> {
    if (this.stopped) return;
    const { deps } = this;
    const { plan } = this.options;
    this.startedAtMs = startMs;
    this.startedAtWallMs = deps.nowMs() - (deps.now() - startMs);
    const closeTimer = setTimeout(
      () => this.startGracefulStop(),
      plan.durationMs - this.elapsedMs(),
    );
    try {
      await plan.run(this);
    } finally {
      this.endedAtMs = deps.now();
      clearTimeout(closeTimer);
      clearTimeout(this.graceTimer);
      this.retire();
    }
  }

  /** Closes what the VUs hold. */
  retire(): void {
    for (const { vu } of this.vus) vu.retire();
  }

  /** Begins no new iterations; running ones get the scenario's gracefulStop, then are interrupted. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.waits.endAll();
    if (this.startedAtMs !== undefined && this.endedAtMs === undefined) this.startGracefulStop();
  }

  /** Interrupts every iteration now. */
  abort(): void {
    this.stopped = true;
    this.aborted = true;
    clearTimeout(this.graceTimer);
    this.waits.endAll();
    for (const { vu } of this.vus) vu.interrupt();
  }

  /** 0…1 of the plan. */
  progress(): number {
    if (this.startedAtMs === undefined) return 0;
    if (this.endedAtMs !== undefined && !this.stopped) return 1;
    const { plan } = this.options;
    const ofTime = this.elapsedMs() / plan.durationMs;
    const ofIterations = plan.iterations && !plan.offeredBy ? this.begun / plan.iterations : 0;
    return Math.min(1, Math.max(ofTime, ofIterations));
  }

  /** Iterations the schedule asked for so far; undefined for closed models. */
  offered(): number | undefined {
    return this.options.plan.offeredBy?.(this.elapsedMs());
  }

  addVu(): ExecutorVu {
    const vu = this.deps.createVu(this.options);
    const running = new RunningVu(vu, this);
    this.vus.push(running);
    if (this.aborted) vu.interrupt();
    return running;
  }

  elapsedMs(): number {
    if (this.startedAtMs === undefined) return 0;
    return (this.endedAtMs ?? this.deps.now()) - this.startedAtMs;
  }

  isOpen(): boolean {
    return !this.stopped && this.elapsedMs() < this.options.plan.durationMs;
  }

  isStopped(): boolean {
    return this.stopped;
  }

  wait(durationMs: number): Promise<void> {
    return this.waits.wait(Math.max(1, durationMs));
  }

  drop(count = 1): void {
    this.deps.onDrop(count);
  }

  /** The next iteration, as it begins; `dueMs` is the moment the schedule asked for it. */
  beginIteration(dueMs: number | undefined): Iteration {
    const latenessMs = dueMs === undefined ? undefined : Math.max(0, this.elapsedMs() - dueMs);
    const iteration: Iteration = {
      scenario: this.options,
      scenarioStartedAtMs: this.startedAtWallMs,
      progress: this.readProgress,
      number: numberOf(this.begun, this.deps.share),
      latenessMs: latenessMs ?? 0,
    };
    this.begun += 1;
    this.deps.onStart(latenessMs);
    return iteration;
  }

  private startGracefulStop(): void {
    this.graceTimer ??= setTimeout(() => this.abort(), this.options.gracefulStopMs);
  }
}

/** One VU of a scenario, which its executor gives iterations to. */
class RunningVu implements ExecutorVu {
  readonly vu: ScenarioVu;
  private readonly scenario: RunningScenario;

  constructor(vu: ScenarioVu, scenario: RunningScenario) {
    this.vu = vu;
    this.scenario = scenario;
  }

  runIteration(dueMs?: number): Promise<void> {
    return new Promise((resolve) => {
      this.vu.runIteration(this.scenario.beginIteration(dueMs), resolve);
    });
  }

  runWhile(goesOn: () => boolean): Promise<void> {
    const { vu, scenario } = this;
    return new Promise((resolve) => {
      // A promise for each iteration would add a third to what one costs beside its script and its requests.
      function next(): void {
        if (goesOn()) vu.runIteration(scenario.beginIteration(undefined), next);
        else resolve();
      }
      next();
    });
  }

  discard(): void {
    this.vu.interrupt();
    this.vu.retire();
  }
}
