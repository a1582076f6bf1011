import { UserError } from '../../kernel/errors.ts';
import type { RunOptions } from '../context.ts';
import type { SalePlan } from './sale-plan.ts';

/**
 * Decides how long reservations live in a sale. The judge relies on this number: a hold that lives longer than the
 * judge believes looks like stock that the server kept back.
 *
 * @throws UserError (usage) when the scenario needs another lifetime than the targets are known to have
 */
export function agreeOnHoldTtl(
  { holdTtlMs: needed }: Pick<SalePlan, 'holdTtlMs'>,
  options: Pick<RunOptions, 'targets' | 'holdTtlMs' | 'targetHoldTtlMs'>,
): number {
  const { targets, targetHoldTtlMs: given } = options;
  if (targets === undefined || given === undefined) return needed ?? options.holdTtlMs;
  if (needed === undefined || needed === given) return given;
  throw UserError.usage(`the scenario needs reservations that live ${needed} ms`, {
    why: `those of ${targets.join(', ')} live ${given} ms`,
    next: `start the target with a hold TTL of ${needed}ms (flashsale-cli up --hold-ttl ${needed}ms), or leave --target out`,
  });
}
