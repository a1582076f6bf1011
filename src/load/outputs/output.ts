import type { Clock } from '../../kernel/clock.ts';
import type { Metric, Tags } from '../metrics/metrics.ts';
import type { ThresholdOption } from '../metrics/thresholds.ts';

/** One value of a metric, as outputs are told of it. */
export interface Sample {
  metric: Metric;
  value: number;
  /** Wall time in milliseconds. */
  timeMs: number;
  /** The same object for all samples of one request. */
  tags: Tags;
}

/** Where the samples of a run go besides its summary. */
export interface Output {
  /** Called for every sample while the load goes on; must neither throw nor wait. */
  add(sample: Sample): void;
  /** Sends what was not sent yet, where somebody may ask for it before the run is over. */
  flush?(): Promise<void>;
  /**
   * Writes what is left. Safe to call again.
   *
   * @throws UserError when not everything could be written
   */
  close(): Promise<void>;
}

/** The facts about a run that an output can use. */
export interface OutputContext {
  options: {
    thresholds: ThresholdOption[];
    /** Figures of a trend that the summary shows: `avg`, `p(95)` … */
    summaryTrendStats: string[];
    /** The engine's own tags that samples keep; absent: k6's default. */
    systemTags?: string[];
  };
  clock: Clock;
}

/**
 * Opens one kind of output. `where` is what stands behind `=`.
 *
 * @throws UserError when there can be no such output
 */
export type OpenOutput = (where: string, context: OutputContext) => Promise<Output>;
