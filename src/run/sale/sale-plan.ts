import * as z from 'zod';
import { CHALLENGES } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { ProviderBehaviour } from '../../protocol/payments.ts';
import { Money } from '../../protocol/products.ts';
import { QUANTITY_MAX } from '../../protocol/reservations.ts';
import { SEEDED_WAYS } from '../../protocol/ways-of-selling.ts';
import { OPERATION_NAMES } from '../../target/file/schema.ts';
import { defaultTarget, TARGET_NAMES } from '../../target/registry.ts';
import { splitStock } from './split-stock.ts';

const Units = z.int().min(1).max(1_000_000_000);

/** An operation, calls that can be repeated with a key, reservations with a known lifetime, or attempts decided later. */
const Need = z.enum([...OPERATION_NAMES, 'key', 'hold-ttl', 'later']);
export type Need = z.infer<typeof Need>;

/** The plan of a sale: the content of a scenario's exported `sale`. */
export const SalePlan = z
  .strictObject({
    /** Units on sale. With `skus`, the units of all of them together, which are split as `skus` are. */
    stock: Units.optional(),
    /** Every SKU on sale, with its units; absent: one SKU with all of `stock`. */
    skus: z
      .array(z.strictObject({ stock: Units, price: Money.optional() }))
      .min(1)
      .max(100)
      .optional(),
    /** The most units of one SKU that a buyer asks for, in one reservation. */
    unitsPerBuyerMax: z.int().min(1).max(QUANTITY_MAX).default(1),
    /** Number of accounts to make, one per buyer. */
    buyers: z.int().min(1).max(5_000_000),
    /** Lifetime of a reservation; absent: the setting `holdTtl`. */
    holdTtlMs: z.int().min(100).optional(),
    /** API that the scenario calls: the name of a target in `src/target/`. */
    api: z.enum(TARGET_NAMES).default(defaultTarget.name),
    /** Operations and other things that the shop must have: all of them, and of a list one. */
    needs: z.array(z.union([Need, z.array(Need).min(1)])).default([]),
    sells: z.enum(SEEDED_WAYS).default('reservations'),
    /** Behaviour of the payment provider; absent: it charges at once. */
    payments: ProviderBehaviour.optional(),
    /** Hours of campaigns, flash sales and tickets, counted from the moment at which they are put on sale. */
    hours: z
      .strictObject({ opensAfterMs: z.int().min(0), closesAfterMs: z.int().min(1) })
      .refine(({ opensAfterMs, closesAfterMs }) => opensAfterMs < closesAfterMs, {
        path: ['closesAfterMs'],
        message: 'must be more than opensAfterMs',
      })
      .optional(),
    /** Redis loses all its data this long after the load began, and again until it did so `times` times. */
    redisAmnesia: z
      .strictObject({
        afterMs: z.int().min(0),
        everyMs: z.int().min(100).default(1_000),
        times: z.int().min(1).max(1_000).default(1),
      })
      .optional(),
    /** Situations that have to occur in the run; without them it proves nothing. */
    challenges: z.array(z.enum(CHALLENGES)).default([]),
    /** False for a scenario that is not meant to sell out: units that remain are then no reason for doubt. */
    sellOutExpected: z.boolean().default(true),
  })
  .transform(({ stock, skus, ...plan }, context) => {
    if (stock === undefined && skus === undefined) {
      const message = 'the units on sale are missing; `skus` may have them as well';
      context.addIssue({ code: 'custom', path: ['stock'], message });
      return z.NEVER;
    }
    const givesOne = plan.sells !== 'reservations' && plan.sells !== 'tickets';
    if (givesOne && plan.unitsPerBuyerMax > 1) {
      const message = `a ${plan.sells} gives a buyer one unit`;
      context.addIssue({ code: 'custom', path: ['unitsPerBuyerMax'], message });
      return z.NEVER;
    }
    if (plan.sells === 'reservations' && plan.hours !== undefined) {
      const message = 'products that are reserved have no hours';
      context.addIssue({ code: 'custom', path: ['hours'], message });
      return z.NEVER;
    }
    return { ...plan, skus: skusOf(stock, skus) };
  });
export type SalePlan = z.infer<typeof SalePlan>;

/** A SKU as the plan has it; its id is given when it is put on sale. */
export interface PlannedSku {
  stock: number;
  price?: string;
}

function skusOf(stock: number | undefined, skus: PlannedSku[] = [{ stock: 1 }]): PlannedSku[] {
  if (stock === undefined) return skus;
  const units = splitStock(
    stock,
    skus.map((sku) => sku.stock),
  );
  return skus
    .map((sku, place) => ({ ...sku, stock: units[place] as number }))
    .filter((sku) => sku.stock > 0);
}

/** @throws UserError (usage) when the exported `sale` is wrong */
export function readSalePlan({ name, sale }: Pick<LoadedScript, 'name' | 'sale'>): SalePlan {
  const plan = SalePlan.safeParse(sale);
  if (plan.success) return plan.data;
  const issue = plan.error.issues[0];
  throw UserError.usage(`${name} exports a \`sale\` that cannot be used`, {
    why: `${['sale', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`,
    next: 'mend it, or give the number with --stock or --buyers',
  });
}

/** A name for a sale that no other has. It is a SKU's, so it has only such letters of the scenario's, and not too many. */
export function nameSale(scenario: string, startedAt: string): string {
  const words = scenario.replace(/[^\w.:-]+/g, '-').replace(/^-+|-+$/g, '');
  return `${words.slice(0, 40) || 'sale'}-${startedAt.replace(/\D/g, '').slice(0, 17)}`;
}

/** Each sale has SKUs of its own, so that earlier sales of the same server do not count. */
export function nameSkus(
  { skus }: Pick<SalePlan, 'skus'>,
  name: string,
): (PlannedSku & { skuId: string })[] {
  const isOnlyOne = skus.length === 1;
  return skus.map((sku, place) => ({ ...sku, skuId: isOnlyOne ? name : `${name}-${place + 1}` }));
}
