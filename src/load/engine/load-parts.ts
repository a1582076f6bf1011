import { machineReadableSummary } from '../metrics/machine-readable.ts';
import { addZeroSamples } from '../metrics/run-metrics.ts';
import { type SummaryFacts, summaryData } from '../metrics/summary.ts';
import { createTally, type Tally } from '../metrics/tally.ts';
import { createThresholds } from '../metrics/thresholds.ts';
import type { LoadOptions } from '../options.ts';
import { createReleaseMetrics, type ReleaseMetrics } from '../rendezvous/release-metrics.ts';
import { createRendezvous, type Rendezvous } from '../rendezvous/rendezvous.ts';
import { WHOLE } from '../schedule/share.ts';
import type { RunView } from '../vu/run-view.ts';
import { createVuFactory } from '../vu/vu-factory.ts';
import type { Crew } from './crew.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LoadSpec } from './load-run.ts';
import { RunState } from './run-state.ts';
import { createThreadCrew } from './thread-crew.ts';
import { createTickReader, type TickReader } from './tick-reader.ts';

/** The parts of one load, connected with each other. */
export interface LoadParts {
  options: LoadOptions;
  state: RunState;
  tally: Tally;
  thresholds: ReturnType<typeof createThresholds>;
  releases: ReleaseMetrics;
  rendezvous: Rendezvous;
  lifecycle: Lifecycle;
  /** Makes the argument of `handleSummary`. */
  summarize(facts: SummaryFacts): unknown;
  crew: Crew;
  tickReader: TickReader;
}

export function createLoadParts(spec: LoadSpec): LoadParts {
  const { script, clock, log = () => {} } = spec;
  const { options } = script;
  const { share = WHOLE } = options;
  const now = (): number => clock.monotonicNs() / 1e6;
  const state = new RunState(now);
  const tally = createTally(options, {
    describeError: script.describeError,
    log,
    observe: spec.observe,
    hasSummary: script.exports.includes('handleSummary'),
  });
  addZeroSamples(tally.metrics);
  const thresholds = createThresholds(options.thresholds, tally.metrics);
  const releases = createReleaseMetrics(tally.runMetrics);
  const rendezvous = createRendezvous({ now, log, onReleased: releases.add });

  function onScriptAbort(reason: string): void {
    log(`the script ended the run: ${reason}`);
    if (state.requestStop('script-abort')) crew.abort();
  }

  const vus = createVuFactory({
    script,
    env: spec.env,
    target: spec.target,
    history: spec.history,
    clock,
    log,
    tally,
    run: createRunView(options, { state, tally, onScriptAbort }),
    share,
    rendezvous,
    tracer: spec.tracer,
    setupData: () => lifecycle.setupData(),
  });
  const lifecycle = new Lifecycle({
    script,
    createVu: vus.createForLifecycle,
    exceptions: tally.exceptions,
    onLimit: spec.onLimit,
  });
  const crew =
    spec.crew?.({ tally, releases, log, observe: spec.observe, onScriptAbort }) ??
    createThreadCrew({
      scenarios: options.scenarios,
      share,
      vus,
      tally,
      now,
      nowMs: clock.nowMs,
    });
  const tickReader = createTickReader({ elapsedMs: () => state.elapsedMs(), crew }, tally);
  return {
    ...{ options, state, tally, thresholds, releases, rendezvous, lifecycle, crew, tickReader },
    summarize: (facts) =>
      spec.summaryForm === undefined
        ? summaryData(facts)
        : machineReadableSummary(facts, spec.summaryForm, clock.nowMs()),
  };
}

function createRunView(
  options: LoadOptions,
  {
    state,
    tally: { counts, exceptions },
    onScriptAbort,
  }: { state: RunState; tally: Tally; onScriptAbort: (reason: string) => void },
): RunView {
  return {
    elapsedMs: () => state.elapsedMs(),
    iterationsCompleted: () => counts.iterations,
    iterationsInterrupted: () => counts.interrupted,
    vusActive: () => counts.vusActive,
    vusInitialized: () => counts.vusMade,
    options: options.exported,
    abort: onScriptAbort,
    fail: exceptions.fail,
  };
}
