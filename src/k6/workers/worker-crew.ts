import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallEvent } from '../../history/call-watch.ts';
import type { HistoryFile } from '../../history/recorder.ts';
import { type Clock, originOf } from '../../kernel/clock.ts';
import type { Crew, CrewReports } from '../../load/engine/crew.ts';
import { type Share, shareOfWorker, WHOLE } from '../../load/schedule/share.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { Target } from '../../target/target.ts';
import type { OptionOverrides } from '../options/overrides.ts';
import type { GatheredRound, SampleRow, ToWorker, WorkerOrder } from './messages.ts';
import { type RunMessage, WorkerThread } from './worker-thread.ts';

export interface WorkerCrewOptions {
  workers: number;
  /** The part of the load that this process runs; absent: all. */
  share?: Share | undefined;
  script: Pick<LoadedScript, 'path' | 'knownTexts'>;
  /** `__ENV` while the script's options were read. */
  optionsEnv: Record<string, string>;
  /** Options that replaced those of the script. */
  overrides?: OptionOverrides;
  /** `__ENV` of the VUs. */
  env: Record<string, string>;
  target: Pick<Target, 'reference'>;
  clock: Clock;
  /** Merges the operations of all workers when they have ended. */
  history: Pick<HistoryFile, 'adopt'>;
  beats?: SharedArrayBuffer;
  /** The collector that gets a trace of each call. */
  tracesUrl?: string | undefined;
  /** Hears what the calls of the workers show. Everything before `untilNs` of the run's clock was heard then. */
  hear?(events: CallEvent[], untilNs: number): void;
  /** Folder for the workers' own files. */
  folder: string;
}

/** Time between a complete round of a rendezvous and its release, in which the message reaches every worker. */
const RELEASE_AFTER_MS = 10;

/**
 * Runs the scenarios in worker threads. They share one schedule: each runs every n-th arrival, iteration and VU, so that
 * no two ever act for the same buyer. Their counts are merged here, so thresholds are evaluated over all of them.
 */
export class WorkerCrew implements Crew {
  readonly threads: number;
  private readonly options: WorkerCrewOptions;
  private readonly reports: CrewReports;
  private readonly workers: WorkerThread[] = [];
  /** Number of workers where a round of a rendezvous is complete, by round and place. */
  private readonly gathered = new Map<string, number>();
  /** By worker, the moment until which it has told everything. */
  private readonly heardUntilNs: number[] = [];
  private lagMsMax = 0;
  private prepared = false;
  private givenUp = false;

  constructor(options: WorkerCrewOptions, reports: CrewReports) {
    this.threads = options.workers;
    this.options = options;
    this.reports = reports;
  }

  async prepare(): Promise<void> {
    for (let index = 0; index < this.threads; index += 1) this.workers.push(this.start(index));
    for (const [index, { done }] of this.workers.entries()) {
      const hasToldAll = () => {
        this.heardUntilNs[index] = Number.POSITIVE_INFINITY;
      };
      done.promise.then(hasToldAll, () => {});
    }
    await Promise.all(this.workers.map(({ ready }) => ready.promise));
    this.prepared = true;
  }

  async run(startMs: number, setupData: string | undefined): Promise<void> {
    if (this.givenUp) return;
    this.sendAll({ type: 'run', startMs, setupData });
    await Promise.all(this.workers.map(({ done }) => done.promise));
  }

  async collect(): Promise<void> {
    if (this.givenUp) return;
    const parts = this.workers.map(({ historyPath }) => historyPath);
    await this.options.history.adopt(parts);
    await Promise.all(parts.map((path) => rm(path)));
    await Promise.all(this.workers.map(({ tracesClosed }) => tracesClosed.promise));
  }

  stop(): void {
    this.sendAll({ type: 'stop' });
  }

  abort(): void {
    this.sendAll({ type: 'abort' });
    // Threads that are not prepared yet would write into a folder that may be gone by then.
    this.givenUp ||= !this.prepared;
    if (this.givenUp) for (const worker of this.workers) worker.giveUp();
  }

  progress(): number {
    const sum = this.workers.reduce((total, { progress }) => total + progress, 0);
    return sum / Math.max(1, this.workers.length);
  }

  offered(): number | undefined {
    const offered = this.workers.flatMap((worker) => worker.offered ?? []);
    return offered.length === 0 ? undefined : offered.reduce((sum, count) => sum + count);
  }

  takeLagMsMax(): number {
    const longest = this.lagMsMax;
    this.lagMsMax = 0;
    return longest;
  }

  lagMsP99(): number {
    return Math.max(...this.workers.map((worker) => worker.lagMsP99));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private start(index: number): WorkerThread {
    const { options } = this;
    const order: WorkerOrder = {
      scriptPath: options.script.path,
      knownTexts: options.script.knownTexts,
      optionsEnv: options.optionsEnv,
      overrides: options.overrides,
      env: options.env,
      worker: index,
      share: shareOfWorker(options.share ?? WHOLE, index, this.threads),
      target: options.target.reference,
      clockOriginNs: originOf(options.clock),
      historyPath: join(options.folder, `history.worker-${index + 1}`),
      beats: options.beats,
      tracesUrl: options.tracesUrl,
      wantsSamples: this.reports.observe !== undefined,
      wantsCalls: options.hear !== undefined,
    };
    this.heardUntilNs[index] = Number.NEGATIVE_INFINITY;
    return new WorkerThread(order, (message) => {
      if (message.type === 'report') this.heardUntilNs[index] = message.heardUntilNs;
      this.receive(message);
    });
  }

  private sendAll(message: ToWorker): void {
    for (const worker of this.workers) worker.send(message);
  }

  private receive(message: RunMessage): void {
    const { reports } = this;
    switch (message.type) {
      case 'report':
        reports.tally.merge(message.tally);
        for (const sample of message.samples) this.observe(sample);
        this.lagMsMax = Math.max(this.lagMsMax, message.lagMsMax);
        this.options.hear?.(message.calls, Math.min(...this.heardUntilNs));
        break;
      case 'log':
        reports.log(message.line);
        break;
      case 'script-abort':
        reports.onScriptAbort(message.reason);
        break;
      case 'gathered':
        this.gather(message);
        break;
      case 'released':
        reports.releases.add(message.times);
        break;
    }
  }

  /** Releases a round of a rendezvous once it is complete in all workers that take part. */
  private gather({ name, round, workers }: GatheredRound): void {
    const key = `${round} ${name}`;
    const complete = (this.gathered.get(key) ?? 0) + 1;
    this.gathered.set(key, complete);
    if (complete < workers) return;
    this.gathered.delete(key);
    const nowMs = this.options.clock.monotonicNs() / 1e6;
    this.sendAll({ type: 'release', name, round, atMs: nowMs + RELEASE_AFTER_MS });
  }

  private observe({ name, metricType, contains, value, tags, timeMs, traceId }: SampleRow): void {
    const metric = this.reports.tally.metrics.define(name, metricType, contains);
    const source = { tag: (tag: string) => tags[tag], allTags: () => tags, traceId };
    this.reports.observe?.(metric, value, source, timeMs);
  }
}
