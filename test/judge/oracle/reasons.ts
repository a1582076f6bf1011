import type { SmallHistory } from './history.ts';
import { RULE_NAMES, type Rule } from './rules.ts';
import { explain } from './search.ts';

/** The reason for which a history is impossible. */
export interface Reason {
  /** The rule that, if it alone might be broken, would make the history possible; undefined if no single one would. */
  rule?: Rule;
  /** True for refusals that are possible one by one, and not together. */
  isJoint: boolean;
}

export function reasonOf({ sale, operations }: SmallHistory): Reason {
  const rule = RULE_NAMES.find((waived) => isExplained(explain(sale, operations, [waived])));
  const refused = operations.filter(({ outcome }) => outcome === 'fail');
  const isJoint =
    refused.length > 1 &&
    refused.every((kept) => {
      const others = operations.filter((other) => other === kept || other.outcome !== 'fail');
      return isExplained(explain(sale, others));
    });
  return { ...(rule && { rule }), isJoint };
}

const isExplained = (found: ReturnType<typeof explain>): boolean =>
  found !== undefined && found !== 'too large';

/** True for a history in which nothing can lapse, every call was answered, and no answer may come from a memory. */
export function isPlain({ sale, operations }: SmallHistory): boolean {
  const endNs = Math.max(...operations.map(({ completedAtNs }) => completedAtNs));
  const startNs = operations[0]?.invokedAtNs ?? 0;
  return endNs < startNs + (sale.holdTtlMs ?? 0) * 1e6 && !sale.refusalLagMs && !sale.readLagMs;
}
