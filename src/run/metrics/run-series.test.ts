import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../checkers/verdict.ts';
import { noOutcomes } from '../../load/metrics/outcomes.ts';
import { exposition } from '../../load/outputs/prometheus.ts';
import type { LoadResult, LoadTick } from '../../load/result.ts';
import { runMetrics } from '../../metrics/run-catalogue.ts';
import { createRunSeries, type RunSeries } from './run-series.ts';

const RUN = {
  ...{ testid: 'night-7', scenario: 'rush', strategy: 'batched', version: '1.2.3' },
  runner: 'flashsale',
} as const;

const tick = (parts: Partial<LoadTick> = {}): LoadTick => ({
  ...{ elapsedMs: 250, progress: 0.5, activeVus: 3, iterations: 40, droppedIterations: 2 },
  ...{ requestRate: 100, eventLoopLagMsMax: 12, outcomes: { ...noOutcomes(), ok: 30, soldOut: 9 } },
  latencyMs: { p50: 5, p95: 20, p99: 50, max: 125 },
  ...parts,
});

const load = {
  thresholds: [{ metric: 'http_req_failed', expression: 'rate<0.01', ok: false }],
  exceptions: { count: 0, first: [] },
  generator: { saturated: false },
} as unknown as LoadResult;

const verdict = {
  status: 'invalid',
  sentence: 'Invalid: never-oversold is broken.',
  checks: [
    { name: 'never-oversold', status: 'invalid', summary: '11 units of 10' },
    { name: 'one-per-buyer', status: 'valid', summary: 'nobody has two' },
  ],
} as unknown as Verdict;

const violation = { check: 'never-oversold', summary: '11 units of 10', afterMs: 1_500 };

/** The lines of the page without the labels that all of them have. */
function linesOf(series: RunSeries): string[] {
  return exposition(series.read())
    .split('\n')
    .map((line) =>
      line
        .replace(/,?scenario="rush"/, '')
        .replace(/,?testid="night-7"/, '')
        .replace('{,', '{'),
    );
}

/** A run whose clock shows 100 s at its start, and a second more at each look. */
function startRun() {
  let seconds = 99;
  const nowMs = () => {
    seconds += 1;
    return seconds * 1_000;
  };
  return createRunSeries(RUN, { nowMs });
}

