import type { LoadedScript } from '../load/vu/script.ts';
import type { RunDeps, RunOptions } from './context.ts';
import type { RunKind } from './run-kind.ts';
import { ownServers } from './sale/own-servers.ts';
import { createSale } from './sale/sale.ts';
import type { HostPlan } from './sale/sale-host.ts';
import { readSalePlan } from './sale/sale-plan.ts';

/**
 * The sale of a script, on the servers or in the shop that the options name.
 *
 * @throws UserError (usage) when the exported `sale` is wrong, or asks for what the shop does not have
 */
export async function openSale(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions,
  deps: RunDeps,
): Promise<RunKind> {
  return createSale(script, await hostOf(script, options), options, deps);
}

/**
 * The servers or the shop on which a script sells.
 *
 * @throws as `openSale`
 */
export async function hostOf(
  script: Pick<LoadedScript, 'name' | 'sale'>,
  options: RunOptions,
): Promise<HostPlan> {
  const plan = readSalePlan(script);
  const { shop } = options;
  if (shop === undefined) return ownServers(script.name, plan, options);
  const { describedShop } = await import('./shop/described-shop.ts');
  return describedShop(script.name, plan, { ...options, shop });
}
