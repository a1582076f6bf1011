import { UserError } from '../../kernel/errors.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import { fitPlan } from '../sale/fit-plan.ts';
import type { SalePlan } from '../sale/sale-plan.ts';

/** Buyers who wait for holds to lapse, again and again, wait no longer than this each time. */
const HOLD_TTL_MAX_MS = 10_000;

/**
 * The plan of a scenario, as far as a described shop allows it.
 *
 * @throws UserError (usage) when the shop lacks something that the scenario needs, its holds live too long for it, or the
 *   file does not say what is on sale
 */
export function planForShop(
  scenario: string,
  plan: SalePlan,
  file: NamedTargetFile,
  description: ShopDescription,
): SalePlan {
  const { sale, name } = file;
  if (sale === undefined) {
    throw UserError.usage(`the target file of ${name} does not say what is on sale`, {
      why: 'it has no `sale`',
      next: 'add sale.create, the steps that put a SKU on sale, or sale.skus, those that are on sale already',
    });
  }
  const fitted = fitPlan(plan, scenario, description);
  const { holdTtlMs } = description;
  const waits = plan.needs.flat().includes('hold-ttl');
  if (waits && holdTtlMs !== undefined && holdTtlMs > HOLD_TTL_MAX_MS) {
    throw UserError.usage(
      `${scenario} needs holds that lapse within ${HOLD_TTL_MAX_MS / 1_000} s`,
      {
        why: `its buyers wait for holds to lapse, and those of ${name} live ${holdTtlMs / 1_000} s`,
        next: 'start the shop with a shorter hold time and write that as sale.holdTtl, or choose another scenario',
      },
    );
  }
  const skus = Array.isArray(sale.skus) ? fitted.skus.slice(0, sale.skus.length) : fitted.skus;
  return { ...fitted, skus };
}
