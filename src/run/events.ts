import type { Verdict } from '../checkers/verdict.ts';
import type { SaleFacts } from '../history/operation.ts';
import type { LoadResult, LoadTick } from '../load/result.ts';
import type { StackEvent } from '../stack/stack.ts';

/** The parts of a run, in their order. `queries` are those of thresholds; a run without them has no such part. */
export type Phase = 'stack' | 'seed' | 'load' | 'settle' | 'queries' | 'verdict';

export interface SkuStock {
  skuId: string;
  total: number;
  available: number;
  held: number;
  sold: number;
}

/** What a run tells while it goes on; screens and plain lines are made of nothing else. */
export type RunEvent =
  | { type: 'phase'; phase: Phase; detail: string }
  | { type: 'phase_done'; phase: Phase; detail: string; tookMs: number }
  /** The instances under test, known once they run. */
  | { type: 'targets'; targets: string[] }
  | { type: 'tick'; tick: LoadTick }
  /** Stock as the server's metrics showed it last. */
  | { type: 'stock'; stock: SkuStock[] }
  | { type: 'stack'; event: StackEvent }
  /** A line the scenario or the engine printed. */
  | { type: 'log'; line: string };

/** What a finished load found out. */
export interface LoadReport {
  scenario: string;
  seed: number;
  /** What let the buyers in, and what cannot be known for it; absent for our own engine. */
  runner?: { name: string; notKnown: string[] };
  load: LoadResult;
  /** Names of the metrics that the script declares itself. */
  customMetrics: string[];
  /** What the outputs asked for could not take, one sentence each. */
  outputProblems: string[];
  environment: {
    node: string;
    os: string;
    cpus: number;
    version: string;
    /** The command line that repeats this run. */
    command: string;
    startedAt: string;
  };
}

/** What a finished sale found out, its load and its verdict. */
export interface SaleReport extends LoadReport {
  target: string[];
  /** Absent for a target that the run did not start. */
  strategy?: string;
  instances?: number;
  sale: SaleFacts;
  /** Stock by the final ledger. */
  stock: SkuStock[];
  verdict: Verdict;
  /** Path of the recorded history, when it was kept. */
  historyFile?: string;
}

export const isSale = (report: LoadReport): report is SaleReport => 'verdict' in report;
