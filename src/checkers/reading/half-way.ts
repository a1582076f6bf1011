import {
  codeOfSomeLine,
  NOT_ALONE,
  type Operation,
  type SaleFacts,
  takesStock,
} from '../../history/operation.ts';
import type { RefusalReason } from '../../history/refusal-reason.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { Evidence } from '../evidence.ts';

/** The reasons for which a purchase is refused that held units before. */
const AFTER_A_HOLD: ReadonlySet<RefusalReason> = new Set([
  ...(['hold-lapsed', 'hold-ended', 'hold-ordered'] as const),
]);

/**
 * True when a call that takes and sells units at once may have got no further than the hold. A refusal with a reason that others
 * can look into tells that nothing was taken, but for that of a purchase whose hold ended while it was paid for.
 */
export function mayBeHalfWay(
  { kind, outcome, code = '' }: Pick<Operation, 'kind' | 'outcome' | 'code'>,
  { refusals }: SaleFacts,
): boolean {
  if (outcome !== 'fail') return false;
  const reason = refusals[code];
  return reason === undefined || (kind === 'buy' && AFTER_A_HOLD.has(reason));
}

/**
 * True for a line of a basket in a described shop, which may take line by line, and give them back when it cannot have another
 * one: such a line may have had its units while its basket was under way. Our own server takes all lines at once, or none.
 */
export const mayBeTakenAlone = ({ kind, basket }: Operation, { shop }: SaleFacts): boolean =>
  shop !== undefined && basket !== undefined && takesStock(kind);

/**
 * True for a line of a basket that was refused because of other lines, all of them for reasons that tell that nothing was
 * taken. A shop that takes line by line has given this one back when it answers.
 */
export function isGivenBack({ kind, basket, code }: Operation, evidence: Evidence): boolean {
  const { sale } = evidence;
  const ofSome = codeOfSomeLine(code);
  if (ofSome !== undefined) return !mayBeHalfWay({ kind, outcome: 'fail', code: ofSome }, sale);
  if (code !== NOT_ALONE) return false;
  const others = linesByBasket(evidence)
    .get(basket ?? '')
    ?.filter((line) => line.code !== NOT_ALONE);
  return others?.every((line) => !mayBeHalfWay(line, sale)) ?? false;
}

const linesByBasket = memoized(({ operations }: Evidence) =>
  groupBy(operations, ({ basket }) => basket),
);
