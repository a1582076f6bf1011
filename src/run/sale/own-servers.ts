import { targetNamed } from '../../target/registry.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import { assertFaultsAreOurs } from '../faults/assert-ours.ts';
import { breakersOf } from '../faults/breakers.ts';
import { faultsOf } from '../faults/fault-plan.ts';
import { type AdminApi, createAdminApi } from './admin-api.ts';
import { agreeOnHoldTtl } from './hold-ttl.ts';
import { offersOf } from './offers.ts';
import { readLedger } from './read-ledger.ts';
import type { HostedSale, HostPlan, SaleHost, SaleToPrepare } from './sale-host.ts';
import { nameSkus, type SalePlan } from './sale-plan.ts';
import { seedSale } from './seed-sale.ts';
import { describeServers, openServers } from './servers.ts';
import { SWEEP_GRACE_MS, settle } from './settle.ts';
import { showPictures } from './show-pictures.ts';

/** A plan whose hold TTL is agreed on. */
type AgreedPlan = SalePlan & { holdTtlMs: number };

/**
 * Servers of this project as the host of a sale: a stack that the run starts, or servers that run already. The admin API
 * seeds them and reads their ledger.
 *
 * @throws UserError (usage) when the plan asks for what the servers do not have
 */
export function ownServers(scenario: string, plan: SalePlan, options: RunOptions): HostPlan {
  const agreed = { ...plan, holdTtlMs: agreeOnHoldTtl(plan, options) };
  assertFaultsAreOurs(plan, scenario, options);
  return {
    plan: agreed,
    detail: describeServers(options),
    open: (deps) => openHost(agreed, options, deps),
  };
}

async function openHost(plan: AgreedPlan, options: RunOptions, deps: RunDeps): Promise<SaleHost> {
  const { onEvent, signal } = deps;
  const { holdTtlMs, payments } = plan;
  // Mails are sent where a fault is to meet them, because sending one costs a server more than a reservation.
  const mails = faultsOf(plan, options).some(({ name }) => name.startsWith('smtp-'));
  const servers = await openServers({ ...options, holdTtlMs, payments, mails }, deps);
  if (servers.kept.length > 0) onEvent({ type: 'log', line: `kept: ${servers.kept.join(', ')}` });
  const { targets, adminToken, folder, databaseUrl, parts } = servers;
  const { strategy, instances } = options;
  const admin = createAdminApi({ targets, token: adminToken, signal });
  const isOurs = options.targets === undefined;
  return {
    ...{ targets, folder, databaseUrl },
    started: isOurs ? { strategy, instances } : undefined,
    breakers:
      parts && breakersOf({ parts }, () => showPictures({ targets, token: adminToken, signal })),
    putOnSale: (sale) => putOnSale(admin, sale, plan, { targets, mails, isOurs }, deps),
  };
}

async function putOnSale(
  admin: AdminApi,
  { name, seed, path, startAtMs }: SaleToPrepare,
  plan: AgreedPlan,
  { targets, mails, isOurs }: { targets: string[]; mails: boolean; isOurs: boolean },
  deps: RunDeps,
): Promise<HostedSale> {
  const { clock } = deps;
  const { skus } = await seedSale(admin, {
    offers: offersOf(plan.sells, {
      ...{ skus: nameSkus(plan, name), nowMs: startAtMs ?? clock.nowMs() },
      ...{ unitsPerBuyerMax: plan.unitsPerBuyerMax, hours: plan.hours },
    }),
    buyers: plan.buyers,
    emailDomain: mails ? 'buyers.test' : undefined,
    ...{ seed, path },
  });
  const skuIds = skus.map(({ skuId }) => skuId);
  const { holdTtlMs, unitsPerBuyerMax, payments } = plan;
  const target = targetNamed(plan.sells === 'quest' ? 'quests' : plan.api);
  const { refusals, refusalLagMs, readLagMs, holdsPerBuyerMax } = target;
  const paymentsTakeMs = payments?.latencyMs ?? 0;
  return {
    ...{ skus, target },
    rules: {
      ...{ unitsPerBuyerMax, holdsPerBuyerMax, holdTtlMs, sweepGraceMs: SWEEP_GRACE_MS },
      ...{ refusalLagMs, readLagMs, refusals },
    },
    evidence: { ...(await admin.readEvidence()), ...(isOurs && { scrapedAll: true }) },
    scraped: targets,
    readStock: admin.readTotal,
    settle: (load) => settle(admin, { skuIds, holdTtlMs, paymentsTakeMs, load }, deps),
    readBooks: (skuId, onEntry) => readLedger(admin, skuId, clock.monotonicNs, onEntry),
  };
}
