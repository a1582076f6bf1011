import type { ExitCode } from '../../src/kernel/exit-codes.ts';
import type { Cut } from '../../src/load/engine/load-run.ts';
import type { RunOptions } from '../../src/run/context.ts';
import type { RunEvent } from '../../src/run/events.ts';
import type { PackedError } from '../render/error.ts';

/** The order to the thread of a run, all of it plain data. */
export interface RunOrder {
  options: Omit<RunOptions, 'shop'>;
  /** The described shop, whose target file is read in the thread, because it may have functions. */
  shop?: { path: string; isOwned: boolean; buyersFile?: string };
  env: Record<string, string | undefined>;
  result: {
    json: boolean;
    quiet: boolean;
    color: boolean;
    columns: number;
    isTerminal: boolean;
    /** Set: what did not pass is printed as annotations of GitHub, with paths from this folder. */
    annotatesIn?: string;
  };
  /** Counters that each thread of the run raises while its event loop is served. */
  beats: SharedArrayBuffer;
}

export type ToRun = { type: 'stop' } | { type: 'abort' } | { type: 'cut'; cut: Cut };

export type FromRun =
  | { type: 'event'; event: RunEvent }
  /** The first signal came while there was a load, which ends now. */
  | { type: 'stopping' }
  /** The script's own limit for what runs now, in milliseconds; undefined where it has none. */
  | { type: 'limit'; durationMs: number | undefined }
  | { type: 'ended'; result: RunResult }
  | { type: 'given-up' }
  | { type: 'failed'; error: PackedError };

/** The texts to print at the end of a run, and its exit code. */
export interface RunResult {
  stdout: string;
  stderr: string;
  /** The document of `--json`. */
  document?: unknown;
  exitCode: ExitCode;
}
