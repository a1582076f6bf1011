import type { CheckCounts } from '../metrics/checks.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { LoadOptions, ScenarioOptions } from '../options.ts';
import type { Share } from '../schedule/share.ts';
import type { CallsDeps } from './calls.ts';
import { DrivenVu } from './driven-vu.ts';
import type { Rendezvous } from './rendezvous.ts';
import type { LoadedScript } from './script.ts';
import { type Iteration, IterationInterrupted, type RunView, type Vu } from './vu.ts';

/** One VU at work: it takes one turn after another, each a call of the script's function. */
export interface VuRunner {
  readonly vu: Vu;
  /** Runs one iteration. Resolves when it ended, however it ended; never rejects. */
  runIteration(turn: Iteration): Promise<void>;
  /** Calls a function outside any turn (`setup`, `teardown`). Rejects with what it throws. */
  call(functionName: string, argument: unknown, timeoutMs: number): Promise<unknown>;
  /** Cuts the turn short: calls in flight end as unknown, pauses end, the turn resolves at once. */
  interrupt(): void;
  /** Closes the connections. */
  retire(): void;
}

export interface VuRunnerDeps {
  script: LoadedScript;
  options: LoadOptions;
  env: Record<string, string>;
  metrics: Metrics;
  checks: CheckCounts;
  calls: CallsDeps;
  rendezvous: Rendezvous;
  /** This worker's share of the buyer's scenario. */
  share: Share;
  run: RunView;
  /** Data that `setup` returned, as JSON; each buyer gets a copy of its own. */
  setupData: () => string | undefined;
  onIterationEnd: (end: IterationEnd) => void;
  log: (line: string) => void;
}

export interface IterationEnd {
  vu: Vu;
  durationMs: number;
  interrupted: boolean;
  /** What the script threw, if it did. */
  exception?: { error: unknown };
}

/** Makes a VU by running the script's init code for it. Throws what the init code throws. */
export function createVuRunner(
  id: number,
  scenario: ScenarioOptions | undefined,
  deps: VuRunnerDeps,
): VuRunner {
  const vu = new DrivenVu(id, scenario, deps);
  const functions = deps.script.createVu(vu);
  const { now } = deps.calls;
  let data: { value: unknown } | undefined;
  let turn: { startedAtMs: number; waitsBefore: number; resolve: () => void } | undefined;
  let endPerformance: ((error: Error) => void) | undefined;

  function endIteration(interrupted: boolean, exception?: IterationEnd['exception']): void {
    if (!turn) return;
    const { startedAtMs, waitsBefore, resolve } = turn;
    turn = undefined;
    vu.release?.passed();
    vu.release = undefined;
    vu.iterationCount += 1;
    const durationMs = now() - startedAtMs;
    deps.onIterationEnd({ vu, durationMs, interrupted, exception });
    const restMs = deps.options.minIterationMs - durationMs;
    if (restMs > 0) vu.pause(restMs).then(resolve, () => resolve());
    // A turn that waited for nothing would keep the sockets of everybody else from being served.
    else if (vu.waits === waitsBefore) setImmediate(resolve);
    else resolve();
  }

  const ended = (): void => endIteration(false);
  const succeeded = (): void => vu.whenIdle(ended);
  const threw = (error: unknown): void =>
    error instanceof IterationInterrupted ? endIteration(true) : endIteration(false, { error });

  function call(name: string, argument: unknown): unknown {
    const fn = functions[name];
    if (typeof fn !== 'function') throw new Error(`the script exports no function "${name}"`);
    return fn(argument);
  }

  function readSetupData(): unknown {
    if (!data) {
      const json = deps.setupData();
      data = { value: json === undefined ? undefined : JSON.parse(json) };
    }
    return data.value;
  }

  return {
    vu,
    runIteration(begun) {
      vu.currentIteration = begun;
      vu.group = '';
      if (!deps.options.http.keepCookies) vu.cookies.clear();
      if (deps.options.http.keepConnections === 'iteration') vu.calls.close();
      return new Promise((resolve) => {
        turn = { startedAtMs: now(), waitsBefore: vu.waits, resolve };
        try {
          const result = call(begun.scenario.exec, readSetupData());
          if (isThenable(result)) result.then(succeeded, threw);
          else succeeded();
        } catch (error) {
          threw(error);
        }
      });
    },
    async call(functionName, argument, timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const cutShort = new Promise((_resolve, reject) => {
        endPerformance = reject;
        timer = setTimeout(() => {
          reject(new Error(`${functionName}() did not end within ${timeoutMs / 1_000} s`));
          vu.calls.cancelAll();
        }, timeoutMs);
      });
      try {
        const result = await Promise.race([call(functionName, argument), cutShort]);
        await Promise.race([new Promise<void>((resolve) => vu.whenIdle(resolve)), cutShort]);
        return result;
      } finally {
        clearTimeout(timer);
        endPerformance = undefined;
      }
    },
    interrupt() {
      if (vu.interrupted) return;
      vu.interrupted = true;
      vu.calls.cancelAll();
      vu.cancelPauses();
      endIteration(true);
      endPerformance?.(new IterationInterrupted());
    },
    retire() {
      vu.interrupted = true;
      vu.calls.close();
      vu.cancelPauses();
    },
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
