import type { LoadOptions } from '../options.ts';
import type { Vu } from './vu.ts';

/** A scenario file, bundled, evaluated once and found usable: what the engine runs and what the CLI asks before it seeds. */
export interface LoadedScript {
  /** Absolute path of the file. */
  path: string;
  /** File name without folder and extension: what people call the scenario (`rush`). */
  name: string;
  /** The checked options, defaults filled in. */
  options: LoadOptions;
  /** The exported plain data `sale` (stock, buyers, holdTtlMs …), unchecked; absent when the script exports none. */
  sale?: Record<string, unknown>;
  /** Names of what the script exports as functions. */
  exports: string[];
  /** What the script imports over the network: texts by URL, for whoever loads it once more for the same run. */
  remoteModules: Map<string, string>;
  /** Metrics the script declares itself. */
  customMetrics: string[];
  /**
   * Runs the script's init code for one VU, with modules bound to that VU, which is no longer `initializing` after it.
   * Throws what the init code throws; where init code waits, the functions wait for it and reject with that.
   */
  createVu(vu: Vu): ScriptFunctions;
  /** One line for a value the script threw: its message and `file:line` in the sources as they were written. */
  describeError(error: unknown): string;
  /** Whether an error was thrown by the script's own code (for rejections nobody awaited). */
  owns(error: unknown): boolean;
}

/** What a script exports, bound to one VU. Calls may answer with a promise. */
export type ScriptFunctions = Record<string, (argument?: unknown) => unknown>;
