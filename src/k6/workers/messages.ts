import type { CallEvent } from '../../history/call-watch.ts';
import type { MetricType } from '../../load/metrics/figures.ts';
import type { MetricContents, Tags } from '../../load/metrics/metrics.ts';
import type { DrainedTally } from '../../load/metrics/tally.ts';
import type { ReleaseTimes } from '../../load/rendezvous/release.ts';
import type { Share } from '../../load/schedule/share.ts';
import type { TargetReference } from '../../target/target.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import type { KnownTexts } from '../script/known-texts.ts';

/** The data with which a worker starts: its share of a run. */
export interface WorkerOrder {
  scriptPath: string;
  /** The modules that the script imports over the network, already fetched. */
  knownTexts: KnownTexts;
  /** `__ENV` while the script's options are read; the same in every thread, so that all read the same options. */
  optionsEnv: Record<string, string>;
  /** Options that replace those of the script. */
  overrides?: OptionOverrides;
  /** `__ENV` of the VUs. */
  env: Record<string, string>;
  /** The number of the worker in this process, from 0. */
  worker: number;
  share: Share;
  target: TargetReference;
  /** Zero of the run's monotonic clock, on the machine's clock. */
  clockOriginNs: bigint;
  /** File for the operations of this worker. */
  historyPath: string;
  /** Counters that the threads of the run raise. */
  beats?: SharedArrayBuffer | undefined;
  /** The collector that gets a trace of each call; absent: none is made. */
  tracesUrl?: string | undefined;
  /** True when reports are to contain every sample. */
  wantsSamples: boolean;
  /** True when reports are to tell what the calls show. */
  wantsCalls: boolean;
}

export type ToWorker =
  | { type: 'run'; startMs: number; setupData: string | undefined }
  | { type: 'stop' }
  | { type: 'abort' }
  /** The round of a rendezvous is complete in all workers: release it at that moment of the run's clock. */
  | { type: 'release'; name: string; round: number; atMs: number };

export type FromWorker =
  | { type: 'ready' }
  | WorkerReport
  | { type: 'log'; line: string }
  | { type: 'script-abort'; reason: string }
  /** All VUs of this worker that take part in a round of a rendezvous wait. */
  | GatheredRound
  | { type: 'released'; times: ReleaseTimes }
  | { type: 'done'; lagMsP99: number }
  /** After `done`: its traces have reached the collector, or are given up. */
  | { type: 'traces-closed' }
  /** The worker cannot run its share to the end. */
  | { type: 'failed'; why: string };

/** Measurements since the report before, and the state of the worker's share. */
export interface WorkerReport {
  type: 'report';
  tally: DrainedTally;
  samples: SampleRow[];
  /** The events of calls; everything before `heardUntilNs` of the run's clock was told. */
  calls: CallEvent[];
  heardUntilNs: number;
  /** 0…1 of the share. */
  progress: number;
  offered: number | undefined;
  lagMsMax: number;
}

export interface GatheredRound {
  type: 'gathered';
  name: string;
  round: number;
  /** Number of workers whose VUs take part. */
  workers: number;
}

export interface SampleRow {
  name: string;
  metricType: MetricType;
  contains: MetricContents;
  value: number;
  tags: Tags;
  timeMs: number;
  traceId: string | undefined;
}
