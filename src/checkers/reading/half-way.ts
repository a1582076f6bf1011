import type { Operation, SaleFacts } from '../../history/operation.ts';
import type { RefusalReason } from '../../history/refusal-reason.ts';

/** The reasons for which a purchase is refused that held units before. */
const AFTER_A_HOLD: ReadonlySet<RefusalReason> = new Set([
  ...(['hold-lapsed', 'hold-ended', 'hold-ordered'] as const),
]);

/**
 * True when a call that takes and sells units at once may have got no further than the hold. A refusal with a reason that others
 * can look into tells that nothing was taken, but for that of a purchase whose hold ended while it was paid for.
 */
export function mayBeHalfWay(
  { kind, outcome, code = '' }: Operation,
  { refusals }: SaleFacts,
): boolean {
  if (outcome !== 'fail') return false;
  const reason = refusals[code];
  return reason === undefined || (kind === 'buy' && AFTER_A_HOLD.has(reason));
}
