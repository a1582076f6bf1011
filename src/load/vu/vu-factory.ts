import { randomBytes } from 'node:crypto';
import type { HistoryRecorder } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Target } from '../../target/target.ts';
import { createConnector } from '../http/connector.ts';
import { createUrlSplitter } from '../http/url.ts';
import type { Tally } from '../metrics/tally.ts';
import type { ScenarioOptions } from '../options.ts';
import { createRateLimit } from '../schedule/rate-limit.ts';
import { numberOf, type Share, WHOLE } from '../schedule/share.ts';
import { createCallIds, createOperationRecorder } from './operation-recorder.ts';
import type { Rendezvous } from './rendezvous.ts';
import type { LoadedScript } from './script.ts';
import type { RunView } from './vu.ts';
import {
  createVuRunner,
  type IterationEnd,
  type VuRunner,
  type VuRunnerDeps,
} from './vu-runner.ts';

/** Makes the buyers of one thread; what they do is counted in its tally. */
export interface VuFactory {
  /** One for a scenario, of which this worker has a share. Throws what init code throws. */
  createForScenario(scenario: ScenarioOptions, share: Share): VuRunner;
  /** One that belongs to no scenario, for `setup`, `teardown` and `handleSummary`. */
  createOutsideScenarios(): VuRunner;
}

export interface VuFactoryDeps {
  script: LoadedScript;
  env: Record<string, string>;
  target: Target;
  history: HistoryRecorder;
  clock: Clock;
  log: (line: string) => void;
  tally: Tally;
  run: RunView;
  /** Which worker this is; VUs of different workers have different numbers. */
  share: Share;
  rendezvous: Rendezvous;
  setupData: () => string | undefined;
}

export function createVuFactory(deps: VuFactoryDeps): VuFactory {
  const { script, tally, clock, target } = deps;
  const { options } = script;
  const { counts, runMetrics, exceptions } = tally;
  let made = 0;

  function onIterationEnd({ vu, durationMs, interrupted, exception }: IterationEnd): void {
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

  const now = (): number => clock.monotonicNs() / 1e6;
  const perSecondMax = options.http.requestsPerSecondMax;

  const runnerDeps: Omit<VuRunnerDeps, 'share'> = {
    script,
    options,
    env: deps.env,
    metrics: tally.metrics,
    checks: tally.checks,
    run: deps.run,
    log: deps.log,
    setupData: deps.setupData,
    onIterationEnd,
    rendezvous: deps.rendezvous,
    calls: {
      now,
      nowMs: clock.nowMs,
      traffic: tally.traffic,
      connector: createConnector(options.http),
      closesAfterAnswer: options.http.keepConnections === 'never',
      target,
      operations: createOperationRecorder({
        target,
        history: deps.history,
        nextCallId: createCallIds(randomBytes(10).toString('hex')),
      }),
      outcomes: tally.outcomes,
      httpMetrics: tally.httpMetrics,
      splitUrl: createUrlSplitter(),
      ...(perSecondMax && { waitMs: createRateLimit(perSecondMax / deps.share.of, now) }),
      onLatency: (latencyMs) => tally.latency.add(latencyMs),
    },
  };

  return {
    createForScenario(scenario, share) {
      const id = numberOf(made, deps.share) + 1;
      made += 1;
      counts.vusMade += 1;
      return createVuRunner(id, scenario, { ...runnerDeps, share });
    },
    createOutsideScenarios: () => createVuRunner(0, undefined, { ...runnerDeps, share: WHOLE }),
  };
}