describe('G.3 the metrics of a run', () => {
  it('have the labels testid and scenario, every one of them', () => {
    const series = startRun();
    series.hear({ type: 'tick', tick: tick({ offeredIterations: 50 }) });
    series.conclude({ load, verdict });
    for (const { labels } of series.read()) {
      expect(labels).toContainEqual(['testid', 'night-7']);
      expect(labels).toContainEqual(['scenario', 'rush']);
    }
  });

  it('show what the load was asked for, what it achieved, and what came of its requests', () => {
    const series = startRun();
    series.hear({
      type: 'tick',
      tick: tick({ offeredIterations: 50, lateIterations: 4, requestsInFlight: 7 }),
    });
    expect(linesOf(series)).toEqual(
      expect.arrayContaining([
        '# TYPE flashsale_run_iterations_offered_total counter',
        'flashsale_run_iterations_offered_total{} 50',
        'flashsale_run_iterations_total{} 40',
        'flashsale_run_iterations_dropped_total{} 2',
        'flashsale_run_iterations_late_total{} 4',
        'flashsale_run_requests_in_flight{} 7',
        'flashsale_run_requests_total{outcome="ok"} 30',
        'flashsale_run_requests_total{outcome="sold_out"} 9',
        'flashsale_run_requests_total{outcome="not_sent"} 0',
        'flashsale_run_request_latency_seconds{quantile="1"} 0.125',
        'flashsale_run_event_loop_lag_seconds{} 0.012',
      ]),
    );
  });

  it('have nothing offered and nothing late where the load has no schedule', () => {
    const series = startRun();
    series.hear({ type: 'tick', tick: tick({ lateIterations: 0 }) });
    expect(linesOf(series).filter((line) => /offered|late_/.test(line))).toEqual([]);
  });

  it('say when each phase, fault and violation was, and which of them last', () => {
    const series = startRun();
    series.hear({ type: 'phase', phase: 'load', detail: 'the sale is on' });
    series.hear({ type: 'fault', name: 'redis-killed', ends: false, text: 'Redis is killed' });
    expect(linesOf(series)).toContain('flashsale_run_fault{fault="redis-killed"} 1');
    series.hear({
      type: 'fault',
      name: 'redis-killed',
      ends: true,
      text: 'redis-killed is undone',
    });
    series.hear({ type: 'violation', violation, ends: false });
    expect(linesOf(series)).toContain('flashsale_run_phase{phase="load"} 1');
    series.hear({ type: 'phase_done', phase: 'load', detail: '', tookMs: 9 });
    series.conclude({ load, verdict });
    const event = runMetrics.eventTimestamp.name;
    expect(linesOf(series).filter((line) => line.startsWith(`${event}{`))).toEqual([
      `${event}{kind="start",name="rush",text="night-7"} 100`,
      `${event}{kind="phase",name="load",text="the sale is on"} 101`,
      `${event}{kind="fault",name="redis-killed",text="Redis is killed"} 102`,
      `${event}{kind="fault_end",name="redis-killed",text="redis-killed is undone"} 103`,
      `${event}{kind="violation",name="never-oversold",text="11 units of 10"} 104`,
      `${event}{kind="verdict",name="invalid",text="Invalid: never-oversold is broken."} 105`,
      `${event}{kind="end",name="rush",text="night-7"} 106`,
    ]);
    expect(linesOf(series)).toContain('flashsale_run_phase{phase="load"} 0');
    expect(linesOf(series)).toContain('flashsale_run_fault{fault="redis-killed"} 0');
  });

  it('show each check, each threshold and the verdict with one status that holds', () => {
    const series = startRun();
    series.hear({ type: 'violation', violation, ends: false });
    expect(linesOf(series)).toContain(
      'flashsale_run_check_status{check="never-oversold",status="invalid"} 1',
    );
    const saved = { ...verdict, checks: [{ ...verdict.checks[0], status: 'unknown' }] } as Verdict;
    series.conclude({ load, verdict: saved });
    expect(linesOf(series)).toEqual(
      expect.arrayContaining([
        'flashsale_run_violations_total{check="never-oversold"} 1',
        'flashsale_run_check_status{check="never-oversold",status="invalid"} 0',
        'flashsale_run_check_status{check="never-oversold",status="unknown"} 1',
        'flashsale_run_threshold_status{status="failed",threshold="http_req_failed: rate<0.01"} 1',
        'flashsale_run_verdict_status{status="invalid"} 1',
      ]),
    );
  });

  it('show a violation that only the whole history tells of', () => {
    const series = startRun();
    series.conclude({ load, verdict });
    expect(linesOf(series)).toContain(
      `${runMetrics.eventTimestamp.name}{kind="violation",name="never-oversold",text="11 units of 10"} 101`,
    );
  });

  it('have the conclusion of the load where nothing is judged', () => {
    const series = startRun();
    series.conclude({ load });
    expect(linesOf(series)).toContain('flashsale_run_verdict_status{status="failed"} 1');
  });

  it('are those of the catalogue, with its labels', () => {
    const series = startRun();
    series.hear({ type: 'phase', phase: 'load', detail: 'x' });
    series.hear({ type: 'fault', name: 'redis-killed', ends: false, text: 'x' });
    series.hear({ type: 'violation', violation, ends: false });
    series.hear({
      type: 'tick',
      tick: tick({ offeredIterations: 1, lateIterations: 0, requestsInFlight: 1 }),
    });
    series.conclude({ load, verdict });
    const shown = new Map(series.read().map(({ name, labels }) => [name, labels]));
    for (const { name, labels } of Object.values(runMetrics)) {
      const names = shown.get(name)?.map(([label]) => label);
      expect(names, name).toEqual([...labels, 'testid', 'scenario'].toSorted());
    }
  });
});
