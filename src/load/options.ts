import type { ExecutorPlan } from './executors/executor.ts';

/** A script's options after checking, in the engine's units: every default filled in, durations in milliseconds. */
export interface LoadOptions {
  scenarios: ScenarioOptions[];
  thresholds: ThresholdOption[];
  /** Tags on every sample of the run. */
  tags: Record<string, string>;
  /** Whether iterations may throw without failing the run. */
  allowExceptions: boolean;
  http: HttpOptions;
  setupTimeoutMs: number;
  teardownTimeoutMs: number;
  /** Figures of a trend that the summary shows: `avg`, `p(95)` … */
  summaryTrendStats: string[];
  /** The options as the script exports them, for `exec.test.options` and `handleSummary`. */
  exported: Record<string, unknown>;
}

export interface HttpOptions {
  userAgent: string;
  redirectsMax: number;
  discardResponseBodies: boolean;
  /** Requests without an answer throw instead of answering with status 0. */
  throwOnFailure: boolean;
  insecureSkipTlsVerify: boolean;
  /** Requests of one `http.batch` in flight at a time, in all and per host. */
  batchMax: number;
  batchPerHostMax: number;
  /** Keep a VU's cookies from one iteration to the next. */
  keepCookies: boolean;
}

export interface ScenarioOptions {
  name: string;
  executor: string;
  /** What the executor made of its own fields: how many VUs, how long, and how to run. */
  plan: ExecutorPlan;
  /** Name of the exported function each iteration calls. */
  exec: string;
  startTimeMs: number;
  gracefulStopMs: number;
  env: Record<string, string>;
  tags: Record<string, string>;
}

export interface ThresholdOption {
  /** As written: `http_req_duration` or `http_req_duration{status:200}`. */
  metric: string;
  expression: string;
  abortOnFail: boolean;
  delayAbortEvalMs: number;
}
