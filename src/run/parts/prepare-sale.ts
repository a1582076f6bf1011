import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadScript } from '../../k6/script/load-script.ts';
import { UserError } from '../../kernel/errors.ts';
import { formatMs } from '../../kernel/format.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { createScope } from '../../stack/resource.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import type { DescribedShopOptions, RunDeps, RunOptions } from '../context.ts';
import { hostOf } from '../open-sale.ts';
import { factsOf } from '../sale/sale.ts';
import { nameSale, readSalePlan } from '../sale/sale-plan.ts';
import { scenarioEnv } from '../scenario-env.ts';
import { type PreparedSale, type PreparedShop, writePreparedSale } from './prepared-sale.ts';

/** The options of a preparation. */
export type PreparationOptions = Pick<
  RunOptions,
  | 'scenario'
  | 'env'
  | 'stock'
  | 'buyers'
  | 'seed'
  | 'adminToken'
  | 'holdTtlMs'
  | 'targetHoldTtlMs'
  | 'prometheusUrl'
  | 'version'
> &
  ({ targets: string[] } | { shop: DescribedShopOptions });

/** Loads a scenario and prepares its sale, as `prepareSale` does. Nothing that it started is left when it ends. */
export async function openPreparation(
  given: PreparationOptions,
  file: { path: string; startInMs?: number | undefined },
  deps: Pick<RunDeps, 'clock' | 'onEvent' | 'signal'>,
): Promise<PreparedSale> {
  let isPrepared = false;
  const options: RunOptions = {
    ...given,
    ...{ strategy: 'batched', unsafe: false, instances: 1, keep: false, command: '' },
    ...{ redis: false, kafka: false },
    ...('shop' in given && { shop: { ...given.shop, staysOnSale: () => isPrepared } }),
  };
  const script = await loadScript(given.scenario, {
    env: { ...given.env, ...scenarioEnv(options) },
    abandoned: deps.signal,
  });
  const scope = createScope();
  try {
    const prepared = await prepareSale(script, options, file, {
      ...deps,
      scope,
      isStopping: () => false,
      abandon() {},
      onLoad() {},
    });
    isPrepared = true;
    return prepared;
  } finally {
    await scope.stop();
  }
}

/**
 * Puts the sale of a script on, on servers or in a shop that run already, and writes all that several processes need to fire it
 * together.
 *
 * @param startInMs the parts begin so much later; absent: each as soon as it is ready
 * @throws UserError (usage) when the script sells nothing, or sells by hours and nobody says when the load begins;
 *   (environment) when the parts should have begun by the time the sale is on
 */
export async function prepareSale(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions,
  { path, startInMs }: { path: string; startInMs?: number | undefined },
  deps: RunDeps,
): Promise<PreparedSale> {
  const { clock } = deps;
  const plan = readSalePlan(script);
  if (plan.hours !== undefined && startInMs === undefined) {
    throw UserError.usage(`nobody says when the buyers of ${script.name} come`, {
      why: 'its SKUs are sold by hours, which count from the beginning of the load',
      next: 'add --start-in 2m, or as long as it takes until all parts wait',
    });
  }
  const startAtMs = startInMs === undefined ? undefined : clock.nowMs() + startInMs;
  assertReached(options.shop);
  const hostPlan = await hostOf(script, options);
  const host = await hostPlan.open(deps);
  const seeded = join(host.folder, 'sale.json');
  const hosted = await host.putOnSale({
    name: nameSale(script.name, new Date(clock.nowMs()).toISOString()),
    ...{ seed: options.seed, path: seeded, startAtMs },
  });
  const onSaleAtMs = clock.nowMs();
  const asked = factsOf(script.name, hostPlan.plan, host, hosted, { clock, isTraced: false });
  // Each part has a clock of its own.
  const { startedAtMs: _, startedAtNs: __, ...facts } = asked;
  const { version, stock, buyers, seed, shop } = options;
  const content = JSON.parse(await readFile(seeded, 'utf8'));
  const prepared: PreparedSale = {
    ...{ version, id: randomUUID(), facts, target: hosted.target.name, seed },
    ...(stock !== undefined && { stock }),
    ...(buyers !== undefined && { buyers }),
    ...(startAtMs !== undefined && { startAtMs }),
    ...(shop && { shop: preparedShop(shop, content, { urls: host.targets, onSaleAtMs }) }),
  };
  assertIsAhead(startAtMs, clock.nowMs());
  await writePreparedSale(path, content, prepared);
  return prepared;
}

/** @param content the content of the sale file as scenarios read it */
function preparedShop(
  { file }: DescribedShopOptions,
  { skus, shop }: { skus: PreparedShop['skus']; shop: ShopDescription },
  facts: Pick<PreparedShop, 'urls' | 'onSaleAtMs'>,
): PreparedShop {
  const { health } = file;
  const { holdTtlMs } = shop;
  return {
    ...{ ...facts, skus },
    ...(health !== undefined && { health }),
    ...(holdTtlMs !== undefined && { holdTtlMs }),
  };
}

/** @throws UserError (usage) when the shop is reached through something that ends with this process */
function assertReached(shop: DescribedShopOptions | undefined): void {
  const [proxy] = Object.values(shop?.file.proxies ?? {});
  if (proxy === undefined) return;
  throw UserError.usage('a sale cannot be prepared through the proxies of a target file', {
    why: 'they would end with this command, and the parts would find a shop without its database',
    next: `leave \`proxies\` out of the file, and keep one running beside the shop: flashsale-cli proxy --listen ${proxy.listen} --to ${proxy.to}`,
  });
}

function assertIsAhead(startAtMs: number | undefined, nowMs: number): void {
  if (startAtMs === undefined || startAtMs > nowMs) return;
  throw UserError.environment('the load would have begun before its sale was prepared', {
    why: `all parts were to begin at ${new Date(startAtMs).toISOString()}, ${formatMs(nowMs - startAtMs)} ago`,
    next: 'prepare the sale again with more time: --start-in 2m',
  });
}
