import { createHash } from 'node:crypto';
import type { CheckCount } from './checks.ts';
import type { Metric, Metrics } from './metrics.ts';
import type { MetricType, Sink } from './sinks.ts';
import type { ThresholdResult } from './thresholds.ts';

/** k6's names for a metric's figures: `avg`, `min`, `med`, `max`, `p(90)`, `count`, `rate`, `passes`, `value` … */
export interface MetricSummary {
  type: 'counter' | 'gauge' | 'rate' | 'trend';
  contains: 'default' | 'time' | 'data';
  values: Record<string, number>;
}

/**
 * Every metric with samples, and the tag sets thresholds asked for, by k6's names and figures; what is `named` is there
 * without samples, too.
 */
export function summarizeMetrics(
  metrics: Metrics,
  {
    elapsedMs,
    trendStats,
    named = [],
  }: { elapsedMs: number; trendStats: string[]; named?: string[] },
): Record<string, MetricSummary> {
  const summary: Record<string, MetricSummary> = {};
  const summarize = (metric: Metric, sink: Sink): MetricSummary => ({
    type: metric.type,
    contains: metric.contains,
    values: Object.fromEntries(
      figuresShown(metric.type, trendStats).map((figure) => [
        figure,
        sink.figure(figure, elapsedMs) ?? 0,
      ]),
    ),
  });
  for (const metric of metrics.all()) {
    for (const { name, sink } of [metric, ...metric.subMetrics]) {
      if (sink.samples > 0 || named.includes(name)) summary[name] = summarize(metric, sink);
    }
  }
  return summary;
}

function figuresShown(type: MetricType, trendStats: string[]): string[] {
  switch (type) {
    case 'counter':
      return ['count', 'rate'];
    case 'gauge':
      return ['value', 'min', 'max'];
    case 'rate':
      return ['rate', 'passes', 'fails'];
    case 'trend':
      return trendStats;
  }
}

/** What k6 hands to `handleSummary`. */
export interface SummaryData {
  options: { summaryTrendStats: string[]; summaryTimeUnit: string; noColor: boolean };
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number };
  metrics: Record<string, MetricSummary & { thresholds?: Record<string, { ok: boolean }> }>;
  root_group: SummaryGroup;
  setup_data: unknown;
}

export interface SummaryGroup {
  name: string;
  path: string;
  id: string;
  groups: SummaryGroup[];
  checks: { name: string; path: string; id: string; passes: number; fails: number }[];
}

export function summaryData(facts: {
  metrics: Record<string, MetricSummary>;
  thresholds: ThresholdResult[];
  checks: CheckCount[];
  elapsedMs: number;
  trendStats: string[];
  /** As the script exports it; empty if it does not. */
  timeUnit: string;
  setupData: unknown;
}): SummaryData {
  const metrics: SummaryData['metrics'] = { ...facts.metrics };
  for (const { metric, expression, ok } of facts.thresholds) {
    const summary = metrics[metric];
    if (!summary) continue;
    metrics[metric] = {
      ...summary,
      thresholds: { ...summary.thresholds, [expression]: { ok } },
    };
  }
  return {
    options: {
      summaryTrendStats: facts.trendStats,
      summaryTimeUnit: facts.timeUnit,
      noColor: false,
    },
    state: { isStdOutTTY: false, isStdErrTTY: false, testRunDurationMs: facts.elapsedMs },
    metrics,
    root_group: groupTree(facts.checks),
    setup_data: facts.setupData,
  };
}

/** Checks in k6's tree of groups; a group's path is its names joined by `::`, its id that path's hash. */
export function groupTree(checks: CheckCount[]): SummaryGroup {
  const root = createGroup('', '');
  for (const { group, name, passes, fails } of checks) {
    let at = root;
    for (const part of group.split('::').slice(1)) {
      let child = at.groups.find((candidate) => candidate.name === part);
      if (!child) {
        child = createGroup(part, `${at.path}::${part}`);
        at.groups.push(child);
      }
      at = child;
    }
    const path = `${at.path}::${name}`;
    at.checks.push({ name, path, id: idOf(path), passes, fails });
  }
  return root;
}

function createGroup(name: string, path: string): SummaryGroup {
  return { name, path, id: idOf(path), groups: [], checks: [] };
}

const idOf = (path: string): string => createHash('md5').update(path).digest('hex');
