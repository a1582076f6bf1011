import type { CheckCount } from './checks.ts';
import { groupTree, type MetricSummary, type SummaryGroup } from './summary.ts';
import type { ThresholdResult } from './thresholds.ts';

interface ExportedGroup {
  name: string;
  path: string;
  id: string;
  groups: Record<string, ExportedGroup>;
  checks: Record<string, SummaryGroup['checks'][number]>;
}

/** The figures of a metric, and its thresholds, each of which is true if it was missed. */
type ExportedMetric = Record<string, number | Record<string, boolean>>;

/** The document that k6 writes with `--summary-export`. */
export interface SummaryExport {
  root_group: ExportedGroup;
  metrics: Record<string, ExportedMetric>;
}

/** The parts of a run's result that k6 exports. */
export interface ExportedResult {
  metrics: Record<string, MetricSummary>;
  checks: CheckCount[];
  groups: string[];
  thresholds: ThresholdResult[];
}

export function exportSummary({
  metrics,
  checks,
  groups,
  thresholds,
}: ExportedResult): SummaryExport {
  const exported: SummaryExport['metrics'] = {};
  for (const [name, summary] of Object.entries(metrics)) exported[name] = exportMetric(summary);
  for (const { metric, expression, ok } of thresholds) {
    // The metric of a threshold may have no samples and so no summary.
    const entry = exported[metric] ?? {};
    entry.thresholds = { ...(entry.thresholds as Record<string, boolean>), [expression]: !ok };
    exported[metric] = entry;
  }
  return { root_group: exportGroup(groupTree(checks, groups)), metrics: exported };
}

function exportMetric({ type, values }: MetricSummary): ExportedMetric {
  if (type !== 'rate') return { ...values };
  const { rate = 0, ...counts } = values;
  return { ...counts, value: rate };
}

function exportGroup({ groups, checks, ...group }: SummaryGroup): ExportedGroup {
  return {
    ...group,
    groups: Object.fromEntries(groups.map((inner) => [inner.name, exportGroup(inner)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}
