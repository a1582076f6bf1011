import type { HistoryRecorder } from '../history/recorder.ts';
import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import type { Target } from '../target/target.ts';
import { type Crew, createCrew } from './crew.ts';
import { RequestError } from './http/request-error.ts';
import { deepenStacks, guardRejections } from './metrics/exceptions.ts';
import type { SampleObserver } from './metrics/metrics.ts';
import { observeZeros } from './metrics/run-metrics.ts';
import { summarizeMetrics, summaryData } from './metrics/summary.ts';
import { writeSummaryOutput } from './metrics/summary-output.ts';
import { createTally, type Tally } from './metrics/tally.ts';
import { createThresholds } from './metrics/thresholds.ts';
import type { LoadResult, LoadTick } from './result.ts';
import { judgeGenerator, watchCpu } from './saturation.ts';
import { WHOLE } from './schedule/share.ts';
import { createTickReader } from './tick-reader.ts';
import { createTickStream } from './tick-stream.ts';
import { createRendezvous } from './vu/rendezvous.ts';
import { createRendezvousScore, type RendezvousScore } from './vu/rendezvous-score.ts';
import type { LoadedScript } from './vu/script.ts';
import { IterationInterrupted, type RunView } from './vu/vu.ts';
import { createVuFactory } from './vu/vu-factory.ts';
import type { VuRunner } from './vu/vu-runner.ts';

export interface LoadSpec {
  script: LoadedScript;
  /** `__ENV` of every VU; may hold more than the script was loaded with (the seeded sale is known only now). */
  env: Record<string, string>;
  /** Which requests are operations, and what answers mean. */
  target: Target;
  history: HistoryRecorder;
  clock: Clock;
  /** Where the script's `console.*` and the engine's warnings go, one line each; default: nowhere. */
  log?: (line: string) => void;
  /** Told of every sample as it is taken; default: nobody. */
  observe?: SampleObserver;
  /** Who runs the scenarios instead of this thread's own buyers. */
  crew?: (deps: ForeignCrewDeps) => Crew;
}

/** What a crew of other threads reports to. */
export interface ForeignCrewDeps {
  tally: Tally;
  score: RendezvousScore;
  log: (line: string) => void;
  observe: SampleObserver | undefined;
  /** A script ended the run. */
  onScriptAbort: (reason: string) => void;
}

export interface LoadRun {
  /**
   * A look at the run about every 250 ms; the last one is final. For one reader; a slow reader gets the newest look
   * instead of a growing backlog. Ends (without throwing) when the run ends, however it ends.
   */
  ticks: AsyncIterable<LoadTick>;
  /** First Ctrl-C: no new iterations; running ones get their gracefulStop, then are interrupted. */
  stop(reason: 'interrupt'): void;
  /** Second Ctrl-C: drops everything now, `teardown` included. Calls in flight end as unknown; `result` still resolves. */
  abort(): void;
  /** Rejects with a UserError when `setup()` or init code throws; otherwise resolves however the load ended. */
  result: Promise<LoadResult>;
}

const TICK_MS = 250;

/**
 * Starts a loaded script against a target and returns at once. Init code runs for every VU, then `setup()`, then the
 * scenarios, then `teardown()` and `handleSummary()`, as in k6.
 */
