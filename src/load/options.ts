import type { HttpOptions } from './http/http-options.ts';
import type { ThresholdOption } from './metrics/thresholds.ts';
import type { ScenarioOptions } from './schedule/scenario-options.ts';
import type { Share } from './schedule/share.ts';

/** A script's checked options, with every default filled in and durations in milliseconds. */
export interface LoadOptions {
  scenarios: ScenarioOptions[];
  /** The part of them that this process runs; absent: all. */
  share?: Share;
  thresholds: ThresholdOption[];
  /** Thresholds over the run as a whole, as the script writes them, unchecked; absent when it writes none. */
  runThresholds?: unknown;
  /** Tags on every sample of the run. */
  tags: Record<string, string>;
  /** True when the run does not fail although iterations throw. */
  allowExceptions: boolean;
  /** True when the script is to run in a thread for each VU. */
  threads?: boolean;
  http: HttpOptions;
  /** A shorter iteration is followed by a pause for the rest of this time. */
  minIterationMs: number;
  /** False when `setup` is not called although the script has it. */
  runsSetup: boolean;
  /** False when `teardown` is not called although the script has it. */
  runsTeardown: boolean;
  setupTimeoutMs: number;
  teardownTimeoutMs: number;
  summaryTimeoutMs: number;
  /** The figures of trends in the summary: `avg`, `p(95)` … */
  summaryTrendStats: string[];
  /** The engine's own tags that outputs receive; absent: k6's default. */
  systemTags?: string[];
  /** The options as the script exports them, for `exec.test.options`; a shorthand is written out as its scenario. */
  exported: Record<string, unknown>;
}
