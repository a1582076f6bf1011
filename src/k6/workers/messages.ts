import type { MetricContents, Tags } from '../../load/metrics/metrics.ts';
import type { MetricType } from '../../load/metrics/sinks.ts';
import type { DrainedTally } from '../../load/metrics/tally.ts';
import type { ReleaseTimes } from '../../load/rendezvous/release.ts';
import type { Share } from '../../load/schedule/share.ts';
import type { OptionOverrides } from '../options.ts';
import type { RemoteModules } from '../script/remote-modules.ts';

/** What a worker is started with: its share of a run. */
export interface WorkerOrder {
  scriptPath: string;
  /** What the script imports over the network, fetched already. */
  remoteModules: RemoteModules;
  /** `__ENV` while the script's options are read, the same as they were read with elsewhere. */
  optionsEnv: Record<string, string>;
  /** What stands over those options. */
  overrides?: OptionOverrides;
  /** `__ENV` of the VUs. */
  env: Record<string, string>;
  share: Share;
  /** Name of the target in the registry. */
  target: string;
  /** Where the run's monotonic clock has its zero, on the machine's. */
  clockOriginNs: bigint;
  /** File for the operations of this worker. */
  historyPath: string;
  /** Whether every sample is to be handed over, too. */
  wantsSamples: boolean;
}

export type ToWorker =
  | { type: 'run'; startMs: number; setupData: string | undefined }
  | { type: 'stop' }
  | { type: 'abort' }
  /** Everybody is there: let them go at that moment of the run's clock. */
  | { type: 'go'; name: string; round: number; atMs: number };

export type FromWorker =
  | { type: 'ready' }
  /** What was counted since the last report, and where the worker stands. */
  | {
      type: 'report';
      tally: DrainedTally;
      samples: SampleRow[];
      progress: number;
      offered: number | undefined;
      lagMsMax: number;
    }
  | { type: 'log'; line: string }
  | { type: 'script-abort'; reason: string }
  | { type: 'gathered'; name: string; round: number; workers: number }
  | { type: 'released'; times: ReleaseTimes }
  | { type: 'done'; lagMsP99: number }
  /** The share cannot be run to its end. */
  | { type: 'failed'; why: string };

export interface SampleRow {
  name: string;
  metricType: MetricType;
  contains: MetricContents;
  value: number;
  tags: Tags;
  timeMs: number;
}
