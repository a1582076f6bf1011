import { type Metric, type Metrics, untagged } from './metrics.ts';

/** The metrics the engine keeps about a run itself, by k6's names. */
export interface RunMetrics {
  iterations: Metric;
  iterationDuration: Metric;
  droppedIterations: Metric;
  checks: Metric;
  vus: Metric;
  vusMax: Metric;
  dataSent: Metric;
  dataReceived: Metric;
  /** Ours: how late iterations of open models began against their schedule. */
  iterationLateness: Metric;
  /** Ours, of each rendezvous: from the first request written to the last, and the most unanswered at once. */
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
 * The engine counts these all the time, so none of them is an observation of zero, not the lack of one. A script's own
 * counter that was never touched stays unobserved.
 */
export function observeZeros(metrics: Metrics): void {
  for (const name of ['iterations', 'dropped_iterations', 'http_reqs']) {
    metrics.get(name)?.sink.add(0);
  }
}

/** Adds what has flowed since the last look to a counter. */
export function createFlowMeter(metric: Metric): (total: number) => void {
  let counted = 0;
  return (total) => {
    metric.add(total - counted, untagged);
    counted = total;
  };
}
