import type { FaultName } from '../history/fault.ts';
import type { LoadTick } from '../load/result.ts';
import type { StackEvent } from '../stack/options.ts';

/** The parts of a run, in their order. Only a run with threshold queries has the phase `queries`. */
export type Phase = 'stack' | 'seed' | 'load' | 'settle' | 'queries' | 'verdict';

export interface SkuStock {
  skuId: string;
  total: number;
  available: number;
  held: number;
  sold: number;
}

/** A broken invariant that was seen while the load ran. */
export interface SeenViolation {
  /** Name of the check that finds it in the whole history. */
  check: string;
  /** One sentence without its full stop. */
  summary: string;
  /** Time since the load began. */
  afterMs: number;
}

/** The progress of a run. Screens and plain lines are made from these events alone. */
export type RunEvent =
  | { type: 'phase'; phase: Phase; detail: string }
  /** A phase that takes long has come so far. */
  | { type: 'phase_progress'; phase: Phase; detail: string }
  | { type: 'phase_done'; phase: Phase; detail: string; tookMs: number }
  /** The instances under test, once they run. */
  | { type: 'targets'; targets: string[] }
  | { type: 'tick'; tick: LoadTick }
  /** The stock as the server's metrics showed it last. */
  | { type: 'stock'; stock: SkuStock[] }
  /** A fault begins, or `ends`: what it broke works again. `text` says so in words. */
  | { type: 'fault'; name: FaultName; ends: boolean; text: string }
  /** An invariant is certainly broken. `ends`: the load ends because of it. */
  | { type: 'violation'; violation: SeenViolation; ends: boolean }
  | { type: 'stack'; event: StackEvent }
  /** A line that the scenario or the engine printed. */
  | { type: 'log'; line: string };
