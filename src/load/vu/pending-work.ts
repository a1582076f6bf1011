import { IterationInterrupted } from '../schedule/iteration.ts';

/** A wait of the script, ended by its timer, by `PendingWork.end`, or by an interruption. */
export class Pause {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** The requests, pauses and promises of one VU that have begun and not ended. An iteration ends with the last, as in k6. */
export class PendingWork {
  /** Number of requests, pauses and promises begun so far. */
  begun = 0;
  private readonly pauses = new Set<Pause>();
  private pending = 0;
  private onIdle: (() => void) | undefined = undefined;

  began(): void {
    this.begun += 1;
    this.pending += 1;
  }

  ended(): void {
    this.pending -= 1;
    // Code that continues after this end may begin more work first.
    if (this.pending === 0 && this.onIdle) setImmediate(checkIdle, this);
  }

  /** Calls back when nothing is pending; at once when nothing is pending now. */
  whenIdle(callback: () => void): void {
    this.onIdle = this.pending > 0 ? callback : undefined;
    if (this.pending === 0) callback();
  }

  /** Calls back no more. */
  forgetIdle(): void {
    this.onIdle = undefined;
  }

  checkIdle(): void {
    if (this.onIdle) this.whenIdle(this.onIdle);
  }

  /** Begins a pause of that many milliseconds; without a duration it lasts until `end`. */
  pause(durationMs?: number): Pause {
    this.began();
    const pause = new Pause();
    this.pauses.add(pause);
    if (durationMs !== undefined) pause.timer = setTimeout(() => this.end(pause), durationMs);
    return pause;
  }

  end(pause: Pause): void {
    this.pauses.delete(pause);
    this.ended();
    pause.resolve();
  }

  /** Ends a pause whose promise then stays pending; does nothing, and answers with false, after its end. */
  drop(pause: Pause): boolean {
    if (!this.pauses.delete(pause)) return false;
    clearTimeout(pause.timer);
    this.ended();
    return true;
  }

  /** Ends every pause with IterationInterrupted. */
  interruptPauses(): void {
    for (const pause of this.pauses) {
      clearTimeout(pause.timer);
      // A script that does not await the pause must not cause an unhandled rejection.
      pause.promise.catch(() => {});
      pause.reject(new IterationInterrupted());
      this.ended();
    }
    this.pauses.clear();
  }
}

function checkIdle(work: PendingWork): void {
  work.checkIdle();
}
