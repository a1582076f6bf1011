import { randomBytes } from 'node:crypto';
import type { HistoryRecorder } from '../history/recorder.ts';
import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import type { Target } from '../target/target.ts';
import { type Buyer, type BuyerDeps, createBuyer, type TurnEnd } from './buyer.ts';
import { createCheckCounts } from './checks.ts';
import { createConnector } from './connector.ts';
import { createExceptions, deepenStacks, guardRejections } from './exceptions.ts';
import { createHttpMetrics } from './http-metrics.ts';
import { createLook } from './look.ts';
import { createMetrics, type MetricSelector, type SampleObserver, untagged } from './metrics.ts';
import { createOperations } from './operations.ts';
import type { ScenarioOptions } from './options.ts';
import { noOutcomes } from './outcomes.ts';
import { createRendezvous } from './rendezvous.ts';
import { RequestError } from './request-error.ts';
import type { LoadResult, LoadTick } from './result.ts';
import { defineRunMetrics, observeZeros } from './run-metrics.ts';
import { watchSaturation } from './saturation.ts';
import { createScenario, type RunningScenario } from './scenario-run.ts';
import type { LoadedScript } from './script.ts';
import { summarizeMetrics, summaryData } from './summary.ts';
import { writeSummaryOutput } from './summary-output.ts';
import { createThresholds, parseSelector } from './thresholds.ts';
import { createTickStream } from './tick-stream.ts';
import { createTraffic } from './traffic.ts';
import { createUrlSplitter } from './url.ts';
import { IterationInterrupted, type RunView } from './vu.ts';

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
  const metrics = createMetrics(
    options.thresholds.map(({ metric }) => parseSelector(metric) as MetricSelector),
    spec.observe,
  );
  const httpMetrics = createHttpMetrics(metrics);
  const runMetrics = defineRunMetrics(metrics);
  observeZeros(metrics);
  const thresholds = createThresholds(options.thresholds, metrics);
  const outcomes = noOutcomes();
  const checks = createCheckCounts();
  const exceptions = createExceptions({ describe: script.describeError, log });
  const traffic = createTraffic();
  const rendezvous = createRendezvous({ metrics: runMetrics, log });
  let [iterations, interrupted, dropped, vusActive, vusMade] = [0, 0, 0, 0, 0];

  // Where the run stands.
  let startedAtMs: number | undefined;
  let endedAtMs: number | undefined;
  let stoppedBy: LoadResult['stoppedBy'];
  let stopping = false;
  let aborted = false;
  let setupData: string | undefined;
  let scenarios: RunningScenario[] = [];
  let stagehand: Buyer | undefined;
  let takeLagMsMax = (): number => 0;
  const startTimers = new Set<() => void>();
  const ticks = createTickStream<LoadTick>();

  const elapsedMs = (): number =>
    startedAtMs === undefined ? 0 : (endedAtMs ?? now()) - startedAtMs;

  const run: RunView = {
    elapsedMs,
    iterationsCompleted: () => iterations,
    iterationsInterrupted: () => interrupted,
    vusActive: () => vusActive,
    vusInitialized: () => vusMade,
    options: options.exported,
    abort(reason) {
      log(`the script ended the run: ${reason}`);
      endNow('script-abort');
    },
    fail: (reason) => exceptions.record(new Error(reason)),
  };

  const look = createLook(
    {
      elapsedMs,
      progress,
      activeVus: () => vusActive,
      madeVus: () => vusMade,
      iterations: () => iterations,
      droppedIterations: () => dropped,
      offered,
      lagMsMax: () => takeLagMsMax(),
    },
    { outcomes, traffic, metrics: runMetrics },
  );

  const buyerDeps: BuyerDeps = {
    script,
    options,
    env: spec.env,
    metrics,
    checks,
    run,
    log,
    setupData: () => setupData,
    onTurnEnd,
    rendezvous,
    calls: {
      now,
      nowMs: clock.nowMs,
      traffic,
      connector: createConnector(options.http),
      target: spec.target,
      operations: createOperations({
        target: spec.target,
        history: spec.history,
        attemptPrefix: randomBytes(10).toString('hex'),
      }),
      outcomes,
      httpMetrics,
      splitUrl: createUrlSplitter(),
      onLatency: (latencyMs) => look.addLatency(latencyMs),
    },
  };

  function onTurnEnd(end: TurnEnd): void {
    const { vu, durationMs, exception } = end;
    vusActive -= 1;
    if (end.interrupted) {
      interrupted += 1;
      return;
    }
    iterations += 1;
    runMetrics.iterations.add(1, vu);
    runMetrics.iterationDuration.add(durationMs, vu);
    if (exception) exceptions.record(exception.error);
  }

  function hireBuyer(scenario: ScenarioOptions): Buyer {
    vusMade += 1;
    return createBuyer(vusMade, scenario, buyerDeps);
  }

  /** Runs what belongs to no scenario, in a VU of its own. */
  async function perform(name: string, argument: unknown, timeoutMs: number): Promise<unknown> {
    stagehand ??= createBuyer(0, undefined, buyerDeps);
    stagehand.vu.group = `::${name}`;
    return await stagehand.perform(name, argument, timeoutMs);
  }

  /** Lets what runs come to its end. */
  function stop(): void {
    if (endedAtMs !== undefined) return;
    stoppedBy ??= 'interrupt';
    stopping = true;
    for (const wake of startTimers) wake();
    for (const scenario of scenarios) scenario.stop();
  }

  /** Interrupts every iteration; `teardown` still runs. */
  function endNow(reason: NonNullable<LoadResult['stoppedBy']>): void {
    if (endedAtMs !== undefined) return;
    stoppedBy ??= reason;
    stopping = true;
    for (const wake of startTimers) wake();
    for (const scenario of scenarios) scenario.abort();
  }

  async function runScenario(scenario: RunningScenario): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        startTimers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, scenario.options.startTimeMs);
      startTimers.add(wake);
      if (stopping || scenario.options.startTimeMs === 0) wake();
    });
    if (!stopping) await scenario.run();
  }

  function offered(): number | undefined {
    const counts = scenarios.flatMap((scenario) => scenario.offered() ?? []);
    return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
  }

  function progress(): number {
    if (scenarios.length === 0) return 0;
    return scenarios.reduce((sum, scenario) => sum + scenario.progress(), 0) / scenarios.length;
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
      scenarios = blameScript('init code', () =>
        options.scenarios.map((scenario) =>
          createScenario(scenario, {
            hireBuyer,
            now,
            nowMs: clock.nowMs,
            onStart({ latenessMs }) {
              vusActive += 1;
              if (latenessMs !== undefined) {
                runMetrics.iterationLateness.add(latenessMs, untagged);
              }
            },
            onDrop(count) {
              dropped += count;
              runMetrics.droppedIterations.add(count, untagged);
            },
          }),
        ),
      );
      if (script.exports.includes('setup')) await setUp();

      startedAtMs = now();
      const watch = watchSaturation();
      takeLagMsMax = watch.takeLagMsMax;
      const ticker = setInterval(() => {
        ticks.push(look.take());
        if (!stopping && thresholds.abortCause(elapsedMs())) endNow('threshold');
      }, TICK_MS);
      try {
        await Promise.all(scenarios.map(runScenario));
      } catch (error) {
        // Only making another VU can fail here: iterations keep their exceptions to themselves.
        endNow('interrupt');
        throw scriptFailure('init code', error);
      } finally {
        clearInterval(ticker);
        endedAtMs = now();
        rendezvous.conclude();
        watch.stop();
      }
      const generator = watch.judge({
        elapsedMs: elapsedMs(),
        dropped,
        offered: offered(),
        latenessMsP99: runMetrics.iterationLateness.sink.figure('p(99)', 0) ?? 0,
      });
      if (script.exports.includes('teardown') && !aborted) await tearDown();
      ticks.push(look.take());
      return await conclude(generator);
    } finally {
      stagehand?.retire();
      ticks.end();
      restoreStacks();
      // Rejections of code left behind are reported a moment after they happen.
      setImmediate(unguard);
    }
  }

  async function setUp(): Promise<void> {
    try {
      const data = await perform('setup', undefined, options.setupTimeoutMs);
      setupData = data === undefined ? undefined : JSON.stringify(data);
    } catch (error) {
      if (error instanceof IterationInterrupted) return;
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

  function blameScript<Result>(part: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw scriptFailure(part, error);
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
    const summaries = summarizeMetrics(metrics, {
      elapsedMs: elapsedMs(),
      trendStats: options.summaryTrendStats,
    });
    const summaryOutput = script.exports.includes('handleSummary')
      ? await handleSummary(
          summaryData({
            metrics: summaries,
            thresholds: thresholdResults,
            checks: checks.all(),
            elapsedMs: elapsedMs(),
            trendStats: options.summaryTrendStats,
            setupData: setupData === undefined ? undefined : JSON.parse(setupData),
          }),
        )
      : undefined;
    return {
      elapsedMs: elapsedMs(),
      outcomes,
      iterations,
      droppedIterations: dropped,
      interruptedIterations: interrupted,
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
      const teller = createBuyer(0, undefined, buyerDeps);
      const returned = await teller.perform('handleSummary', data, SUMMARY_TIMEOUT_MS);
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
      stagehand?.interrupt();
    },
    result,
  };
}

const SUMMARY_TIMEOUT_MS = 120_000;
