import type { CallEvent } from '../../history/call-watch.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Crew } from '../../load/engine/crew.ts';
import { createTally, noCounts, type RunCounts, type Tally } from '../../load/metrics/tally.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import type { SampleRow, WorkerReport } from './messages.ts';

/** A report is sent before its time when it has this many samples. */
const SAMPLES_MAX = 5_000;

export interface WorkerReporterDeps {
  script: Pick<LoadedScript, 'options' | 'describeError' | 'exports'>;
  /** True when reports are to contain every sample. */
  wantsSamples: boolean;
  clock: Clock;
  crew: () => Pick<Crew, 'progress' | 'offered' | 'takeLagMsMax'>;
  post: (report: WorkerReport) => void;
}

/** Counts a worker's share of the run, and sends what was counted since the report before. */
export class WorkerReporter {
  readonly tally: Tally;
  private readonly deps: WorkerReporterDeps;
  private readonly reported = noCounts();
  private samples: SampleRow[] = [];
  private calls: CallEvent[] = [];

  constructor(deps: WorkerReporterDeps) {
    const { script } = deps;
    this.deps = deps;
    this.tally = createTally(script.options, {
      describeError: script.describeError,
      // The main thread logs each exception, once for all workers.
      log: () => {},
      observe: deps.wantsSamples
        ? ({ name, type, contains }, value, source) => {
            const [tags, timeMs] = [source.allTags(), deps.clock.nowMs()];
            const { traceId } = source;
            this.addSample({ name, metricType: type, contains, value, tags, timeMs, traceId });
          }
        : undefined,
      hasSummary: script.exports.includes('handleSummary'),
    });
  }

  /** One of the worker's counts over the whole run. */
  countOf(name: keyof RunCounts): number {
    return this.reported[name] + this.tally.counts[name];
  }

  /** Tells of a call with the next report. */
  tellOf(event: CallEvent): void {
    this.calls.push(event);
  }

  send(): void {
    const tally = this.tally.drain();
    for (const name of Object.keys(this.reported) as (keyof RunCounts)[]) {
      this.reported[name] += tally.counts[name];
    }
    const crew = this.deps.crew();
    this.deps.post({
      type: 'report',
      tally,
      samples: this.samples,
      calls: this.calls,
      heardUntilNs: this.deps.clock.monotonicNs(),
      progress: crew.progress(),
      offered: crew.offered(),
      lagMsMax: crew.takeLagMsMax(),
    });
    this.samples = [];
    this.calls = [];
  }

  private addSample(sample: SampleRow): void {
    this.samples.push(sample);
    // Sending takes samples of the traffic, which come here before the others have left; they must not send again.
    if (this.samples.length === SAMPLES_MAX) this.send();
  }
}
