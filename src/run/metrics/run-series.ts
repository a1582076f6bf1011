import type { Verdict } from '../../checkers/verdict.ts';
import type { Clock } from '../../kernel/clock.ts';
import { concludeLoad } from '../../load/conclusion.ts';
import type { SeriesValue } from '../../load/outputs/series-value.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import type { MetricDefinition } from '../../metrics/definition.ts';
import { runMetrics } from '../../metrics/run-catalogue.ts';
import type { RunEvent } from '../events.ts';
import { createGauges, type Gauges } from './gauges.ts';

/** The metrics of a run itself, for outputs that Prometheus reads. */
export interface RunSeries {
  testid: string;
  hear(event: RunEvent): void;
  /** The run has its result. */
  conclude(result: { load: LoadResult; verdict?: Verdict }): void;
  /** All metrics as they are now. */
  read(): SeriesValue[];
}

/** A text that is a label: long ones burden Prometheus, and its end says little. */
const TEXT_MAX = 200;

/** Keeps the metrics of the catalogue by the events of a run, whoever fires its load. */
export function createRunSeries(
  run: {
    /** On every metric, together with the name of the scenario. */
    testid: string;
    scenario: string;
    runner: 'flashsale' | 'k6';
    strategy?: string;
    version: string;
  },
  clock: Pick<Clock, 'nowMs'>,
): RunSeries {
  const { testid, scenario } = run;
  const gauges = createGauges({ testid, scenario });
  const { runner, strategy = '', version } = run;
  gauges.set(runMetrics.info, { runner, strategy, version }, 1);
  happened('start', scenario, testid);

  /** Each thing that happens is a series of its own; of two with the same labels the first is kept. */
  function happened(kind: string, name: string, text: string): void {
    const labels = { kind, name, text: text.slice(0, TEXT_MAX) };
    gauges.setOnce(runMetrics.eventTimestamp, labels, clock.nowMs() / 1_000);
  }

  return {
    testid,
    hear(event) {
      switch (event.type) {
        case 'phase':
          gauges.set(runMetrics.phase, { phase: event.phase }, 1);
          happened('phase', event.phase, event.detail);
          break;
        case 'phase_done':
          gauges.set(runMetrics.phase, { phase: event.phase }, 0);
          break;
        case 'fault':
          gauges.set(runMetrics.fault, { fault: event.name }, event.ends ? 0 : 1);
          happened(event.ends ? 'fault_end' : 'fault', event.name, event.text);
          break;
        case 'violation': {
          const { check, summary } = event.violation;
          gauges.add(runMetrics.violations, { check }, 1);
          gauges.setStatus(runMetrics.checkStatus, { check }, 'invalid');
          happened('violation', check, summary);
          break;
        }
        case 'tick':
          setLoad(gauges, event.tick);
          break;
      }
    },
    conclude({ load, verdict }) {
      for (const { metric, expression, ok } of load.thresholds) {
        const threshold = `${metric}: ${expression}`;
        gauges.setStatus(runMetrics.thresholdStatus, { threshold }, ok ? 'passed' : 'failed');
      }
      for (const { name, status, summary } of verdict?.checks ?? []) {
        gauges.setStatus(runMetrics.checkStatus, { check: name }, status);
        // One that was seen while the load ran has its moment already.
        if (status === 'invalid' && !gauges.has(runMetrics.violations, { check: name })) {
          happened('violation', name, summary);
        }
      }
      const { status, sentence } = verdict ?? concludeLoad(load);
      gauges.setStatus(runMetrics.verdictStatus, {}, status);
      happened('verdict', status, sentence);
      happened('end', scenario, testid);
    },
    read: gauges.read,
  };
}

function setLoad(gauges: Gauges, tick: LoadTick): void {
  const set = (metric: MetricDefinition, value: number | undefined) => {
    if (value !== undefined) gauges.set(metric, {}, value);
  };
  set(runMetrics.progress, tick.progress);
  set(runMetrics.iterationsOffered, tick.offeredIterations);
  set(runMetrics.iterations, tick.iterations);
  set(runMetrics.iterationsDropped, tick.droppedIterations);
  set(runMetrics.vus, tick.activeVus);
  set(runMetrics.eventLoopLag, tick.eventLoopLagMsMax / 1_000);
  if (tick.offeredIterations !== undefined) set(runMetrics.iterationsLate, tick.lateIterations);
  set(runMetrics.requestsInFlight, tick.requestsInFlight);
  const { sent: _, soldOut, notSent, ...others } = tick.outcomes;
  const outcomes = { ...others, sold_out: soldOut, not_sent: notSent };
  for (const [outcome, requests] of Object.entries(outcomes)) {
    gauges.set(runMetrics.requests, { outcome }, requests);
  }
  const { p50, p95, p99, max } = tick.latencyMs;
  for (const [quantile, ms] of Object.entries({ 0.5: p50, 0.95: p95, 0.99: p99, 1: max })) {
    gauges.set(runMetrics.requestLatency, { quantile }, ms / 1_000);
  }
}
