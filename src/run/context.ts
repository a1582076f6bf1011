import type { OptionOverrides } from '../k6/options/overrides.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadRun } from '../load/engine/load-run.ts';
import type { StackServices } from '../stack/options.ts';
import type { Scope } from '../stack/resource.ts';
import type { NamedTargetFile } from '../target/file/read-target-file.ts';
import type { RunEvent } from './events.ts';
import type { RunSeries } from './metrics/run-series.ts';

/** The options of a run. Those about stack, stock and buyers concern only a script that sells something. */
export interface RunOptions extends StackServices, SourceUrls {
  /** Path of the scenario file. */
  scenario: string;
  /** The text of a scenario that is in no file; its path then says where relative paths start. */
  scenarioText?: string;
  /** `__ENV` of the scenario. */
  env?: Record<string, string>;
  /** The variables of it that the command line gives (`-e`), which all parts of a load have in common. */
  variables?: Record<string, string>;
  /** Options that take precedence over the scenario's own. */
  overrides?: OptionOverrides;
  stock?: number;
  buyers?: number;
  seed: number;
  /** Flags of the command line that only a sale heeds, as `--target`. */
  saleFlags?: string[];
  /** File of a prepared sale, of which this run fires a part; absent: the run puts a sale of its own on. */
  saleFile?: string | undefined;
  /** Base URLs of servers that run already; absent: the run starts a stack of its own. */
  targets?: string[];
  adminToken?: string;
  /** A shop that a target file describes; absent: servers of this project. */
  shop?: DescribedShopOptions;
  /** True if the user says that the servers are theirs. */
  iOwnThisServer?: boolean;
  strategy: string;
  unsafe: boolean;
  instances: number;
  databaseUrl?: string;
  /** Lifetime of a reservation, used by a scenario that does not name one. */
  holdTtlMs: number;
  /** Lifetime of a reservation on the targets, if it is known. */
  targetHoldTtlMs?: number;
  /** Path of the history; absent: it is written into the run's own folder, which is removed. */
  historyFile?: string;
  /** Set: the k6 on the `PATH` of this environment fires the load. Absent: our own engine does. */
  k6?: { env: Record<string, string | undefined> };
  /** Number of threads that run VUs; absent: the main thread runs them. */
  workers?: number;
  /** Outputs that receive every sample: `json=FILE`, `prometheus=PORT` … */
  outputs?: string[];
  /** The OpenTelemetry collector that gets the traces of the run and of servers that it starts; absent: none are made. */
  tracesUrl?: string | undefined;
  /** File for the end-of-test summary as k6 exports it. */
  summaryExport?: string;
  /** Set: this file, and what `handleSummary` gets, has k6's newer form, `full` with the parts of a request's duration. */
  machineReadable?: 'compact' | 'full' | undefined;
  /** Set: the script's `handleSummary` is not called, and the caller prints the conclusion only. */
  leavesSummaryOut?: boolean;
  /** File for the report as a page of HTML. The caller writes it; the run only keeps what the page shows. */
  reportFile?: string;
  /** Files for the results as JUnit XML and as Markdown. The caller writes them. */
  junitFile?: string;
  markdownFile?: string;
  /** `violation`: the load ends as soon as an invariant is certainly broken. Absent: it goes on. */
  stopOn?: 'violation' | 'never';
  /** Faults to bring about while the load runs, as `--faults` takes them. */
  faults?: string;
  /** Number of sales, one after another, each with SKUs of its own; absent: one. */
  rounds?: number;
  /** Counters that the threads of the run raise while their event loops are served. */
  beats?: SharedArrayBuffer;
  keep: boolean;
  version: string;
  /** The command line that started this run; the report repeats it. */
  command: string;
}

/** A described shop, as `--target FILE` and its flags give it. */
export interface DescribedShopOptions {
  file: NamedTargetFile;
  /** True if the user says that the shop is theirs. */
  isOwned: boolean;
  /** File that keeps the buyers between runs. */
  buyersFile?: string;
  /** Asked at the end: true if what was put on sale stays, because others buy it. Absent: it is removed, or kept by `keep`. */
  staysOnSale?(): boolean;
}

/** URLs of the sources that answer the queries of thresholds; they may contain user and password. */
export interface SourceUrls {
  prometheusUrl?: string;
  /** PostgreSQL database; absent: the one of the run's own stack. */
  sqlUrl?: string;
}

/** Options whose `env` is complete: what the user gave, and what the run itself puts into `__ENV`. */
export interface ScriptRunOptions extends RunOptions {
  env: Record<string, string>;
}

/** The means that all parts of a run share. */
export interface RunDeps {
  clock: Clock;
  onEvent(event: RunEvent): void;
  /** Stops everything that the run started. */
  scope: Scope;
  /** Aborts when the run is abandoned. */
  signal: AbortSignal;
  /** True once the user has asked to stop. */
  isStopping(): boolean;
  /** Ends the run at once; its report rejects with the reason. */
  abandon(reason: unknown): void;
  /** Hears how many milliseconds what the script does now may take; undefined when it has ended. */
  onLimit?(durationMs: number | undefined): void;
  /** The metrics of the run itself; absent where no output shows them. */
  series?: RunSeries;
  /** Receives the load as soon as it runs, so that it can be stopped. */
  onLoad(run: LoadRun): void;
}
