import { createHash } from 'node:crypto';
import type { CheckCount } from './checks.ts';
import { type MetricType, summaryFigures } from './figures.ts';
import type { Metric, MetricContents, Metrics } from './metrics.ts';
import type { Sink } from './sinks.ts';
import type { ThresholdResult } from './thresholds.ts';

/** The figures of one metric. */
export interface MetricSummary {
  type: MetricType;
  contains: MetricContents;
  /** By k6's names: `avg`, `min`, `med`, `max`, `p(90)`, `count`, `rate`, `passes`, `value` … */
  values: Record<string, number>;
}

/**
 * Summarizes every metric that has samples, and the tag sets that thresholds name. Metrics and tag sets in `named` are
 * included without samples, too, and as in k6 the metric of a tag set as well. Metrics of this engine alone are not: who
 * reads them takes k6's where they are missing.
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
      summaryFigures(metric.type, trendStats).map((figure) => [
        figure,
        sink.figure(figure, elapsedMs) ?? 0,
      ]),
    ),
  });
  for (const metric of metrics.all()) {
    const isOurs = metric.name.startsWith('flashsale_');
    const isNamed = ({ name }: { name: string }): boolean => !isOurs && named.includes(name);
    if (metric.sink.samples > 0 || isNamed(metric) || metric.subMetrics.some(isNamed)) {
      summary[metric.name] = summarize(metric, metric.sink);
    }
    for (const part of metric.subMetrics) {
      if (part.sink.samples > 0 || isNamed(part)) summary[part.name] = summarize(metric, part.sink);
    }
  }
  return summary;
}

/** The argument of `handleSummary`, as in k6. */
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

/** The parts of a run that a summary is made of. */
export interface SummaryFacts {
  metrics: Record<string, MetricSummary>;
  thresholds: ThresholdResult[];
  checks: CheckCount[];
  groups: string[];
  elapsedMs: number;
  trendStats: string[];
  /** From the options of the script; empty if it exports none. */
  timeUnit: string;
  setupData: unknown;
}

export function summaryData(facts: SummaryFacts): SummaryData {
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
    root_group: groupTree(facts.checks, facts.groups),
    setup_data: facts.setupData,
  };
}

/**
 * Arranges checks in k6's tree of groups. The path of a group is its names joined by `::`, its id the MD5 of the path.
 *
 * @param groups the paths of groups, of which some may have no check
 */
export function groupTree(checks: CheckCount[], groups: string[]): SummaryGroup {
  const root = createGroup('', '');
  for (const group of groups) findGroup(root, group);
  for (const { group, name, passes, fails } of checks) {
    const at = findGroup(root, group);
    const path = `${at.path}::${name}`;
    at.checks.push({ name, path, id: idOf(path), passes, fails });
  }
  return root;
}

/** The group of a path, which is made with those above it if it is not there yet. */
function findGroup(root: SummaryGroup, path: string): SummaryGroup {
  let at = root;
  for (const part of path.split('::').slice(1)) {
    let child = at.groups.find((candidate) => candidate.name === part);
    if (!child) {
      child = createGroup(part, `${at.path}::${part}`);
      at.groups.push(child);
    }
    at = child;
  }
  return at;
}

function createGroup(name: string, path: string): SummaryGroup {
  return { name, path, id: idOf(path), groups: [], checks: [] };
}

const idOf = (path: string): string => createHash('md5').update(path).digest('hex');
