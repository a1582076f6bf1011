/** One sample of the Prometheus text format. */
export interface MetricSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What one instance's /metrics said at one moment. */
export interface MetricsScrape {
  /** Base URL of the instance. */
  instance: string;
  /** Nanoseconds on the history's monotonic clock, before the request and after the answer. */
  startedAtNs: number;
  endedAtNs: number;
  samples: MetricSample[];
}
