import type { Evidence } from '../../../src/checkers/evidence.ts';
import type { LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import { answersOnly, type BooksReading } from '../../../src/history/manifest.ts';
import type { LedgerRowKind } from '../../../src/protocol/ledger.ts';
import { booksOf } from './books.ts';
import type { SmallHistory } from './history.ts';
import type { Events } from './moment.ts';
import { withSequences } from './sequences.ts';

/** The kinds of evidence in which a small history is shown to the judge. */
export type Shown = 'answers' | 'answers and ledger' | 'sequences and ledger';

const KINDS: LedgerRowKind[] = [
  'inventory',
  'reservation',
  'order',
  'movement',
  'payment',
  'voucher',
  'attempt',
  'ticket',
  'reward',
  'line',
  'track',
  'bucket',
];

export const showAnswers = ({ sale, operations }: SmallHistory): Evidence => ({ sale, operations });

/** The evidence that a server leaves in which these events happened. Its ledger's clock is ahead by `offsetMs`. */
export function showEvents(
  shown: Shown,
  history: SmallHistory,
  events: Events,
  offsetMs: number,
): Evidence {
  if (shown === 'answers') return showAnswers(history);
  const { sale, operations } = history;
  const sequences = shown === 'sequences and ledger';
  const ledger = booksOf(sale, operations, events, offsetMs);
  return {
    sale: { ...sale, evidence: { ...answersOnly, ledger: KINDS, sequences } },
    operations: sequences ? withSequences(operations, events) : operations,
    ledger,
    books: sale.skus.map(({ skuId }) => readingOf(skuId, ledger)),
  };
}

/** A complete reading of a SKU's books, long after the sale. */
function readingOf(skuId: string, ledger: LedgerSnapshot): BooksReading {
  const count = (rows: { skuId: string }[]): number =>
    rows.filter((row) => row.skuId === skuId).length;
  const counts = {
    inventory: count(ledger.inventory),
    reservation: count(ledger.reservations),
    order: count(ledger.orders),
    movement: count(ledger.movements),
    payment: count(ledger.payments),
    voucher: count(ledger.vouchers),
    attempt: count(ledger.attempts),
    ticket: count(ledger.tickets),
    reward: count(ledger.rewards),
    line: count(ledger.lines),
    track: count(ledger.tracks),
    bucket: count(ledger.buckets),
  };
  return { skuId, fromNs: 10e9, toNs: 10e9, counts };
}
