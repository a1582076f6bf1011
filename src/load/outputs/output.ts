import type { Clock } from '../../kernel/clock.ts';
import type { Metric, Tags } from '../metrics/metrics.ts';
import type { ThresholdOption } from '../metrics/thresholds.ts';
import type { SeriesValue } from './series-value.ts';

/** One value of a metric, as outputs receive it. */
export interface Sample {
  metric: Metric;
  value: number;
  /** Wall time in milliseconds. */
  timeMs: number;
  /** The same object for all samples of one request. */
  tags: Tags;
  /** The trace of the request that it is of; absent where none was made. */
  traceId?: string | undefined;
}

/** Receives the samples of a run while it goes on. */
export interface Output {
  /** Called for every sample on the hot path, so it must neither throw nor block. */
  add(sample: Sample): void;
  /** Sends the samples that were not sent yet, for outputs that can be queried before the run has ended. */
  flush?(): Promise<void>;
  /** Resolves when somebody who reads this output regularly has read its last state, or does not come any more. */
  beRead?(): Promise<void>;
  /**
   * Writes the remaining samples. Safe to call again.
   *
   * @throws UserError if some samples could not be written
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
  /** Labels on every sample that Prometheus receives, unless a sample has another value itself. */
  labels?: Tags;
  /** The metrics of the run itself, which Prometheus receives beside the samples. */
  readSeries?(): SeriesValue[];
}

/**
 * Opens one kind of output. `where` is the text after `=` in `--out NAME=WHERE`.
 *
 * @throws UserError if there is no such place, or it cannot be written to
 */
export type OpenOutput = (where: string, context: OutputContext) => Promise<Output>;
