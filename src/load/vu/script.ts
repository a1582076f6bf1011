import type { Metric } from '../metrics/metrics.ts';
import type { LoadOptions } from '../options.ts';
import type { Vu } from './vu.ts';

/** A scenario file, bundled, evaluated once and checked. The engine runs it; the CLI reads it before it seeds a sale. */
export interface LoadedScript {
  /** Absolute path of the file. */
  path: string;
  /** File name without folder and extension; the name of the scenario (`rush`). */
  name: string;
  /** The checked options, defaults filled in. */
  options: LoadOptions;
  /** The exported plain data `sale` (stock, buyers, holdTtlMs …), unchecked; absent when the script exports none. */
  sale?: Record<string, unknown>;
  /** Names of the functions that the script exports. */
  exports: string[];
  /**
   * Texts that are in no file: modules from the network by URL, so that a second load needs none, and by its path a script
   * that was read from standard input.
   */
  knownTexts: Map<string, string>;
  /** True if the script makes promises that may react after its function has returned. */
  reactsLater?: boolean;
  /** Present if each VU runs the script in a thread of its own: the reason, in words. */
  threaded?: string;
  /** The metrics that the script declares itself. */
  customMetrics: Pick<Metric, 'name' | 'type' | 'contains'>[];
  /**
   * Runs the script's init code for one VU, with modules bound to that VU, which is no longer `initializing` after it.
   * Throws what the init code throws. Where init code waits, or runs in a thread, the functions wait for it and reject
   * with its error; the VU is `ready` when it has run in its thread.
   */
  createVu(vu: Vu): ScriptFunctions;
  /** One line for a value the script threw: its message and `file:line` in the sources as they were written. */
  describeError(error: unknown): string;
  /** True for an error thrown by the script's own code; asked about rejections that nothing handled. */
  owns(error: unknown): boolean;
}

/** The functions that a script exports, bound to one VU. They may return promises. */
export type ScriptFunctions = Record<string, (argument?: unknown) => unknown>;

/** Calls one of a script's functions. Throws what the function throws, and when the script has no such function. */
export function callExported(functions: ScriptFunctions, name: string, argument: unknown): unknown {
  const fn = functions[name];
  if (typeof fn !== 'function') throw new Error(`the script exports no function "${name}"`);
  return fn(argument);
}
