import type { HttpOptions } from './http/http-options.ts';
import type { ThresholdOption } from './metrics/thresholds.ts';
import type { ScenarioOptions } from './schedule/scenario-options.ts';

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
