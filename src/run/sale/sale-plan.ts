import * as z from 'zod';
import { CHALLENGES } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { ProviderBehaviour } from '../../protocol/payments.ts';
import { WAYS_OF_SELLING } from '../../protocol/ways-of-selling.ts';
import { defaultTarget, TARGET_NAMES } from '../../target/registry.ts';

/** The plan of a sale: the content of a scenario's exported `sale`. */
export const SalePlan = z.strictObject({
  /** Units of the one SKU on sale, or the capacity of the campaign. */
  stock: z.int().min(1).max(1_000_000_000),
  /** Number of accounts to make, one per buyer. */
  buyers: z.int().min(1).max(5_000_000),
  /** Lifetime of a reservation; absent: the setting `holdTtl`. */
  holdTtlMs: z.int().min(100).optional(),
  /** API that the scenario calls: the name of a target in `src/target/`. */
  api: z.enum(TARGET_NAMES).default(defaultTarget.name),
  sells: z.enum(WAYS_OF_SELLING).default('reservations'),
  /** Behaviour of the payment provider; absent: it charges at once. */
  payments: ProviderBehaviour.optional(),
  /** Situations that have to occur in the run; without them it proves nothing. */
  challenges: z.array(z.enum(CHALLENGES)).default([]),
  /** False for a scenario that is not meant to sell out: units that remain are then no reason for doubt. */
  sellOutExpected: z.boolean().default(true),
});
export type SalePlan = z.infer<typeof SalePlan>;

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
