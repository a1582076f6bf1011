import { writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../checkers/evidence.ts';
import { judge } from '../checkers/verdict.ts';
import type { SaleFacts } from '../history/operation.ts';
import { readHistory } from '../history/reader.ts';
import { createHistoryFile, type HistoryFile } from '../history/recorder.ts';
import { findK6 } from '../k6/binary/find-k6.ts';
import { startK6 } from '../k6/binary/run-k6.ts';
import { loadScript } from '../k6/load-script.ts';
import { createWorkerCrew } from '../k6/workers/worker-crew.ts';
import type { Clock } from '../kernel/clock.ts';
import { rootMessage, UserError } from '../kernel/errors.ts';
import { type LoadRun, type LoadSpec, startLoad } from '../load/engine.ts';
import { type Outputs, openOutputs } from '../load/outputs/outputs.ts';
import type { LoadResult } from '../load/result.ts';
import type { LoadedScript } from '../load/script.ts';
import { exportSummary } from '../load/summary-export.ts';
import { createScraper, type MetricsScrape } from '../metrics/scrape.ts';
import { REFUSAL_LAG_MS } from '../protocol/reservations.ts';
import { createScope, type Resource, type Scope } from '../stack/resource.ts';
import { runFolder } from '../stack/run-folder.ts';
import { createStack, type StackServices } from '../stack/stack.ts';
import { referenceTarget } from '../target/reference.ts';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import type { Phase, RunEvent, RunReport, SkuStock } from './events.ts';
import { untilAtRest } from './rest.ts';
import { readSalePlan, type SalePlan } from './sale-plan.ts';
import { offerOf, seedSale } from './seed-sale.ts';
import { createStockView } from './stock-view.ts';

export interface SaleOptions extends StackServices {
  /** Path of the scenario file. */
  scenario: string;
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

export interface SaleRun {
  /** First Ctrl-C: no new buyers, those in the shop may finish; the verdict is still reached. */
  stop(): void;
  /** Second Ctrl-C: give up. `report` rejects with `Abandoned` once everything that was started is stopped. */
  abort(): void;
  report: Promise<RunReport>;
}

/** The run was given up before it had a result. */
export class Abandoned extends Error {}

const SWEEP_INTERVAL_MS = 500;
/** How late the sweeper may be: its interval, a busy database, and the row lock it waits for. */
const SWEEP_GRACE_MS = 5_000;
const SCRAPE_INTERVAL_MS = 1_000;
/** Holds that live longer than this are not waited for: they end the run still held, and are counted as held. */
const WAIT_FOR_HOLDS_MAX_MS = 10_000;
/** Events, attempts and payments come to their end within this time after the last call, or something is wrong. */
const REST_WITHIN_MS = 15_000;
/** A call that got no answer may still be at work in the server for this long. */
const UNANSWERED_CALLS_MS = 2_000;

/**
 * Runs one sale from nothing to its verdict: bring up what is sold from, seed it, let the buyers in while recording what
 * they see, wait until the books are at rest, read them, judge. Whatever was started is stopped before `report` settles.
 */
export function startSale(
  options: SaleOptions,
  deps: { clock: Clock; onEvent(event: RunEvent): void },
): SaleRun {
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
  const sale = runSale(options, {
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
    report: settleStopped(Promise.race([sale, gaveUp]), scope, deps.onEvent),
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

interface RunDeps {
  clock: Clock;
  onEvent(event: RunEvent): void;
  scope: Scope;
  /** Aborted when nobody waits for the report any more. */
  signal: AbortSignal;
  abandon(reason: unknown): void;
  onLoad(run: LoadRun): void;
}

async function runSale(options: SaleOptions, deps: RunDeps): Promise<RunReport> {
  const { clock, onEvent, scope, signal } = deps;
  const startedAt = new Date(clock.nowMs()).toISOString();
  const phase = createPhases(deps);

  // What is to be sold, before anything is started that a typing error would only have to stop again.
  const env = scenarioEnv(options);
  const script = await loadScript(options.scenario, { env });
  const plan = readSalePlan(script);
  const k6Version = options.k6 && (await findK6(options.k6.env));
  const outputs = await scope.start(loadOutputs(options.outputs ?? [], script, clock));
  const holdTtlMs = agreeOnHoldTtl(plan, options);

  const { targets, adminToken, folder, kept } = await phase(
    'stack',
    options.targets === undefined ? describeStack(options) : 'the target',
    () =>
      options.targets === undefined
        ? bringUpStack({ ...options, holdTtlMs, payments: plan.payments }, deps)
        : useTargets(options.targets, options, scope),
  );
  if (kept.length > 0) onEvent({ type: 'log', line: `kept: ${kept.join(', ')}` });
  onEvent({ type: 'targets', targets });

  // A SKU of its own, so that a sale on a server with a past starts from a clean page.
  const admin = createAdminApi({ targets, token: adminToken, signal });
  const skuId = `${script.name}-${startedAt.replace(/\D/g, '').slice(0, 17)}`;
  const salePath = join(folder, 'sale.json');
  await phase('seed', `${plan.stock} units, ${plan.buyers} buyers`, () =>
    seedSale(admin, {
      offers: offerOf(plan.sells, { skuId, stock: plan.stock, nowMs: clock.nowMs() }),
      buyers: plan.buyers,
      seed: options.seed,
      path: salePath,
    }),
  );

  const sale: SaleFacts = {
    scenario: script.name,
    target: targets,
    strategy: options.targets === undefined ? options.strategy : undefined,
    skus: [{ skuId, total: plan.stock }],
    unitsPerBuyerMax: 1,
    holdTtlMs,
    sweepGraceMs: SWEEP_GRACE_MS,
    refusalLagMs: REFUSAL_LAG_MS,
    sellOutExpected: plan.sellOutExpected,
    challenges: plan.challenges,
    startedAtMs: clock.nowMs(),
    startedAtNs: clock.monotonicNs(),
  };
  const historyPath = options.historyFile ?? join(folder, 'history.ndjson');
  const history = await scope.start(historyFile(historyPath, sale, clock));
  const stockView = createStockView(sale.skus);
  const scraper = createScraper({
    instances: () => targets,
    intervalMs: SCRAPE_INTERVAL_MS,
    clock,
    onScrape(scrape: MetricsScrape) {
      history.scrape(scrape);
      onEvent({ type: 'stock', stock: stockView.update(scrape) });
    },
  });

  await scope.start({ name: 'the scraper', ...scraper });
  const load = await phase('load', 'the sale is on', () =>
    fireBuyers(
      script,
      {
        optionsEnv: env,
        env: { ...env, ...runEnv(targets, salePath) },
        folder,
        history,
        observe: outputs.observe,
        workers: options.workers ?? 1,
        k6: options.k6,
      },
      deps,
    ),
  );
  await phase('settle', 'waiting until the books are at rest', () =>
    settle(
      admin,
      { skuIds: [skuId], holdTtlMs, paymentsTakeMs: plan.payments?.latencyMs ?? 0, load },
      deps,
    ),
  );
  await scraper.stop();
  history.generator(load.generator);
  const stock = await recordLedger(admin, plan, skuId, history);
  onEvent({ type: 'stock', stock });
  await history.close();
  const outputProblems = [
    ...(await outputs.close()),
    ...(await writeSummaryExport(options.summaryExport, load)),
  ];
  for (const line of outputProblems) onEvent({ type: 'log', line });

  const verdict = await phase('verdict', 'judging the history', async () =>
    judge((await readHistory(historyPath)) satisfies Evidence),
  );
  return {
    scenario: script.name,
    target: targets,
    strategy: sale.strategy,
    instances: options.targets === undefined ? options.instances : undefined,
    seed: options.seed,
    ...(k6Version === undefined ? {} : { runner: describeK6(k6Version) }),
    sale,
    load,
    stock,
    verdict,
    historyFile: options.historyFile ?? (options.keep ? historyPath : undefined),
    outputProblems,
    environment: {
      node: process.version,
      os: `${type()} ${release()}`,
      cpus: cpus().length,
      version: options.version,
      command: options.command,
      startedAt,
    },
  };
}

const describeK6 = (version: string): RunReport['runner'] => ({
  name: `k6 ${version}`,
  notKnown: [
    'how late iterations began against their schedule: latencies count from the send alone',
    'whether the load generator was at its limits: of those only dropped iterations are seen',
    'how far calls had come that k6 cut off at its end: each counts as one that may have happened',
  ],
});

/** Tells when each part of the run begins and ends; a run that was given up begins no other. */
function createPhases({ clock, onEvent, signal }: RunDeps) {
  return async <T>(phase: Phase, detail: string, work: () => Promise<T>): Promise<T> => {
    signal.throwIfAborted();
    const startedNs = clock.monotonicNs();
    onEvent({ type: 'phase', phase, detail });
    const result = await work();
    const tookMs = (clock.monotonicNs() - startedNs) / 1e6;
    onEvent({ type: 'phase_done', phase, detail, tookMs });
    return result;
  };
}

/** What a scenario may read before anything runs. */
function scenarioEnv({ stock, buyers, seed }: SaleOptions): Record<string, string> {
  return {
    FLASHSALE_SEED: String(seed),
    ...(stock === undefined ? {} : { FLASHSALE_STOCK: String(stock) }),
    ...(buyers === undefined ? {} : { FLASHSALE_BUYERS: String(buyers) }),
  };
}

const runEnv = (targets: string[], salePath: string): Record<string, string> => ({
  FLASHSALE_TARGETS: targets.join(','),
  FLASHSALE_SALE: salePath,
});

/** The judge counts on it: a hold that lives longer than it believes looks like stock that was kept back. */
function agreeOnHoldTtl({ holdTtlMs: wanted }: SalePlan, options: SaleOptions): number {
  const { targets, targetHoldTtlMs: given } = options;
  if (targets === undefined || given === undefined) return wanted ?? options.holdTtlMs;
  if (wanted === undefined || wanted === given) return given;
  throw UserError.usage(`the scenario needs reservations that live ${wanted} ms`, {
    why: `those of ${targets.join(', ')} live ${given} ms`,
    next: `start the target with a hold TTL of ${wanted}ms (flashsale-cli up --hold-ttl ${wanted}ms), or leave --target out`,
  });
}

interface Place {
  targets: string[];
  adminToken: string;
  folder: string;
  /** What will still be there after the run, for people. */
  kept: string[];
}

function describeStack({ redis, redisUrl, kafka, kafkaBrokers }: StackServices): string {
  const parts = ['PostgreSQL'];
  if (redis === true || redisUrl !== undefined) parts.push('Redis');
  if (kafka || kafkaBrokers !== undefined) parts.push('Kafka');
  return `${parts.join(', ')} and the server`;
}

function bringUpStack(
  options: SaleOptions & { payments: SalePlan['payments'] },
  { onEvent, scope, abandon }: RunDeps,
): Promise<Place> {
  return scope.start(
    createStack({
      ...options,
      sweepIntervalMs: SWEEP_INTERVAL_MS,
      onEvent(event) {
        onEvent({ type: 'stack', event });
        if (event.type === 'database_died') {
          abandon(
            UserError.environment('the database died in the middle of the run', {
              why: event.why,
              next: 'run again with --keep and look into the run folder',
            }),
          );
        }
      },
    }),
  );
}

async function useTargets(
  targets: string[],
  { adminToken, keep }: SaleOptions,
  scope: Scope,
): Promise<Place> {
  await Promise.all(targets.map(assertAnswers));
  if (adminToken === undefined) {
    throw UserError.usage('a server that already runs is seeded through its admin API', {
      why: 'no administrator’s token was given',
      next: 'add --admin-token TOKEN, or set FLASHSALE_ADMIN_TOKEN',
    });
  }
  const folder = await scope.start(runFolder({ keep }));
  return { targets, adminToken, folder, kept: keep ? [folder] : [] };
}

async function assertAnswers(target: string): Promise<void> {
  try {
    const answer = await fetch(`${target}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    if (answer.ok) return;
    throw new Error(`/health/ready answered ${answer.status}`);
  } catch (cause) {
    throw UserError.environment(`${target} is not ready`, {
      why: rootMessage(cause),
      next: 'start it (flashsale-cli up), correct --target, or leave --target out to start one',
      cause,
    });
  }
}

/** Closed whatever becomes of the run, so that a history that is kept is whole as far as it goes. */
function historyFile(path: string, sale: SaleFacts, clock: Clock): Resource<HistoryFile> {
  let file: HistoryFile | undefined;
  return {
    name: `the history ${path}`,
    async start() {
      file = createHistoryFile(path, sale, clock);
      return file;
    },
    stop: async () => file?.close(),
  };
}

/** What is not the verdict's evidence may fail without taking the verdict along; the report tells of it. */
function loadOutputs(specs: string[], { options }: LoadedScript, clock: Clock): Resource<Outputs> {
  let outputs: Outputs | undefined;
  return {
    name: 'the outputs',
    async start() {
      outputs = await openOutputs(specs, { options, clock });
      return outputs;
    },
    async stop() {
      await outputs?.close();
    },
  };
}

async function writeSummaryExport(path: string | undefined, load: LoadResult): Promise<string[]> {
  if (path === undefined) return [];
  try {
    await writeFile(path, `${JSON.stringify(exportSummary(load), null, 2)}\n`);
    return [];
  } catch (error) {
    return [`the summary ${path} cannot be written: ${rootMessage(error)}`];
  }
}

async function fireBuyers(
  script: LoadedScript,
  load: Pick<LoadSpec, 'env' | 'observe'> & {
    /** `__ENV` as it was when the options were read. */
    optionsEnv: Record<string, string>;
    history: HistoryFile;
    folder: string;
    workers: number;
    k6: SaleOptions['k6'];
  },
  { clock, onEvent, onLoad }: RunDeps,
): Promise<LoadResult> {
  const { workers, k6, ...shared } = load;
  const spec: LoadSpec = {
    script,
    env: load.env,
    history: load.history,
    observe: load.observe,
    target: referenceTarget,
    clock,
    ...(workers > 1 && {
      crew: (deps) =>
        createWorkerCrew({ ...shared, workers, scriptPath: script.path, clock }, deps),
    }),
    log: (line) => onEvent({ type: 'log', line }),
  };
  const run = k6 === undefined ? startLoad(spec) : startK6(spec, k6.env);
  onLoad(run);
  for await (const tick of run.ticks) onEvent({ type: 'tick', tick });
  return run.result;
}

/** Lets calls without an answer finish in the server, then everything else that the sale set in motion. */
async function settle(
  admin: AdminApi,
  sale: { skuIds: string[]; holdTtlMs: number; paymentsTakeMs: number; load: LoadResult },
  { clock, signal, onEvent }: RunDeps,
): Promise<void> {
  const { skuIds, holdTtlMs, paymentsTakeMs, load } = sale;
  if (load.outcomes.unknown > 0) await delay(UNANSWERED_CALLS_MS, undefined, { signal });
  const holds = holdTtlMs <= WAIT_FOR_HOLDS_MAX_MS;
  const waitMs = REST_WITHIN_MS + paymentsTakeMs + (holds ? holdTtlMs + SWEEP_GRACE_MS : 0);
  const left = await untilAtRest(admin, { skuIds, holds, waitMs, clock, signal });
  if (left.length > 0) {
    onEvent({ type: 'log', line: `not at rest after ${waitMs / 1_000} s: ${left.join(', ')}` });
  }
}

/** The final books, as the last evidence; answers with what they say of the stock. */
async function recordLedger(
  admin: AdminApi,
  plan: SalePlan,
  skuId: string,
  history: HistoryFile,
): Promise<SkuStock[]> {
  const stock: SkuStock[] = [];
  for await (const row of admin.readLedger(skuId)) {
    history.ledger(row);
    if (row.row === 'inventory') {
      const { available, reserved, sold } = row;
      stock.push({ skuId, total: plan.stock, available, held: reserved, sold });
    }
  }
  return stock;
}
