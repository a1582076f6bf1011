import { type CallsDeps, createCalls } from './calls.ts';
import type { CheckCounts } from './checks.ts';
import { createCookieJar } from './cookie-jar.ts';
import { asTags, type Metrics } from './metrics.ts';
import type { LoadOptions, ScenarioOptions } from './options.ts';
import type { Rendezvous } from './rendezvous.ts';
import type { LoadedScript } from './script.ts';
import type { Share } from './share.ts';
import { IterationInterrupted, type RunView, type Turn, type Vu } from './vu.ts';

/** One VU at work: it takes one turn after another, each a call of the script's function. */
export interface Buyer {
  readonly vu: Vu;
  /** Runs one iteration. Resolves when it ended, however it ended; never rejects. */
  takeTurn(turn: Turn): Promise<void>;
  /** Calls a function outside any turn (`setup`, `teardown`). Rejects with what it throws. */
  perform(functionName: string, argument: unknown, timeoutMs: number): Promise<unknown>;
  /** Cuts the turn short: calls in flight end as unknown, pauses end, the turn resolves at once. */
  interrupt(): void;
  /** Closes the connections. */
  retire(): void;
}

export interface BuyerDeps {
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
  onTurnEnd: (end: TurnEnd) => void;
  log: (line: string) => void;
}

export interface TurnEnd {
  vu: Vu;
  durationMs: number;
  interrupted: boolean;
  /** What the script threw, if it did. */
  exception?: { error: unknown };
}

/** Makes a VU by running the script's init code for it. Throws what the init code throws. */
export function createBuyer(
  id: number,
  scenario: ScenarioOptions | undefined,
  deps: BuyerDeps,
): Buyer {
  const vu = createVu(id, scenario, deps);
  vu.initializing = true;
  const functions = deps.script.createVu(vu);
  vu.initializing = false;
  const { now } = deps.calls;
  let data: { value: unknown } | undefined;
  let endTurn:
    | ((end: { interrupted: boolean; exception?: { error: unknown } }) => void)
    | undefined;

  let endPerformance: ((error: Error) => void) | undefined;

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
    takeTurn(turn) {
      vu.turn = turn;
      vu.group = '';
      if (!deps.options.http.keepCookies) vu.cookies.clear();
      if (deps.options.http.keepConnections === 'iteration') vu.calls.close();
      const waitsBefore = vu.waits;
      const startedAtMs = now();
      return new Promise((resolve) => {
        endTurn = ({ interrupted, exception }) => {
          endTurn = undefined;
          vu.release?.passed();
          vu.release = undefined;
          vu.iteration += 1;
          deps.onTurnEnd({
            vu,
            durationMs: now() - startedAtMs,
            interrupted,
            exception,
          });
          const restMs = deps.options.minIterationMs - (now() - startedAtMs);
          if (restMs > 0) vu.pause(restMs).then(resolve, () => resolve());
          // A turn that waited for nothing would keep the sockets of everybody else from being served.
          else if (vu.waits === waitsBefore) setImmediate(resolve);
          else resolve();
        };
        const succeeded = (): void => vu.whenIdle(() => endTurn?.({ interrupted: false }));
        const threw = (error: unknown): void =>
          endTurn?.(
            error instanceof IterationInterrupted
              ? { interrupted: true }
              : { interrupted: false, exception: { error } },
          );
        try {
          const result = call(turn.scenario.exec, readSetupData());
          if (isThenable(result)) result.then(succeeded, threw);
          else succeeded();
        } catch (error) {
          threw(error);
        }
      });
    },
    async perform(functionName, argument, timeoutMs) {
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
        await Promise.race([new Promise<void>(vu.whenIdle), cutShort]);
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
      endTurn?.({ interrupted: true });
      endPerformance?.(new IterationInterrupted());
    },
    retire() {
      vu.interrupted = true;
      vu.calls.close();
      vu.cancelPauses();
    },
  };
}

interface Pause {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
  timer?: NodeJS.Timeout;
}

