/**
 * One metric of the project. Whoever counts registers its metrics from this data, the checks take their names from it, and
 * the dashboards are tested against it. Units are base units, only counters end in `_total`, and labels have few values
 * (never a user or an id).
 */
export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Upper edges of a histogram's buckets. They include the limits of the thresholds and alerts. */
  buckets?: readonly number[];
}

export const LATENCY_BUCKETS_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
