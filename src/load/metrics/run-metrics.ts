import { type Metric, type Metrics, untagged } from './metrics.ts';

/** The metrics about the run itself, by k6's names. Names that begin with `flashsale_` are of this engine only. */
export interface RunMetrics {
  iterations: Metric;
  iterationDuration: Metric;
  droppedIterations: Metric;
  checks: Metric;
  vus: Metric;
  vusMax: Metric;
  dataSent: Metric;
  dataReceived: Metric;
  /** The time between the scheduled start of an iteration of an open model and its real start. */
  iterationLateness: Metric;
  /** For each rendezvous: the time from its first written request to its last, and the most requests in flight. */
  rendezvousSkew: Metric;
  rendezvousInFlight: Metric;
}

export function defineRunMetrics(metrics: Metrics): RunMetrics {
  const runMetrics: RunMetrics = {
    iterations: metrics.define('iterations', 'counter'),
    iterationDuration: metrics.define('iteration_duration', 'trend', 'time'),
    droppedIterations: metrics.define('dropped_iterations', 'counter'),
    checks: metrics.define('checks', 'rate'),
    vus: metrics.define('vus', 'gauge'),
    vusMax: metrics.define('vus_max', 'gauge'),
    dataSent: metrics.define('data_sent', 'counter', 'data'),
    dataReceived: metrics.define('data_received', 'counter', 'data'),
    iterationLateness: metrics.define('flashsale_iteration_lateness', 'trend', 'time'),
    rendezvousSkew: metrics.define('flashsale_rendezvous_skew', 'trend', 'time'),
    rendezvousInFlight: metrics.define('flashsale_rendezvous_in_flight', 'trend'),
  };
  metrics.define('group_duration', 'trend', 'time');
  return runMetrics;
}

/**
 * Adds a sample of zero to the counters that the engine always keeps, so that a run without requests has a count of
 * zero instead of no sample. A script's own counter without samples stays without.
 */
export function addZeroSamples(metrics: Metrics): void {
  for (const name of ['iterations', 'dropped_iterations', 'http_reqs']) {
    metrics.get(name)?.sink.add(0);
  }
}

/** Creates a function that records a growing total: each call adds the increase since the call before. */
export function createTotalRecorder(metric: Metric): (total: number) => void {
  let counted = 0;
  return (total) => {
    metric.add(total - counted, untagged);
    counted = total;
  };
}
