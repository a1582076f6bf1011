import type { OptionOverrides } from '../k6/options.ts';
import { loadScript } from '../k6/script/load-script.ts';
import type { Clock } from '../kernel/clock.ts';
import { rootMessage } from '../kernel/errors.ts';
import type { LoadRun } from '../load/engine/load-run.ts';
import { createScope, type Scope } from '../stack/resource.ts';
import type { StackServices } from '../stack/stack.ts';
import type { LoadReport, RunEvent, SaleReport } from './events.ts';
import { runLoad } from './run-load.ts';

/** What was asked for. Only a scenario that sells something uses what is said of stack, stock and buyers. */
export interface RunOptions extends StackServices {
  /** Path of the scenario file. */
  scenario: string;
  /** `__ENV` of the scenario. */
  env?: Record<string, string>;
  /** Options that stand over the scenario's own. */
  overrides?: OptionOverrides;
  stock?: number;
  buyers?: number;
  seed: number;
  /** Base URLs of servers that run already; absent: a stack of our own. */
  targets?: string[];
  adminToken?: string;
  strategy: string;
  unsafe: boolean;
  instances: number;
  databaseUrl?: string;
  /** Prometheus that thresholds ask; it may hold user and password. */
  prometheusUrl?: string;
  /** Database that thresholds ask; absent: that of a stack of our own. */
  sqlUrl?: string;
  /** How long a reservation lives where the scenario does not say. */
  holdTtlMs: number;
  /** How long one lives on the targets, when that is known. */
  targetHoldTtlMs?: number;
  /** Where the history goes; absent: into the run's own folder, which is removed. */
  historyFile?: string;
  /** Absent: our own engine lets the buyers in. Else the k6 on the `PATH` of this environment does. */
  k6?: { env: Record<string, string | undefined> };
  /** Threads that fire buyers; absent: this one. */
  workers?: number;
  /** Where samples go as they are taken: `json=FILE`, `prometheus=PORT` … */
  outputs?: string[];
  /** File for the end-of-test summary as k6 exports it. */
  summaryExport?: string;
  keep: boolean;
  version: string;
  /** The command line that started this, for the report. */
  command: string;
}

/** A run under way. */
export interface Run {
  /** First Ctrl-C: no new buyers, those in the shop may finish; the verdict is still reached. */
  stop(): void;
  /** Second Ctrl-C: give up. `report` rejects with `Abandoned` once everything that was started is stopped. */
  abort(): void;
  /** Of a sale when the scenario sells something, else of the load alone. */
  report: Promise<SaleReport | LoadReport>;
}

/** The run was given up before it had a result. */
export class Abandoned extends Error {}

/** What the parts of a run have to work with. */
export interface RunDeps {
  clock: Clock;
  onEvent(event: RunEvent): void;
  scope: Scope;
  /** Aborted when nobody waits for the report any more. */
  signal: AbortSignal;
  abandon(reason: unknown): void;
  onLoad(run: LoadRun): void;
}

/**
 * Runs a scenario: one that exports a `sale` to its verdict, any other k6 script as the load it is. Whatever was started
 * is stopped before `report` settles.
 */
export function startRun(
  options: RunOptions,
  deps: { clock: Clock; onEvent(event: RunEvent): void },
): Run {
  const scope = createScope();
  const abandoned = new AbortController();
  const { signal } = abandoned;
  let load: LoadRun | undefined;

  const gaveUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      load?.abort();
      reject(signal.reason);
    });
  });
  const work = runScenario(options, {
    ...deps,
    scope,
    signal,
    // A database that dies under the servers leaves nothing to wait for.
    abandon: (reason) => abandoned.abort(reason),
    onLoad(run) {
      load = run;
    },
  });

  return {
    stop() {
      // Before the load there is nothing to finish, and after it the verdict is on its way.
      if (load === undefined) abandoned.abort(new Abandoned());
      else load.stop('interrupt');
    },
    abort: () => abandoned.abort(new Abandoned()),
    report: settleStopped(Promise.race([work, gaveUp]), scope, deps.onEvent),
  };
}

async function runScenario(options: RunOptions, deps: RunDeps): Promise<SaleReport | LoadReport> {
  // Before anything is started that a typing error would only have to stop again.
  const env = { ...options.env, ...scenarioEnv(options) };
  const script = await loadScript(options.scenario, {
    env,
    overrides: options.overrides,
    abandoned: deps.signal,
  });
  if (script.sale === undefined) return runLoad({ ...options, env }, script, deps);
  // The drivers of PostgreSQL, Redis and Kafka and the checkers take longer to load than a small script to run.
  const { runSale } = await import('./sale/run-sale.ts');
  return runSale({ ...options, env }, script, deps);
}

/** What a scenario may read before anything runs. */
function scenarioEnv({ stock, buyers, seed }: RunOptions): Record<string, string> {
  return {
    FLASHSALE_SEED: String(seed),
    ...(stock === undefined ? {} : { FLASHSALE_STOCK: String(stock) }),
    ...(buyers === undefined ? {} : { FLASHSALE_BUYERS: String(buyers) }),
  };
}

/** The outcome of the work once all it started is stopped. Why the work failed outweighs what could not be stopped. */
async function settleStopped<Result>(
  work: Promise<Result>,
  scope: Scope,
  onEvent: (event: RunEvent) => void,
): Promise<Result> {
  try {
    const result = await work;
    await scope.stop();
    return result;
  } catch (error) {
    await scope.stop().catch((failure) => {
      onEvent({ type: 'log', line: `left behind: ${rootMessage(failure)}` });
    });
    throw error;
  }
}