export function startLoad(spec: LoadSpec): LoadRun {
  const { script, clock, log = () => {} } = spec;
  const { options } = script;
  const now = (): number => clock.monotonicNs() / 1e6;

  // What is counted.
  const tally = createTally(options, {
    describeError: script.describeError,
    log,
    observe: spec.observe,
    hasSummary: script.exports.includes('handleSummary'),
  });
  const { metrics, runMetrics, outcomes, checks, exceptions, counts } = tally;
  observeZeros(metrics);
  const thresholds = createThresholds(options.thresholds, metrics);
  const score = createRendezvousScore(runMetrics);

  // Where the run stands.
  let startedAtMs: number | undefined;
  let endedAtMs: number | undefined;
  let stoppedBy: LoadResult['stoppedBy'];
  let stopping = false;
  let aborted = false;
  let setupData: string | undefined;
  let outsideVu: VuRunner | undefined;
  const ticks = createTickStream<LoadTick>();

  const elapsedMs = (): number =>
    startedAtMs === undefined ? 0 : (endedAtMs ?? now()) - startedAtMs;

  const run: RunView = {
    elapsedMs,
    iterationsCompleted: () => counts.iterations,
    iterationsInterrupted: () => counts.interrupted,
    vusActive: () => counts.vusActive,
    vusInitialized: () => counts.vusMade,
    options: options.exported,
    abort: onScriptAbort,
    fail: (reason) => exceptions.record(new Error(reason)),
  };
  const rendezvous = createRendezvous({ now, log, onReleased: score.add });
  const vus = createVuFactory({
    script,
    env: spec.env,
    target: spec.target,
    history: spec.history,
    clock,
    log,
    tally,
    run,
    share: WHOLE,
    rendezvous,
    setupData: () => setupData,
  });
  const crew =
    spec.crew?.({ tally, score, log, observe: spec.observe, onScriptAbort }) ??
    createCrew({
      scenarios: options.scenarios,
      share: WHOLE,
      vus,
      tally,
      now,
      nowMs: clock.nowMs,
    });
  const look = createTickReader(
    { elapsedMs, progress: crew.progress, offered: crew.offered, lagMsMax: crew.takeLagMsMax },
    tally,
  );

  function onScriptAbort(reason: string): void {
    log(`the script ended the run: ${reason}`);
    endNow('script-abort');
  }

  /** Runs what belongs to no scenario, in a VU of its own. */
  async function perform(name: string, argument: unknown, timeoutMs: number): Promise<unknown> {
    outsideVu ??= vus.createOutsideScenarios();
    outsideVu.vu.group = `::${name}`;
    return await outsideVu.call(name, argument, timeoutMs);
  }

  /** Lets what runs come to its end. */
  function stop(): void {
    if (endedAtMs !== undefined) return;
    stoppedBy ??= 'interrupt';
    stopping = true;
    crew.stop();
  }

  /** Interrupts every iteration; `teardown` still runs. */
  function endNow(reason: NonNullable<LoadResult['stoppedBy']>): void {
    if (endedAtMs !== undefined) return;
    stoppedBy ??= reason;
    stopping = true;
    crew.abort();
  }

  async function main(): Promise<LoadResult> {
    const restoreStacks = deepenStacks();
    const unguard = guardRejections(
      (error) =>
        error instanceof IterationInterrupted ||
        error instanceof RequestError ||
        script.owns(error),
      (error) => {
        if (!(error instanceof IterationInterrupted)) exceptions.record(error);
      },
    );
    try {
      await blameScript('init code', crew.prepare);
      const hasSetup = script.exports.includes('setup') && options.runsSetup;
      const isSetUp = !hasSetup || (await setUp());

      startedAtMs = now();
      const cpuSeconds = watchCpu();
      const ticker = setInterval(() => {
        ticks.push(look.read());
        if (!stopping && thresholds.abortCause(elapsedMs())) endNow('threshold');
      }, TICK_MS);
      try {
        // Only making another VU can fail here: iterations keep their exceptions to themselves.
        await blameScript('init code', () => crew.run(startedAtMs as number, setupData));
      } catch (error) {
        endNow('interrupt');
        throw error;
      } finally {
        clearInterval(ticker);
        endedAtMs = now();
        rendezvous.conclude();
        score.conclude();
      }
      const generator = judgeGenerator({
        elapsedMs: elapsedMs(),
        dropped: counts.dropped,
        offered: crew.offered(),
        latenessMsP99: runMetrics.iterationLateness.sink.figure('p(99)', 0) ?? 0,
        cpuSeconds: cpuSeconds(),
        eventLoopLagMsP99: crew.lagMsP99(),
        threads: crew.threads,
      });
      const hasTeardown = script.exports.includes('teardown') && options.runsTeardown;
      if (hasTeardown && isSetUp && !aborted) await tearDown();
      ticks.push(look.read());
      return await conclude(generator);
    } finally {
      outsideVu?.retire();
      await crew.close();
      ticks.end();
      restoreStacks();
      // Rejections of code left behind are reported a moment after they happen.
      setImmediate(unguard);
    }
  }

  /** Answers whether it came to its end; if not, there is nothing to tear down. */
  async function setUp(): Promise<boolean> {
    try {
      const data = await perform('setup', undefined, options.setupTimeoutMs);
      setupData = data === undefined ? undefined : JSON.stringify(data);
      return true;
    } catch (error) {
      if (error instanceof IterationInterrupted) return false;
      throw scriptFailure('setup()', error);
    }
  }

  async function tearDown(): Promise<void> {
    try {
      const data = setupData === undefined ? undefined : JSON.parse(setupData);
      await perform('teardown', data, options.teardownTimeoutMs);
    } catch (error) {
      if (!aborted) exceptions.record(error);
    }
  }

  async function blameScript(part: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof UserError ? error : scriptFailure(part, error);
    }
  }

  function scriptFailure(part: string, error: unknown): UserError {
    return UserError.usage(`${part} of ${script.name} failed`, {
      why: script.describeError(error),
      next: `mend ${script.path} and run it again`,
      cause: error,
    });
  }

  async function conclude(generator: LoadResult['generator']): Promise<LoadResult> {
    const thresholdResults = thresholds.results(elapsedMs());
    const figures = { elapsedMs: elapsedMs(), trendStats: options.summaryTrendStats };
    const summaries = summarizeMetrics(metrics, figures);
    const summaryOutput = script.exports.includes('handleSummary')
      ? await handleSummary(
          summaryData({
            // A threshold that had no data is missed, and a script's report has to say so.
            metrics: summarizeMetrics(metrics, {
              ...figures,
              named: options.thresholds.map(({ metric }) => metric),
            }),
            thresholds: thresholdResults,
            checks: checks.all(),
            ...figures,
            timeUnit: String(options.exported.summaryTimeUnit ?? ''),
            setupData: setupData === undefined ? undefined : JSON.parse(setupData),
          }),
        )
      : undefined;
    return {
      elapsedMs: elapsedMs(),
      outcomes,
      iterations: counts.iterations,
      droppedIterations: counts.dropped,
      interruptedIterations: counts.interrupted,
      exceptions: {
        ...exceptions.result(),
        ...(options.allowExceptions ? { allowed: true } : {}),
      },
      metrics: summaries,
      checks: checks.all(),
      thresholds: thresholdResults,
      generator,
      ...(summaryOutput ? { summaryOutput } : {}),
      ...(stoppedBy ? { stoppedBy } : {}),
    };
  }

  async function handleSummary(data: unknown): Promise<LoadResult['summaryOutput']> {
    try {
      const teller = vus.createOutsideScenarios();
      const returned = await teller.call('handleSummary', data, options.summaryTimeoutMs);
      teller.retire();
      return await writeSummaryOutput(returned);
    } catch (error) {
      exceptions.record(error);
      return undefined;
    }
  }

  // Begun a turn later, so that the caller holds the run before anything of it happens.
  const result = Promise.resolve().then(main);
  // Whoever reads the ticks first and asks for the result later must not lose the process to a rejection in between.
  result.catch(() => {});

  return {
    ticks,
    stop,
    abort() {
      aborted = true;
      endNow('interrupt');
      outsideVu?.interrupt();
    },
    result,
  };
}
