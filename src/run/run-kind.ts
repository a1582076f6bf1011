import type { CallEvent } from '../history/call-watch.ts';
import type { HistoryRecorder } from '../history/operation-writer.ts';
import type { HistoryFile } from '../history/recorder.ts';
import type { LoadResult, LoadTick } from '../load/result.ts';
import type { Resource } from '../stack/resource.ts';
import type { Target } from '../target/target.ts';
import type { SeenViolation } from './events.ts';
import type { PartFindings, SaleFindings } from './run-report.ts';

/**
 * A kind of run. It decides what happens before and after the load. There are two kinds. A plain load needs no more
 * than a folder; a sale starts servers, seeds them, records evidence and reaches a verdict.
 */
export interface RunKind {
  /** Prepares everything that the load needs. `startedAt` is the wall time at which the run began (ISO 8601). */
  prepare(startedAt: string): Promise<PreparedRun>;
}

/** A run whose load can be fired now. Its methods are called once each, in this order. */
export interface PreparedRun {
  /** Description of the phase `load`. */
  detail: string;
  /** Variables that VUs find in `__ENV` beside those of the options. */
  env: Record<string, string>;
  /** The API under test. It decides which requests are operations. */
  target: Target;
  history: HistoryRecorder & Pick<HistoryFile, 'adopt'>;
  /** Folder for the files of this run. */
  folder: string;
  queried: QueriedRun;
  /** True if the load ends once its target is gone for good, because nothing more can be learnt. */
  endsWithoutTarget?: boolean;
  /** The wall time at which the load begins, in milliseconds since the epoch; absent: as soon as it can. */
  startAtMs?: number | undefined;
  /** The part of a sale that is fired; absent for whole loads. */
  part?: PartFindings;
  /** Looks for broken invariants while the load runs; absent where nothing is judged. */
  watch?: LoadWatch;
  /** Faults that the run brings about; they start with the load. */
  faults?: Resource<void>;
  /** Completes the evidence after the load. */
  collectEvidence(load: LoadResult): Promise<void>;
  /** Judges the evidence; undefined if the run has none. */
  judge(): Promise<SaleFindings | undefined>;
}

/** Looks for invariants that are certainly broken by what is known so far. */
export interface LoadWatch {
  /** Hears what the threads of the load saw. Everything before `untilNs` was heard then. */
  hear(events: CallEvent[], untilNs: number): void;
  /** Answers with what was found since the tick before. */
  look(tick: Pick<LoadTick, 'elapsedMs'>): SeenViolation[];
}

/** Facts of a run that the queries of thresholds use. */
export interface QueriedRun {
  /** Database of the stack that the run started. */
  databaseUrl?: string;
  /** The SKUs on sale. */
  skus?: string[];
}
