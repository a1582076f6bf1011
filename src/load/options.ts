import type { HttpDebug } from './http/http-debug.ts';
import type { NameOptions } from './http/name-lookup.ts';
import type { TlsOptions } from './http/tls.ts';
import type { ExecutorPlan } from './schedule/executors/executor.ts';

/** A script's options after checking, in the engine's units: every default filled in, durations in milliseconds. */
export interface LoadOptions {
  scenarios: ScenarioOptions[];
  thresholds: ThresholdOption[];
  /** Thresholds over the run as a whole, as the script writes them, unchecked; absent when it writes none. */
  runThresholds?: unknown;
  /** Tags on every sample of the run. */
  tags: Record<string, string>;
  /** Whether iterations may throw without failing the run. */
  allowExceptions: boolean;
  http: HttpOptions;
  /** An iteration that took less is followed by a pause. */
  minIterationMs: number;
  /** Whether `setup` and `teardown` are called, where the script has them. */
  runsSetup: boolean;
  runsTeardown: boolean;
  setupTimeoutMs: number;
  teardownTimeoutMs: number;
  summaryTimeoutMs: number;
  /** Figures of a trend that the summary shows: `avg`, `p(95)` … */
  summaryTrendStats: string[];
  /** Of the tags that the engine puts on samples, those that outputs are told of; absent: k6's default. */
  systemTags?: string[];
  /** The options as the script exports them, the scenario of a shorthand spelled out, for `exec.test.options`. */
  exported: Record<string, unknown>;
}

/** An address, and a port where it is not that of the URL. */
export interface HostTarget {
  host: string;
  port?: number;
}

export interface HttpOptions {
  userAgent: string;
  redirectsMax: number;
  discardResponseBodies: boolean;
  /** Requests without an answer throw instead of answering with status 0. */
  throwOnFailure: boolean;
  insecureSkipTlsVerify: boolean;
  /** Absent: as Node has it. */
  tls?: TlsOptions;
  /** Absent: the system looks names up, and every address may be connected to. */
  names?: NameOptions;
  /** Of all VUs together; absent: no limit. */
  requestsPerSecondMax?: number;
  /** Where names lead instead of where they are looked up, by `name`, `name:port` or `*.name`. */
  hosts: Record<string, HostTarget>;
  /** How long a connection is kept: from one request to the next, to the end of the iteration, or for the VU's life. */
  keepConnections: 'never' | 'iteration' | 'always';
  /** Requests of one `http.batch` in flight at a time, in all and per host. */
  batchMax: number;
  batchPerHostMax: number;
  /** Requests and answers are told of in the log; absent: they are not. */
  debug?: HttpDebug;
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
