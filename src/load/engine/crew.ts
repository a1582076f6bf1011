import type { SampleObserver } from '../metrics/metrics.ts';
import type { Tally } from '../metrics/tally.ts';
import type { ReleaseMetrics } from '../rendezvous/release-metrics.ts';

/** Runs the scenarios of a load: in this thread, or in worker threads with a share each. */
export interface Crew {
  /** Makes the VUs of the start. Throws what init code throws. */
  prepare(): Promise<void>;
  /**
   * Runs all scenarios from a moment on (of the run's monotonic clock, in milliseconds); resolves when the last iteration
   * has ended, rejects when a VU could not be made.
   */
  run(startMs: number, setupData?: string): Promise<void>;
  /** Brings together what other threads recorded. Call it once, when the run has ended and its time is taken. */
  collect?(): Promise<void>;
  /** Begins no new iterations; running ones get their gracefulStop. */
  stop(): void;
  /** Interrupts every iteration. */
  abort(): void;
  /** 0…1 of the plan. */
  progress(): number;
  /** Iterations that the schedules of open models asked for so far; undefined without open models. */
  offered(): number | undefined;
  /** Longest time an event loop was blocked since the last call, in milliseconds. */
  takeLagMsMax(): number;
  /** 99th percentile of the event loop's lag over the whole run, of the thread where it is largest; known once the run ended. */
  lagMsP99(): number;
  /** Number of threads that run VUs. */
  readonly threads: number;
  /** Ends the threads that still run. */
  close(): Promise<void>;
}

/** The parts of a run to which a crew of other threads reports. */
export interface CrewReports {
  tally: Tally;
  releases: ReleaseMetrics;
  log: (line: string) => void;
  observe: SampleObserver | undefined;
  /** A script ended the run. */
  onScriptAbort: (reason: string) => void;
}
