import type { Evidence } from '../../../src/checkers/evidence.ts';
import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { booksOf, type Events, withSequences } from './books.ts';
import type { SmallHistory } from './history.ts';

/** The kinds of evidence in which a small history is shown to the judge. */
export type Shown = 'answers' | 'answers and ledger' | 'sequences and ledger';

export const answersOnly = (sale: SaleFacts, operations: readonly Operation[]): Evidence => ({
  sale,
  operations: [...operations],
});

/** The evidence that a server leaves in which these events happened. Its ledger's clock is ahead by `offsetMs`. */
export function evidenceOf(
  shown: Shown,
  { sale, operations }: SmallHistory,
  events: Events,
  offsetMs: number,
): Evidence {
  if (shown === 'answers') return answersOnly(sale, operations);
  return {
    sale,
    operations:
      shown === 'answers and ledger' ? [...operations] : withSequences(operations, events),
    ledger: booksOf(sale, operations, events, offsetMs),
  };
}
