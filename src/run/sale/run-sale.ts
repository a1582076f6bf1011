import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../../checkers/evidence.ts';
import { judge } from '../../checkers/verdict.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { readHistory } from '../../history/reader.ts';
import { createHistoryFile, type HistoryFile } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { LoadResult } from '../../load/result.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { createScraper, type MetricsScrape } from '../../metrics/scrape.ts';
import { REFUSAL_LAG_MS } from '../../protocol/reservations.ts';
import type { Resource, Scope } from '../../stack/resource.ts';
import { runFolder } from '../../stack/run-folder.ts';
import { createStack, type StackServices } from '../../stack/stack.ts';
import { targetNamed } from '../../target/registry.ts';
import type { SaleReport, SkuStock } from '../events.ts';
import {
  closeOutputs,
  describeEnvironment,
  findRunner,
  fireLoad,
  loadOutputs,
} from '../fire-load.ts';
import { createPhases } from '../phases.ts';
import type { RunDeps, RunOptions } from '../run.ts';
import { createThresholdJudge } from '../thresholds/index.ts';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import { readSalePlan, type SalePlan } from './sale-plan.ts';
import { offerOf, seedSale } from './seed-sale.ts';
import { untilAtRest } from './settle.ts';
import { createStockView } from './stock-view.ts';

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
 * they see, wait until the books are at rest, read them, judge.
 */
export async function runSale(
  options: RunOptions & { env: Record<string, string> },
  script: LoadedScript,
  deps: RunDeps,
): Promise<SaleReport> {
  const { clock, onEvent, scope, signal } = deps;
  const startedAt = new Date(clock.nowMs()).toISOString();
  const phase = createPhases(deps);

  const plan = readSalePlan(script);
  const thresholds = await createThresholdJudge(script, options, deps);
  const runner = await findRunner(options);
  const outputs = await scope.start(loadOutputs(options.outputs ?? [], script, clock));
  const holdTtlMs = agreeOnHoldTtl(plan, options);

  const { targets, adminToken, folder, kept, databaseUrl } = await phase(
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
  await thresholds.rehearse({ databaseUrl, sku: skuId });
  const fired = await phase('load', 'the sale is on', () =>
    fireLoad(
      script,
      {
        optionsEnv: options.env,
        overrides: options.overrides,
        env: { ...options.env, ...runEnv(targets, salePath) },
        folder,
        target: targetNamed(plan.api),
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
      { skuIds: [skuId], holdTtlMs, paymentsTakeMs: plan.payments?.latencyMs ?? 0, load: fired },
      deps,
    ),
  );
  await scraper.stop();
  history.generator(fired.generator);
  const stock = await recordLedger(admin, plan, skuId, history);
  onEvent({ type: 'stock', stock });
  await history.close();
  const asked = await thresholds.ask(outputs.flush);

  const verdict = await phase('verdict', 'judging the history', async () =>
    judge((await readHistory(historyPath)) satisfies Evidence),
  );
  const checked = thresholds.ofChecks(verdict.checks);
  const load = { ...fired, thresholds: [...fired.thresholds, ...checked, ...asked] };
  const outputProblems = await closeOutputs(outputs, options, load);
  for (const line of outputProblems) onEvent({ type: 'log', line });
  return {
    scenario: script.name,
    target: targets,
    strategy: sale.strategy,
    instances: options.targets === undefined ? options.instances : undefined,
    seed: options.seed,
    runner,
    sale,
    load,
    customMetrics: script.customMetrics,
    stock,
    verdict,
    historyFile: options.historyFile ?? (options.keep ? historyPath : undefined),
    outputProblems,
    environment: describeEnvironment(options, startedAt),
  };
}

const runEnv = (targets: string[], salePath: string): Record<string, string> => ({
  FLASHSALE_TARGETS: targets.join(','),
  FLASHSALE_SALE: salePath,
});

/** The judge counts on it: a hold that lives longer than it believes looks like stock that was kept back. */
function agreeOnHoldTtl({ holdTtlMs: wanted }: SalePlan, options: RunOptions): number {
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
  /** Of a stack of our own. */
  databaseUrl?: string;
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
  options: RunOptions & { payments: SalePlan['payments'] },
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
  { adminToken, keep }: RunOptions,
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
