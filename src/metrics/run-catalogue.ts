import type { MetricDefinition } from './definition.ts';

/**
 * Every metric of a run itself. All of them have the labels `testid` and `scenario` beside their own. The samples of the
 * load have k6's names, which begin with `k6_`; they have a `testid`, too, and their `scenario` is the one of k6's options.
 */
export const runMetrics = {
  info: {
    name: 'flashsale_run_info',
    type: 'gauge',
    help: 'Always 1: who fires the load (flashsale or k6), at which strategy of our servers, and the version of this tool.',
    labels: ['runner', 'strategy', 'version'],
  },
  eventTimestamp: {
    name: 'flashsale_run_event_timestamp_seconds',
    type: 'gauge',
    help: 'Time at which something happened, once for each thing: kind is start, phase, fault, fault_end, violation, verdict or end; name says which, text is a sentence for people.',
    labels: ['kind', 'name', 'text'],
  },
  phase: {
    name: 'flashsale_run_phase',
    type: 'gauge',
    help: '1 while the run is in this phase (stack, seed, load, settle, queries, verdict), 0 once it has left it.',
    labels: ['phase'],
  },
  fault: {
    name: 'flashsale_run_fault',
    type: 'gauge',
    help: '1 while this fault of --faults lasts, 0 once it is undone.',
    labels: ['fault'],
  },
  progress: {
    name: 'flashsale_run_progress_ratio',
    type: 'gauge',
    help: 'Finished part of the planned iterations or duration of the load.',
    labels: [],
  },
  iterationsOffered: {
    name: 'flashsale_run_iterations_offered_total',
    type: 'counter',
    help: 'Iterations that the schedules of open models asked for; absent for closed models.',
    labels: [],
  },
  iterations: {
    name: 'flashsale_run_iterations_total',
    type: 'counter',
    help: 'Iterations that were run to their end: what was achieved of what was offered.',
    labels: [],
  },
  iterationsDropped: {
    name: 'flashsale_run_iterations_dropped_total',
    type: 'counter',
    help: 'Iterations that were due while every VU was busy.',
    labels: [],
  },
  iterationsLate: {
    name: 'flashsale_run_iterations_late_total',
    type: 'counter',
    help: 'Iterations of open models that began more than 250 ms after they were due; absent where k6 fires the load.',
    labels: [],
  },
  vus: {
    name: 'flashsale_run_vus',
    type: 'gauge',
    help: 'VUs that run an iteration.',
    labels: [],
  },
  requestsInFlight: {
    name: 'flashsale_run_requests_in_flight',
    type: 'gauge',
    help: 'Requests that were sent and have no answer yet; absent where k6 fires the load.',
    labels: [],
  },
  requests: {
    name: 'flashsale_run_requests_total',
    type: 'counter',
    help: 'Requests that have ended, by outcome (ok, sold_out, refused, limited, error, unclassified, unknown, not_sent).',
    labels: ['outcome'],
  },
  requestLatency: {
    name: 'flashsale_run_request_latency_seconds',
    type: 'gauge',
    help: 'Time from the moment a request was due to its answer, of the requests of the last quarter of a second, by quantile (0.5, 0.95, 0.99, 1).',
    labels: ['quantile'],
  },
  eventLoopLag: {
    name: 'flashsale_run_event_loop_lag_seconds',
    type: 'gauge',
    help: 'Longest time for which the load generator stood still within the last quarter of a second.',
    labels: [],
  },
  violations: {
    name: 'flashsale_run_violations_total',
    type: 'counter',
    help: 'Broken invariants that were seen while the load ran, by the check that names them in the verdict.',
    labels: ['check'],
  },
  checkStatus: {
    name: 'flashsale_run_check_status',
    type: 'gauge',
    help: '1 for the status that a check has (valid, invalid, unknown, skipped, missing), 0 for one that it had before: a check is invalid as soon as the load shows it.',
    labels: ['check', 'status'],
  },
  thresholdStatus: {
    name: 'flashsale_run_threshold_status',
    type: 'gauge',
    help: '1 for the status that a threshold has at the end (passed, failed).',
    labels: ['threshold', 'status'],
  },
  verdictStatus: {
    name: 'flashsale_run_verdict_status',
    type: 'gauge',
    help: '1 for the verdict (valid, invalid, unknown, inconclusive); for a script that sells nothing, whether its load passed or failed.',
    labels: ['status'],
  },
} as const satisfies Record<string, MetricDefinition>;
