/** The common release of VUs that waited at one place. Each of them calls one of the two. */
export interface Release {
  /** Right before the VU's first request is written. `ended` of the returned object is to be called at its end. */
  written(): { ended(): void };
  /** At the end of an iteration without a request. */
  passed(): void;
}

/** The first requests after one release, in milliseconds of the run's clock, of the VUs that sent one. */
export interface ReleaseTimes {
  /** Name of the place. */
  name: string;
  round: number;
  /** Number of workers whose VUs take part in this round. */
  workers: number;
  writtenMs: number[];
  endedMs: number[];
}

/** Measures one release; finished when each of its VUs has ended a request or passed. */
export class MeasuredRelease implements Release {
  readonly times: ReleaseTimes;
  private readonly deps: { now: () => number; finish: (release: MeasuredRelease) => void };
  /** Number of VUs that have neither ended a request nor passed. */
  private expected: number;

  constructor(times: ReleaseTimes, { size, ...deps }: MeasuredRelease['deps'] & { size: number }) {
    this.times = times;
    this.deps = deps;
    this.expected = size;
  }

  written(): { ended(): void } {
    this.times.writtenMs.push(this.deps.now());
    return this;
  }

  ended(): void {
    this.times.endedMs.push(this.deps.now());
    this.passed();
  }

  passed(): void {
    this.expected -= 1;
    if (this.expected === 0) this.deps.finish(this);
  }
}
