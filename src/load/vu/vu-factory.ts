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
import { createAttemptIds, createOperations } from './operation-recorder.ts';
import type { Rendezvous } from './rendezvous.ts';
import type { LoadedScript } from './script.ts';
import type { RunView } from './vu.ts';
import { type Buyer, type BuyerDeps, createBuyer, type TurnEnd } from './vu-runner.ts';

/** Makes the buyers of one thread; what they do is counted in its tally. */
export interface Buyers {
  /** One for a scenario, of which this worker has a share. Throws what init code throws. */
  hire(scenario: ScenarioOptions, share: Share): Buyer;
  /** One that belongs to no scenario, for `setup`, `teardown` and `handleSummary`. */
  hireStagehand(): Buyer;
}

export interface BuyersDeps {
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

export function createBuyers(deps: BuyersDeps): Buyers {
  const { script, tally, clock, target } = deps;
  const { options } = script;
  const { counts, runMetrics, exceptions } = tally;
  let made = 0;

  function onTurnEnd({ vu, durationMs, interrupted, exception }: TurnEnd): void {
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

  const buyerDeps: Omit<BuyerDeps, 'share'> = {
    script,
    options,
    env: deps.env,
    metrics: tally.metrics,
    checks: tally.checks,
    run: deps.run,
    log: deps.log,
    setupData: deps.setupData,
    onTurnEnd,
    rendezvous: deps.rendezvous,
    calls: {
      now,
      nowMs: clock.nowMs,
      traffic: tally.traffic,
      connector: createConnector(options.http),
      closesAfterAnswer: options.http.keepConnections === 'never',
      target,
      operations: createOperations({
        target,
        history: deps.history,
        nextAttempt: createAttemptIds(randomBytes(10).toString('hex')),
      }),
      outcomes: tally.outcomes,
      httpMetrics: tally.httpMetrics,
      splitUrl: createUrlSplitter(),
      ...(perSecondMax && { waitMs: createRateLimit(perSecondMax / deps.share.of, now) }),
      onLatency: (latencyMs) => tally.latency.add(latencyMs),
    },
  };

  return {
    hire(scenario, share) {
      const id = numberOf(made, deps.share) + 1;
      made += 1;
      counts.vusMade += 1;
      return createBuyer(id, scenario, { ...buyerDeps, share });
    },
    hireStagehand: () => createBuyer(0, undefined, { ...buyerDeps, share: WHOLE }),
  };
}
