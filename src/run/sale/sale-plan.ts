import { z } from 'zod';
import { CHALLENGES } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { ProviderBehaviour } from '../../protocol/payments.ts';
import { WAYS_OF_SELLING } from '../../protocol/ways-of-selling.ts';
import { defaultTarget, TARGET_NAMES } from '../../target/registry.ts';

/** What a scenario sells, as its exported `sale` says. */
export const SalePlan = z.strictObject({
  /** Units of the one SKU on sale. */
  stock: z.int().min(1).max(1_000_000_000),
  /** Accounts to make, one per person who comes to buy. */
  buyers: z.int().min(1).max(5_000_000),
  /** How long a reservation lives; absent: the setting `holdTtl`. */
  holdTtlMs: z.int().min(100).optional(),
  /** API that the scenario calls: the name of a target in `src/target/`. */
  api: z.enum(TARGET_NAMES).default(defaultTarget.name),
  /** How units are sold; `stock` and `buyers` are the capacity and the people of a campaign, too. */
  sells: z.enum(WAYS_OF_SELLING).default('reservations'),
  /** How the payment provider behaves; absent: it charges at once. */
  payments: ProviderBehaviour.optional(),
  /** What has to happen in the run, or it proves nothing. */
  challenges: z.array(z.enum(CHALLENGES)).default([]),
  /** False for a scenario that is not meant to sell out, so that not selling out is no reason for doubt. */
  sellOutExpected: z.boolean().default(true),
});
export type SalePlan = z.infer<typeof SalePlan>;

/** @throws UserError (usage) when the plan that the scenario exports is wrong */
export function readSalePlan(script: LoadedScript): SalePlan {
  const plan = SalePlan.safeParse(script.sale);
  if (plan.success) return plan.data;
  const issue = plan.error.issues[0];
  throw UserError.usage(`${script.name} exports a \`sale\` that cannot be used`, {
    why: `${['sale', ...(issue?.path ?? [])].join('.')}: ${issue?.message}`,
    next: 'mend it, or give the number with --stock or --buyers',
  });
}
