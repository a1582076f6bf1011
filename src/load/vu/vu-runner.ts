import { type Iteration, IterationInterrupted } from '../schedule/iteration.ts';
import type { ScenarioVu } from '../schedule/scenario-run.ts';
import { callExported, type LoadedScript, type ScriptFunctions } from './script.ts';
import type { VirtualUser } from './virtual-user.ts';
import type { Vu } from './vu.ts';

export interface VuRunnerDeps {
  script: Pick<LoadedScript, 'createVu' | 'options' | 'reactsLater'>;
  /** Monotonic milliseconds. */
  now: () => number;
  /** The value that `setup` returned, as JSON; each VU gets its own copy. */
  setupData: () => string | undefined;
  onIterationEnd: (end: IterationEnd) => void;
}

export interface IterationEnd {
  vu: Vu;
  durationMs: number;
  interrupted: boolean;
  /** The value that the script threw; absent if it threw none. */
  exception?: { error: unknown };
}

interface RunningIteration {
  startedAtMs: number;
  /** The turn of the event loop in which it began. */
  turn: number;
  onEnd: () => void;
}

/** Runs the iterations of one VU, one after another; each is a call of the scenario's function. */
export class VuRunner implements ScenarioVu {
  private readonly vu: VirtualUser;
  private readonly deps: VuRunnerDeps;
  private readonly functions: ScriptFunctions;
  private data: { value: unknown } | undefined;
  private current: RunningIteration | undefined;
  /** The name of the function that is called. */
  private exec = '';
  private isFirst = true;

  /** Runs the script's init code for the VU. Throws what the init code throws. */
  constructor(vu: VirtualUser, deps: VuRunnerDeps) {
    this.vu = vu;
    this.deps = deps;
    this.functions = deps.script.createVu(vu);
  }

  get ready(): Promise<void> | undefined {
    return this.vu.ready;
  }

  runIteration(iteration: Iteration, onEnd: () => void): void {
    const { vu } = this;
    const { http } = this.deps.script.options;
    vu.currentIteration = iteration;
    this.exec = iteration.scenario.exec;
    vu.watch?.end();
    vu.group = '';
    if (!http.keepCookies) vu.cookies.clear();
    if (http.keepConnections === 'iteration') vu.calls.close();
    this.current = { startedAtMs: this.deps.now(), turn: turnOfEventLoop(), onEnd };
    // In a turn of its own, code that is dropped where it stands takes nothing of what starts the VUs with it. Later
    // iterations need none, and it would cost them a tenth of all CPU time.
    if (this.isFirst) queueMicrotask(this.callScript);
    else this.callScript();
    this.isFirst = false;
  }

  private readonly callScript = (): void => {
    const { currentIteration, interrupted } = this.vu;
    if (interrupted || currentIteration === undefined) return;
    try {
      const data = this.readSetupData();
      const result = callExported(this.functions, this.exec, data);
      if (!isThenable(result)) this.returned();
      else {
        result.then(this.returned, this.threw);
        if (this.deps.script.reactsLater) setImmediate(this.endWhenStuck);
      }
    } catch (error) {
      this.threw(error);
    }
  };

  interrupt(): void {
    if (this.vu.interrupted) return;
    this.vu.interrupt();
    this.endIteration(true);
  }

  retire(): void {
    this.vu.retire();
  }

  private readonly ended = (): void => this.endIteration(false);

  private readonly returned = (): void => {
    // Ready promises react before the iteration ends, as in k6.
    if (this.deps.script.reactsLater) setImmediate(this.endWhenIdle);
    else this.endWhenIdle();
  };

  /** A promise that nothing is left to settle ends the iteration, as in k6. */
  private readonly endWhenStuck = (): void => {
    if (this.current) this.vu.work.whenIdle(this.ended);
  };

  private readonly endWhenIdle = (): void => {
    try {
      this.vu.watch?.assertNothingWaits('the end of the iteration');
    } catch (error) {
      this.threw(error);
      return;
    }
    this.vu.work.whenIdle(this.ended);
  };

  private readonly threw = (error: unknown): void => {
    // A promise that an iteration before has left behind interrupts none that waits for it now.
    if (error instanceof IterationInterrupted && this.vu.interrupted) this.endIteration(true);
    else this.endIteration(false, { error });
  };

  private endIteration(interrupted: boolean, exception?: IterationEnd['exception']): void {
    if (!this.current) return;
    const { vu, deps } = this;
    const { startedAtMs, turn, onEnd } = this.current;
    this.current = undefined;
    // The work that this iteration leaves behind must not end the next one.
    if (deps.script.reactsLater) vu.work.forgetIdle();
    // As in k6, nothing outlives an exception: such iterations may follow each other faster than any server answers.
    if (exception) vu.forget();
    vu.release?.passed();
    vu.release = undefined;
    vu.iterationCount += 1;
    const durationMs = deps.now() - startedAtMs;
    deps.onIterationEnd({ vu, durationMs, interrupted, exception });
    const restMs = deps.script.options.minIterationMs - durationMs;
    if (restMs > 0) vu.pause(restMs).then(onEnd, onEnd);
    // Iterations that wait for nothing would keep the event loop from serving the sockets of all VUs.
    else if (!interrupted && turn === turnOfEventLoop()) setImmediate(onEnd);
    else onEnd();
  }

  private readSetupData(): unknown {
    if (!this.data) {
      const json = this.deps.setupData();
      this.data = { value: json === undefined ? undefined : JSON.parse(json) };
    }
    return this.data.value;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}

let turn = 0;
let isTurnCounted = false;

/** A number that changes when the event loop has read what had arrived, and has handled what was put off until then. */
function turnOfEventLoop(): number {
  if (!isTurnCounted) {
    isTurnCounted = true;
    setImmediate(countTurn);
  }
  return turn;
}

function countTurn(): void {
  turn += 1;
  isTurnCounted = false;
}
