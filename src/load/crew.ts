import { untagged } from './metrics/metrics.ts';
import type { Tally } from './metrics/tally.ts';
import type { ScenarioOptions } from './options.ts';
import { watchEventLoop } from './saturation.ts';
import { createScenario, type RunningScenario } from './schedule/scenario-run.ts';
import { type Share, shareWithin } from './schedule/share.ts';
import type { VuFactory } from './vu/vu-factory.ts';

/** Who runs the scenarios of a load: the buyers of this thread, or worker threads with a share each. */
export interface Crew {
  /** Makes the VUs there are at the start. Throws what init code throws. */
  prepare(): Promise<void>;
  /**
   * Runs all scenarios from a moment on (of the run's monotonic clock, in milliseconds); resolves when the last iteration
   * has ended, rejects when a VU could not be made.
   */
  run(startMs: number, setupData?: string): Promise<void>;
  /** No new iterations; running ones get their gracefulStop. */
  stop(): void;
  /** Interrupts every iteration. */
  abort(): void;
  /** 0…1 of the plan. */
  progress(): number;
  /** What open models asked for so far; undefined if there are none. */
  offered(): number | undefined;
  /** Longest an event loop stood still since the last look, in milliseconds. */
  takeLagMsMax(): number;
  /** Of the whole run, once it ended; the worst of all threads. */
  lagMsP99(): number;
  /** Threads that fire buyers. */
  readonly threads: number;
  /** Ends what is left of it. */
  close(): Promise<void>;
}

export interface CrewDeps {
  scenarios: ScenarioOptions[];
  share: Share;
  vus: Pick<VuFactory, 'createForScenario'>;
  tally: Tally;
  /** Monotonic milliseconds. */
  now: () => number;
  nowMs: () => number;
}

/** The buyers of this thread, and the scenarios (or its share of them) they take their turns in. */
export function createCrew(deps: CrewDeps): Crew {
  const { tally, now, nowMs } = deps;
  const { counts, runMetrics } = tally;
  const startTimers = new Set<() => void>();
  let scenarios: RunningScenario[] = [];
  let stopping = false;
  let watch: ReturnType<typeof watchEventLoop> | undefined;

  function create(whole: ScenarioOptions): RunningScenario[] {
    const share = shareWithin(deps.share, whole.plan.vusMax);
    if (!share) return [];
    const options = share.of === 1 ? whole : { ...whole, plan: whole.plan.share(share) };
    return [
      createScenario(options, {
        share,
        createVu: (scenario) => deps.vus.createForScenario(scenario, share),
        now,
        nowMs,
        onStart({ latenessMs }) {
          counts.vusActive += 1;
          if (latenessMs !== undefined) runMetrics.iterationLateness.add(latenessMs, untagged);
        },
        onDrop(count) {
          counts.dropped += count;
          runMetrics.droppedIterations.add(count, untagged);
        },
      }),
    ];
  }

  async function runScenario(scenario: RunningScenario, startMs: number): Promise<void> {
    const dueMs = startMs + scenario.options.startTimeMs;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        startTimers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, dueMs - now());
      startTimers.add(wake);
      if (stopping || dueMs <= now()) wake();
    });
    if (!stopping) await scenario.run(dueMs);
  }

  function halt(): void {
    stopping = true;
    for (const wake of startTimers) wake();
  }

  return {
    threads: 1,
    async prepare() {
      scenarios = deps.scenarios.flatMap(create);
    },
    async run(startMs) {
      watch = watchEventLoop();
      try {
        await Promise.all(scenarios.map((scenario) => runScenario(scenario, startMs)));
      } finally {
        watch.stop();
      }
    },
    stop() {
      halt();
      for (const scenario of scenarios) scenario.stop();
    },
    abort() {
      halt();
      for (const scenario of scenarios) scenario.abort();
    },
    progress() {
      const sum = scenarios.reduce((total, scenario) => total + scenario.progress(), 0);
      return scenarios.length === 0 ? 0 : sum / scenarios.length;
    },
    offered() {
      const offered = scenarios.flatMap((scenario) => scenario.offered() ?? []);
      return offered.length === 0 ? undefined : offered.reduce((sum, count) => sum + count);
    },
    takeLagMsMax: () => watch?.takeLagMsMax() ?? 0,
    lagMsP99: () => watch?.lagMsP99() ?? 0,
    close: () => Promise.resolve(),
  };
}
