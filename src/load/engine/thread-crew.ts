import { untagged } from '../metrics/metrics.ts';
import type { Tally } from '../metrics/tally.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import { RunningScenario } from '../schedule/scenario-run.ts';
import { type Share, shareWithin } from '../schedule/share.ts';
import { createWaits } from '../schedule/waits.ts';
import type { VuFactory } from '../vu/vu-factory.ts';
import type { Crew } from './crew.ts';
import { watchEventLoop } from './generator-watch.ts';
import { LIMITS } from './saturation.ts';

export interface ThreadCrewDeps {
  scenarios: ScenarioOptions[];
  /** The part of the scenarios that runs in this thread. */
  share: Share;
  vus: Pick<VuFactory, 'createForScenario'>;
  tally: Pick<Tally, 'counts' | 'runMetrics'>;
  /** Monotonic milliseconds. */
  now: () => number;
  /** Wall time in milliseconds. */
  nowMs: () => number;
}

/** The time in which interrupted iterations are noticed to be over. */
const LOSS_MS = 2_000;

/** Runs the scenarios, or a worker's share of them, in this thread. */
export function createThreadCrew(deps: ThreadCrewDeps): Crew {
  const startTimes = createWaits();
  let scenarios: RunningScenario[] = [];
  let stopping = false;
  let lossTimer: NodeJS.Timeout | undefined;
  let lose = (): void => {};
  const lost = new Promise<void>((resolve) => {
    lose = resolve;
  });
  let watch: ReturnType<typeof watchEventLoop> | undefined;

  async function runScenario(scenario: RunningScenario, startMs: number): Promise<void> {
    const dueMs = startMs + scenario.options.startTimeMs;
    if (dueMs > deps.now()) await startTimes.wait(dueMs - deps.now());
    if (!stopping) await scenario.run(dueMs);
  }

  function halt(): void {
    stopping = true;
    startTimes.endAll();
  }

  return {
    threads: 1,
    async prepare() {
      scenarios = deps.scenarios.flatMap((scenario) => createShare(scenario, deps));
      await Promise.all(scenarios.flatMap(({ vus }) => vus.map(({ vu }) => vu.ready)));
    },
    async run(startMs) {
      watch = watchEventLoop();
      try {
        const run = Promise.all(scenarios.map((scenario) => runScenario(scenario, startMs)));
        await Promise.race([run, lost]);
      } finally {
        clearTimeout(lossTimer);
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
      // All iterations are over now. If code was dropped where it stood, nobody may be left who notices.
      lossTimer ??= setTimeout(lose, LOSS_MS);
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
    async close() {
      // A run that ends before its scenarios start has VUs all the same, and they may have threads.
      for (const scenario of scenarios) scenario.retire();
    },
  };
}

/** This thread's share of a scenario with its VUs made; empty where the scenario has fewer VUs than there are threads. */
function createShare(whole: ScenarioOptions, deps: ThreadCrewDeps): RunningScenario[] {
  const { counts, runMetrics } = deps.tally;
  const share = shareWithin(deps.share, whole.plan.vusMax);
  if (!share) return [];
  const options = share.of === 1 ? whole : { ...whole, plan: whole.plan.share(share) };
  return [
    new RunningScenario(options, {
      share,
      createVu: (scenario) => deps.vus.createForScenario(scenario, share),
      now: deps.now,
      nowMs: deps.nowMs,
      onStart(latenessMs) {
        counts.vusActive += 1;
        if (latenessMs === undefined) return;
        if (latenessMs > LIMITS.latenessMsP99) counts.late += 1;
        runMetrics.iterationLateness.add(latenessMs, untagged);
      },
      onDrop(count) {
        counts.dropped += count;
        runMetrics.droppedIterations.add(count, untagged);
      },
    }),
  ];
}
