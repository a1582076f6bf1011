import type { HistoryRecorder } from '../../history/operation-writer.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Target } from '../../target/target.ts';
import type { CallTracer } from '../../tracing/call-tracer.ts';
import type { MachineReadableForm } from '../metrics/machine-readable.ts';
import type { SampleObserver } from '../metrics/metrics.ts';
import type { LoadResult, LoadTick } from '../result.ts';
import type { LoadedScript } from '../vu/script.ts';
import type { Crew, CrewReports } from './crew.ts';

/** The script to run, and the parts of the world that the run uses. */
export interface LoadSpec {
  script: LoadedScript;
  /** `__ENV` of every VU; may hold more than the script was loaded with, because the sale is seeded after loading. */
  env: Record<string, string>;
  /** Decides which requests are operations, and the meaning of answers. */
  target: Target;
  history: HistoryRecorder;
  clock: Clock;
  /** The wall time at which all processes of a load begin, in milliseconds since the epoch; absent: as soon as it can. */
  startAtMs?: number | undefined;
  /** Receives the script's `console.*` and the engine's warnings, one line each; default: none is kept. */
  log?: (line: string) => void;
  /** Receives every sample as it is taken. */
  observe?: SampleObserver;
  /** The form of the summary that `handleSummary` gets; absent: k6's usual one. */
  summaryForm?: MachineReadableForm | undefined;
  /** Makes a trace of each call. */
  tracer?: CallTracer | undefined;
  /** Hears how many milliseconds what begins now may take by the script's options; undefined when it has ended. */
  onLimit?: (durationMs: number | undefined) => void;
  /** Makes the crew that runs the scenarios; default: one in this thread. */
  crew?: (reports: CrewReports) => Crew;
}

/** The end of code that would have run for ever. */
export interface Cut {
  /** The place and the reason, for a person. */
  why: string;
  /** True if the user has asked for an end; else the script's own limit for what ran was over. */
  asked: boolean;
}

/** A load that has begun. */
export interface LoadRun {
  /**
   * The state of the run about every 250 ms; the last one is final. For one reader; a slow reader gets the newest tick
   * instead of a growing backlog. Ends (without throwing) when the run ends, also after a failure.
   */
  ticks: AsyncIterable<LoadTick>;
  /**
   * First Ctrl-C, or there is nothing left to load or to find out: no new iterations; running ones get their gracefulStop,
   * two seconds at most after a violation, then are interrupted.
   */
  stop(reason: 'interrupt' | 'target-gone' | 'violation'): void;
  /** Second Ctrl-C: drops everything now, `teardown` included. Calls in flight end as unknown; `result` still resolves. */
  abort(): void;
  /**
   * Code of the script was dropped where it ran, because it would not have ended. Interrupts every iteration; `teardown`
   * and the summary follow. Returns false if the scenarios have not begun, so that there is nothing to go on with.
   */
  cut(cut: Cut): boolean;
  /** Rejects with a UserError when `setup()` or init code throws; otherwise resolves, also when the run ends early. */
  result: Promise<LoadResult>;
}
