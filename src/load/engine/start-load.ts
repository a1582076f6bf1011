import { setImmediate } from 'node:timers/promises';
import type { LoadResult, LoadTick } from '../result.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import type { LoadedScript } from '../vu/script.ts';
import { waitForCommonStart } from './common-start.ts';
import { watchCpu } from './generator-watch.ts';
import { guardScript } from './guard-script.ts';
import { createLoadParts, type LoadParts } from './load-parts.ts';
import { makeResult, summarizeForScript } from './load-result.ts';
import type { LoadRun, LoadSpec } from './load-run.ts';
import { judgeGenerator } from './saturation.ts';
import { blameScript } from './script-failure.ts';
import { createTickStream, type TickStream } from './tick-stream.ts';
import { assertRoomForThreads, threadsNotice } from './vu-threads.ts';

const TICK_MS = 250;
/** Nothing is left to find out then, so iterations get no longer than this to finish. */
const AFTER_VIOLATION_MS = 2_000;

/**
 * Starts a loaded script against a target and returns at once. Init code runs for every VU, then `setup()`, then the
 * scenarios, then `teardown()` and `handleSummary()`, as in k6.
 */
export function startLoad(spec: LoadSpec): LoadRun {
  const parts = createLoadParts(spec);
  const { state, crew, lifecycle } = parts;
  const ticks = createTickStream<LoadTick>();

  // The run begins asynchronously, so that the caller holds it before anything happens in it.
  const result = Promise.resolve().then(() => runLoad(spec, parts, ticks));
  // A caller that reads the ticks first and asks for the result later must not lose the process to a rejection in between.
  result.catch(() => {});

  return {
    ticks,
    stop(reason) {
      if (!state.requestStop(reason)) return;
      crew.stop();
      if (reason !== 'violation') return;
      const interrupt = () => {
        if (state.isRunning()) crew.abort();
      };
      setTimeout(interrupt, AFTER_VIOLATION_MS).unref();
    },
    abort() {
      if (state.requestStop('interrupt')) crew.abort();
      lifecycle.interrupt();
    },
    cut({ why, asked }) {
      if (asked && !state.hasStarted()) return false;
      if (!lifecycle.cut(new Error(why)) && state.isRunning()) {
        if (asked) state.requestStop('interrupt');
        else parts.tally.exceptions.record(new Error(why));
        crew.abort();
      }
      return true;
    },
    result,
  };
}

async function runLoad(
  { script, clock, startAtMs, log = () => {}, onLimit }: LoadSpec,
  parts: LoadParts,
  ticks: TickStream<LoadTick>,
): Promise<LoadResult> {
  const { state, tally, lifecycle, crew, tickReader } = parts;
  assertRoomForThreads(script, process.availableMemory() / 1e6);
  const notice = threadsNotice(script);
  if (notice) log(notice);
  const unguard = guardScript(script, tally.exceptions);
  try {
    await blameScript(script, 'init code', () => crew.prepare());
    await setUp(parts, log);
    if (startAtMs !== undefined) {
      const isStopped = (): boolean => state.stoppedBy() !== undefined;
      await waitForCommonStart(startAtMs, { nowMs: clock.nowMs, isStopped, log });
    }
    const generator = await runScenarios(script, parts, ticks, onLimit);
    await lifecycle.tearDown();
    ticks.push(tickReader.read());
    return await makeResult(parts, generator);
  } finally {
    lifecycle.close();
    await crew.close();
    ticks.end();
    unguard();
  }
}

/** As in k6, a script gets its summary also when its `setup` fails. What it prints is told, because there is no result. */
async function setUp(parts: LoadParts, log: (line: string) => void): Promise<void> {
  try {
    await parts.lifecycle.setUp();
  } catch (error) {
    const { stdout, stderr } = (await summarizeForScript(parts)) ?? {};
    for (const text of [stdout, stderr]) if (text) text.trimEnd().split('\n').forEach(log);
    throw error;
  }
}

async function runScenarios(
  script: LoadedScript,
  { state, tally, thresholds, releases, rendezvous, lifecycle, crew, tickReader }: LoadParts,
  ticks: TickStream<LoadTick>,
  onLimit: LoadSpec['onLimit'] = () => {},
): Promise<LoadResult['generator']> {
  const startMs = state.start();
  const cpuSeconds = watchCpu();
  onLimit(Math.max(...script.options.scenarios.map(lastEndMs)));
  const ticker = setInterval(() => {
    ticks.push(tickReader.read());
    if (state.stoppedBy() || !thresholds.abortCause(state.elapsedMs())) return;
    if (state.requestStop('threshold')) crew.abort();
  }, TICK_MS);
  try {
    // Only the init code of another VU can fail here: exceptions in iterations are counted instead.
    await blameScript(script, 'init code', () => crew.run(startMs, lifecycle.setupData()));
  } catch (error) {
    if (state.requestStop('interrupt')) crew.abort();
    throw error;
  } finally {
    clearInterval(ticker);
    onLimit(undefined);
    await messagesHeard();
    state.end();
    rendezvous.close();
    releases.close();
  }
  const generator = judgeGenerator({
    elapsedMs: state.elapsedMs(),
    dropped: tally.counts.dropped,
    offered: crew.offered(),
    latenessMsP99: tally.runMetrics.iterationLateness.sink.figure('p(99)', 0) ?? 0,
    cpuSeconds: cpuSeconds(),
    eventLoopLagMsP99: crew.lagMsP99(),
    threads: crew.threads,
  });
  // Merging the histories of threads is no part of the load: its time would lower every rate.
  await crew.collect?.();
  return generator;
}

/** Lets the event loop come round, so that a word of code that was dropped in this thread still belongs to the load. */
async function messagesHeard(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** The moment at which the last iteration of a scenario is interrupted, counted from the start of all of them. */
const lastEndMs = ({ startTimeMs, plan, gracefulStopMs }: ScenarioOptions): number =>
  startTimeMs + plan.durationMs + gracefulStopMs;
