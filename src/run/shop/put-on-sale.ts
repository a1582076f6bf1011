import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../../stack/resource.ts';
import { targetOf } from '../../target/described.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import { checkProvided } from '../../target/file/field-check.ts';
import type { Fields, SalePreparation, Step } from '../../target/file/schema.ts';
import type { RunDeps } from '../context.ts';
import type { HostedSale, SaleToPrepare } from '../sale/sale-host.ts';
import { nameSkus, type SalePlan } from '../sale/sale-plan.ts';
import { createDescribedBooks } from './books/described-books.ts';
import { createShopBuyers } from './buyers/shop-buyers.ts';
import type { DescribeProxies } from './proxies.ts';
import type { ShopMeans } from './shop-means.ts';
import { unitsOnSale } from './skus/count-units.ts';
import { createSkus } from './skus/create-skus.ts';
import { existingSkus } from './skus/existing-skus.ts';
import { factsOfSku, fieldsOfSku, type ShopSku } from './skus/shop-sku.ts';
import { performSteps, placeSteps } from './steps/step.ts';

/** Everything that sales of a described shop have in common. */
export interface Seller {
  plan: SalePlan;
  description: ShopDescription;
  means: ShopMeans;
  /** File that keeps the buyers between runs. */
  buyersFile?: string;
  proxies: DescribeProxies;
  /** Prometheus that answers the assertions of the target file. */
  prometheusUrl?: string;
}

/** The shop may still work on a call without an answer for this long. */
const UNANSWERED_CALLS_MS = 2_000;
const REMOVE_WITHIN_MS = 60_000;
/** Longer than any sale: a hold that never lapses. */
const NEVER_MS = 100 * 365 * 24 * 3_600_000;

/** A function that puts a sale on in a described shop. Several sales of one run share their buyers. */
export function createSeller(
  seller: Seller,
  deps: RunDeps,
): (sale: SaleToPrepare) => Promise<HostedSale> {
  const { means, description, proxies } = seller;
  const { clock, signal, onEvent } = deps;
  const { file } = means;
  const preparation = file.sale as SalePreparation;
  const buyersOf = createShopBuyers(seller, deps);

  return async ({ name, seed, path }) => {
    const buyers = await buyersOf(name);
    const skus = await putSkus(name, buyers[0] ?? {}, seller, deps);
    checkProvided(description.needs, { buyers, skus });
    await writeSaleFile(path, { skus, buyers, seed, shop: description });

    const books = createDescribedBooks(file, skus, {
      ...{ env: means.env, clock, signal, prometheusUrl: seller.prometheusUrl },
    });
    await books.rehearse();
    const target = targetOf(
      description,
      { skus, buyers: buyers as { userId: string }[] },
      { saleFile: path },
    );
    return {
      skus: skus.map((sku) => factsOfSku(sku, { isNew: preparation.create !== undefined })),
      target,
      rules: {
        shop: file.name,
        nobodyElseBuys: preparation.nobodyElseBuys,
        unitsPerBuyerMax:
          typeof preparation.unitsPerBuyer === 'number' ? preparation.unitsPerBuyer : undefined,
        holdsPerBuyerMax: preparation.holdsPerBuyer,
        holdTtlMs: preparation.holdTtl === 'never' ? NEVER_MS : preparation.holdTtl,
        sweepGraceMs: preparation.sweepGrace,
        refusalLagMs: preparation.refusalLag,
        readLagMs: preparation.readLag,
        refusals: description.refusals,
      },
      evidence: books.evidence,
      scraped: [],
      readStock: (skuId) =>
        unitsOnSale(
          skus.find((sku) => sku.skuId === skuId) as ShopSku,
          'read',
          buyers[0] ?? {},
          means,
          clock,
        ),
      async settle(load) {
        if (load.outcomes.unknown > 0) await delay(UNANSWERED_CALLS_MS, undefined, { signal });
        const open = await books.settle();
        const lines = open.length === 0 ? [] : [`not at rest: ${open.join(', ')}`];
        for (const line of [...lines, ...proxies()]) onEvent({ type: 'log', line });
      },
      readBooks: books.readBooks,
      askInvariants: books.askInvariants,
    };
  };
}

async function putSkus(
  name: string,
  buyer: Fields,
  { plan, means }: Seller,
  { scope, clock, onEvent }: RunDeps,
): Promise<ShopSku[]> {
  const { create = [], remove, skus } = means.file.sale as SalePreparation;
  const removal = removeAfterwards(remove, means, onEvent);
  await scope.start(removal);
  if (skus === undefined) {
    return createSkus(create, nameSkus(plan, name), means, removal.add);
  }
  const found = await existingSkus(
    skus,
    plan.skus,
    (sku, by) => unitsOnSale(sku, by, buyer, means, clock),
    means,
  );
  found.forEach(removal.add);
  return found;
}

/** Does the steps of `remove` for each SKU when the run ends, also if it failed or was given up. */
function removeAfterwards(
  steps: Step[],
  means: ShopMeans,
  onEvent: RunDeps['onEvent'],
): Resource<void> & { add(sku: ShopSku): void } {
  const skus: ShopSku[] = [];
  return {
    name: 'the SKUs on sale',
    add: (sku) => skus.push(sku),
    async start() {},
    async stop() {
      for (const sku of skus.splice(0)) {
        // The run may have been given up; what it made is removed all the same.
        const left = { ...means, signal: AbortSignal.timeout(REMOVE_WITHIN_MS) };
        try {
          await performSteps(placeSteps(steps, 'sale.remove'), fieldsOfSku(sku), left);
        } catch (error) {
          const why =
            error instanceof UserError ? `${error.message}: ${error.why}` : rootMessage(error);
          onEvent({ type: 'log', line: `SKU ${sku.skuId} was not removed: ${why}` });
        }
      }
    },
  };
}

async function writeSaleFile(path: string, content: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(content), { mode: 0o600 }).catch((cause) => {
    throw UserError.environment(`the sale file ${path} could not be written`, {
      why: rootMessage(cause),
      next: 'free some space, or choose another folder',
      cause,
    });
  });
}
