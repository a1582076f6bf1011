import { writeFile } from 'node:fs/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { targetOf } from '../../target/described.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import { checkProvided } from '../../target/file/field-check.ts';
import type { Fields, SalePreparation } from '../../target/file/schema.ts';
import type { RunDeps } from '../context.ts';
import type { HostedSale, SaleToPrepare } from '../sale/sale-host.ts';
import { nameSkus, type SalePlan } from '../sale/sale-plan.ts';
import { createDescribedBooks } from './books/described-books.ts';
import { createShopBuyers } from './buyers/shop-buyers.ts';
import { finalBooks } from './final-books.ts';
import type { DescribeProxies } from './proxies.ts';
import type { ShopMeans } from './shop-means.ts';
import { unitsOnSale } from './skus/count-units.ts';
import { createSkus } from './skus/create-skus.ts';
import { existingSkus } from './skus/existing-skus.ts';
import { createRemoval, type Removal } from './skus/removal.ts';
import { factsOfSku, fieldsOfSku, type ShopSku } from './skus/shop-sku.ts';

/** Everything that sales of a described shop have in common. */
export interface Seller {
  plan: SalePlan;
  description: ShopDescription;
  means: ShopMeans;
  /** File that keeps the buyers between runs. */
  buyersFile?: string;
  proxies: DescribeProxies;
  /** Asked at the end: true if what the run puts on sale stays there. */
  staysOnSale(): boolean;
  /** Prometheus that answers the assertions of the target file. */
  prometheusUrl?: string;
}

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

  const isNew = preparation.create !== undefined;

  /** Everything that must be there before the load. A mistake about the books is found before thousands of accounts are made. */
  async function prepare(name: string, removal: Removal) {
    const known = isNew ? undefined : await buyersOf(name);
    const skus = await putSkus(name, known?.[0] ?? {}, removal, seller, deps);
    const books = createDescribedBooks(file, skus, {
      ...{ env: means.env, clock, signal, isNew, prometheusUrl: seller.prometheusUrl },
    });
    for (const line of await books.rehearse()) onEvent({ type: 'log', line });
    const buyers = known ?? (await buyersOf(name));
    checkProvided(description.needs, { buyers, skus });
    books.begin();
    return { skus, buyers, books };
  }

  return async ({ name, seed, path }) => {
    const removal = await startRemoval(seller, deps);
    const { skus, buyers, books } = await prepare(name, removal).catch((error) => {
      throw isNew ? removal.withLeft(error) : error;
    });
    await writeSaleFile(path, { skus, buyers, seed, shop: description });
    const target = targetOf(
      description,
      { skus, buyers: buyers as { userId: string }[] },
      { saleFile: path },
    );
    return {
      skus: skus.map((sku) => factsOfSku(sku, { isNew })),
      target,
      rules: {
        shop: file.name,
        nobodyElseBuys: preparation.nobodyElseBuys,
        unitsPerBuyerMax:
          typeof preparation.unitsPerBuyer === 'number' ? preparation.unitsPerBuyer : undefined,
        holdsPerBuyerMax: preparation.holdsPerBuyer,
        holdTtlMs: preparation.holdTtl === 'never' ? NEVER_MS : preparation.holdTtl,
        sweepGraceMs: preparation.sweepGrace,
        soldUntilSwept: preparation.soldUntilSwept,
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
      ...finalBooks(books, { signal, onEvent, describeProxies: proxies }),
    };
  };
}

/** Removes what the sale puts on sale when the run ends, however it ends. */
async function startRemoval(
  { means, staysOnSale }: Seller,
  { scope, onEvent }: RunDeps,
): Promise<Removal> {
  const removal = createRemoval(means.file.sale?.remove ?? [], means);
  await scope.start({
    name: 'the SKUs on sale',
    async start() {},
    async stop() {
      const left = staysOnSale() ? [] : await removal.removeAll();
      for (const line of left) onEvent({ type: 'log', line });
    },
  });
  return removal;
}

async function putSkus(
  name: string,
  buyer: Fields,
  removal: Removal,
  { plan, means }: Seller,
  { clock }: RunDeps,
): Promise<ShopSku[]> {
  const { create = [], skus } = means.file.sale as SalePreparation;
  if (skus === undefined) {
    return removal.after(createSkus(create, nameSkus(plan, name), means, removal));
  }
  const found = await existingSkus(
    skus,
    plan.skus,
    (sku, by) => unitsOnSale(sku, by, buyer, means, clock),
    means,
  );
  for (const sku of found) removal.add(sku.skuId, fieldsOfSku(sku));
  return found;
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
