import type { Verdict, VerdictStatus } from '../checkers/verdict.ts';
import type { SaleFacts } from '../history/operation.ts';
import type { LoadResult, LoadTick } from '../load/result.ts';
import type { SalePictures } from '../report/pictures/pictures.ts';
import type { SeenViolation, SkuStock } from './events.ts';

/** The result of a finished run. */
export interface LoadReport {
  scenario: string;
  seed: number;
  /** The foreign program that fired the load, and what it leaves unknown; absent for our own engine. */
  runner?: { name: string; notKnown: string[] };
  load: LoadResult;
  /** The state of the load in its course; absent unless the run draws a report. */
  course?: LoadTick[];
  /** Names of the metrics that the script declares itself. */
  customMetrics: string[];
  /** The part of a sale that this run fired, without a verdict of its own; absent for whole loads. */
  part?: PartFindings;
  /** Samples and files that the outputs could not write, one sentence each. */
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

/** One of several parts of a sale. */
export interface PartFindings {
  /** From 1. */
  number: number;
  of: number;
  /** Base URLs of the instances under test. */
  target: string[];
  /** Path of the history of this part. */
  historyFile: string;
}

/** The part of a report that only a sale has. */
export interface SaleFindings {
  target: string[];
  /** Absent for a target that the run did not start. */
  strategy?: string;
  instances?: number;
  sale: SaleFacts;
  /** The stock in the final ledger. */
  stock: SkuStock[];
  /** CPU seconds that the servers took from the first to the last scrape; absent where they do not tell it. */
  serverCpuSeconds?: number;
  verdict: Verdict;
  /** The broken invariants that were seen while the load ran, in the order in which they were. */
  seen: SeenViolation[];
  /** The charts and time lines of the history; absent unless the run draws a report. */
  pictures?: SalePictures;
  /** Path of the recorded history, if it was kept. */
  historyFile?: string;
  /** The result of each round, if there were several; everything else is that of the worst. */
  rounds?: RoundReport[];
}

/** The result of one round of several. */
export interface RoundReport {
  /** Counted from 1. */
  round: number;
  /** `cold`: the load began right after the SKUs were put on sale. `warm`: they were read before. */
  start: 'cold' | 'warm';
  status: VerdictStatus;
  sentence: string;
  /** Names of the checks that found something wrong. */
  broken: string[];
  skus: string[];
  startedAt: string;
  elapsedMs: number;
  /** False if a threshold was missed, or iterations threw. */
  loadPassed: boolean;
  historyFile?: string;
}

/** The result of a finished sale: its load and its verdict. */
export interface SaleReport extends LoadReport, SaleFindings {}

export const isSale = (report: LoadReport): report is SaleReport => 'verdict' in report;
