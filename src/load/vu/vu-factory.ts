import { randomBytes } from 'node:crypto';
import type { HistoryRecorder } from '../../history/operation-writer.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Target } from '../../target/target.ts';
import type { CallTracer } from '../../tracing/call-tracer.ts';
import type { CallsDeps } from '../calls/calls.ts';
import { createRateLimit } from '../calls/rate-limit.ts';
import { createConnector, createDialer, type Dialer } from '../http/connector.ts';
import { createUrlSplitter } from '../http/url.ts';
import type { Tally } from '../metrics/tally.ts';
import { createCallIds } from '../operations/call-ids.ts';
import { createOperationRecorder } from '../operations/operation-recorder.ts';
import type { Rendezvous } from '../rendezvous/rendezvous.ts';
import type { ScenarioOptions } from '../schedule/scenario-options.ts';
import { numberOf, type Share, WHOLE } from '../schedule/share.ts';
import { createLifecycleVu, type LifecycleVu } from './lifecycle-vu.ts';
import type { RunView } from './run-view.ts';
import type { LoadedScript } from './script.ts';
import { VirtualUser, type VirtualUserDeps } from './virtual-user.ts';
import { type IterationEnd, VuRunner } from './vu-runner.ts';

/** Makes the VUs of one thread; their iterations and calls are counted in the thread's tally. */
export interface VuFactory {
  /** Makes a VU for a scenario, of which this thread has a share. Throws what init code throws. */
  createForScenario(scenario: ScenarioOptions, share: Share): VuRunner;
  /** Makes a VU that belongs to no scenario, for `setup`, `teardown` and `handleSummary`. Throws what init code throws. */
  createForLifecycle(): LifecycleVu;
}

export interface VuFactoryDeps {
  script: LoadedScript;
  /** `__ENV` of every VU. */
  env: Record<string, string>;
  target: Target;
  history: HistoryRecorder;
  clock: Clock;
  log: (line: string) => void;
  tally: Tally;
  run: RunView;
  /** The thread's part of the run; VUs of different threads have different numbers. */
  share: Share;
  rendezvous: Rendezvous;
  /** Makes a trace of each call; absent: none is made. */
  tracer?: CallTracer | undefined;
  /** The value that `setup` returned, as JSON. */
  setupData: () => string | undefined;
}

export function createVuFactory(deps: VuFactoryDeps): VuFactory {
  const { script, tally, clock } = deps;
  const now = (): number => clock.monotonicNs() / 1e6;
  const dial = createDialer(script.options.http);
  const shared: Omit<VirtualUserDeps, 'share'> = {
    options: script.options,
    env: deps.env,
    metrics: tally.metrics,
    checks: tally.checks,
    calls: createCallsDeps(deps, dial, now),
    dial,
    rendezvous: deps.rendezvous,
    run: deps.run,
    log: deps.log,
  };
  const onIterationEnd = (end: IterationEnd): void => countIteration(tally, end);
  const runnerDeps = { script, now, setupData: deps.setupData, onIterationEnd };
  let made = 0;

  return {
    createForScenario(scenario, share) {
      const id = numberOf(made, deps.share) + 1;
      made += 1;
      tally.counts.vusMade += 1;
      return new VuRunner(new VirtualUser(id, scenario, { ...shared, share }), runnerDeps);
    },
    createForLifecycle: () =>
      createLifecycleVu(new VirtualUser(0, undefined, { ...shared, share: WHOLE }), script),
  };
}

function createCallsDeps(
  { script, target, history, clock, tally, share, tracer }: VuFactoryDeps,
  dial: Dialer,
  now: () => number,
): CallsDeps {
  const { http } = script.options;
  const perSecondMax = http.requestsPerSecondMax;
  return {
    now,
    nowMs: clock.nowMs,
    told: {},
    traffic: tally.traffic,
    connector: createConnector(dial),
    closesAfterAnswer: http.keepConnections === 'never',
    operations: createOperationRecorder({
      target,
      history,
      nextCallId: createCallIds(randomBytes(10).toString('hex')),
    }),
    outcomes: tally.outcomes,
    counts: tally.counts,
    httpMetrics: tally.httpMetrics,
    splitUrl: createUrlSplitter(),
    ...(tracer && { tracer }),
    ...(perSecondMax && { waitMs: createRateLimit(perSecondMax / share.of, now) }),
    onLatency: (latencyMs) => tally.latency.add(latencyMs),
  };
}

function countIteration(
  { counts, runMetrics, exceptions }: Tally,
  { vu, durationMs, interrupted, exception }: IterationEnd,
): void {
  counts.vusActive -= 1;
  if (interrupted) {
    counts.interrupted += 1;
    return;
  }
  counts.iterations += 1;
  runMetrics.iterations.add(1, vu);
  runMetrics.iterationDuration.add(durationMs, vu);
  if (exception) exceptions.record(exception.error);
}