function createPause(): Pause {
  const pause = {} as Pause;
  pause.promise = new Promise((resolve, reject) => {
    pause.resolve = resolve;
    pause.reject = reject;
  });
  return pause;
}

type DrivenVu = Vu & {
  cancelPauses(): void;
  /** Calls back when nothing the script began is on its way any more: an iteration ends with the last of it, as in k6. */
  whenIdle(callback: () => void): void;
};

function createVu(id: number, scenario: ScenarioOptions | undefined, deps: BuyerDeps): DrivenVu {
  const pauses = new Set<Pause>();
  let pending = 0;
  let onIdle: (() => void) | undefined;
  const vu: DrivenVu = {
    id,
    env: { ...deps.env, ...scenario?.env },
    initializing: true,
    turn: undefined,
    interrupted: false,
    waits: 0,
    get pending() {
      return pending;
    },
    set pending(count) {
      pending = count;
      // What ended may begin something else in its continuation.
      if (count === 0 && onIdle) setImmediate(vu.whenIdle, onIdle);
    },
    whenIdle(callback) {
      onIdle = pending > 0 ? callback : undefined;
      if (pending === 0) callback();
    },
    iteration: 0,
    group: '',
    tags: {},
    expectedStatus: (status) => status >= 200 && status < 400,
    random: Math.random,
    cookies: createCookieJar(deps.calls.nowMs),
    calls: undefined as unknown as Vu['calls'],
    metrics: deps.metrics,
    checks: deps.checks,
    http: deps.options.http,
    run: deps.run,
    pause(durationMs) {
      if (vu.interrupted) return Promise.reject(new IterationInterrupted());
      const pause = beginPause();
      pause.timer = setTimeout(endPause, durationMs, pause);
      return pause.promise;
    },
    after(durationMs, callback) {
      if (vu.interrupted) return () => {};
      const pause = beginPause();
      pause.timer = setTimeout(endPause, durationMs, pause);
      pause.promise.then(callback, () => {});
      return () => {
        if (!pauses.delete(pause)) return;
        clearTimeout(pause.timer);
        vu.pending -= 1;
      };
    },
    awaiting(promise) {
      vu.waits += 1;
      vu.pending += 1;
      const settled = (): void => {
        vu.pending -= 1;
      };
      promise.then(settled, settled);
      return promise;
    },
    meet(place) {
      if (vu.interrupted) return Promise.reject(new IterationInterrupted());
      const pause = beginPause();
      try {
        deps.rendezvous.join({ ...place, share: deps.share }, (release) => {
          if (vu.interrupted) return;
          vu.release = release;
          endPause(pause);
        });
      } catch (error) {
        endPause(pause);
        throw error;
      }
      return pause.promise;
    },
    release: undefined,
    cancelPauses() {
      for (const pause of pauses) {
        clearTimeout(pause.timer);
        // Nobody has to be listening: a script may have forgotten to await.
        pause.promise.catch(() => {});
        pause.reject(new IterationInterrupted());
      }
      vu.pending -= pauses.size;
      pauses.clear();
    },
    log: deps.log,
    tag(name) {
      const own = vu.tags[name] ?? scenario?.tags[name] ?? deps.options.tags[name];
      if (own !== undefined) return String(own);
      if (name === 'scenario') return scenario?.name;
      if (name === 'group') return vu.group;
      if (name === 'vu') return String(vu.id);
      if (name === 'iter') return String(vu.iteration);
      return undefined;
    },
    allTags: () => ({
      ...(scenario === undefined ? {} : { scenario: scenario.name }),
      group: vu.group,
      ...deps.options.tags,
      ...scenario?.tags,
      ...asTags(vu.tags),
    }),
  };

  function beginPause(): Pause {
    vu.waits += 1;
    vu.pending += 1;
    const pause = createPause();
    pauses.add(pause);
    return pause;
  }

  function endPause(pause: Pause): void {
    pauses.delete(pause);
    vu.pending -= 1;
    pause.resolve();
  }

  (vu as { calls: Vu['calls'] }).calls = createCalls(deps.calls, vu);
  return vu;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';
}
