import type { Evidence } from '../../../src/checkers/evidence.ts';
import type { FinalLedger } from '../../../src/history/ledger-snapshot.ts';
import type { LedgerEntry } from '../../../src/protocol/ledger.ts';

/** One fact of the evidence that is not as it was, as if the server had done otherwise. */
export interface Damage {
  /** The thing, its field and the new value: `orders CONFIRMED.quantity: more`. */
  name: string;
  /** Damages a copy of the evidence. */
  apply(copy: Evidence): void;
}

/**
 * Takes one thing of several to be damaged: the middle one, because those at the edges of a sale are special. The choice rests on
 * nothing but the candidates, so that a new damage changes none of the others.
 */
export const middleOf = <T>(from: readonly T[]): T => from[Math.floor(from.length / 2)] as T;

/** A copy of the evidence that can be damaged. Rows are flat, so this takes a fraction of what `structuredClone` does. */
export function copyOfEvidence(evidence: Evidence): Evidence {
  const { sale, operations, ledger, books, scrapes } = evidence;
  const copyRows = <Row extends object>(rows: Iterable<Row>): Row[] =>
    Array.from(rows, (row) => ({ ...row }));
  const lists = Object.entries(ledger ?? {}) as [string, Iterable<LedgerEntry>][];
  return {
    ...evidence,
    sale: structuredClone(sale),
    operations: copyRows(operations),
    ...(ledger && {
      ledger: Object.fromEntries(
        lists.map(([list, rows]) => [list, copyRows(rows)]),
      ) as unknown as FinalLedger,
    }),
    ...(books && { books: structuredClone(books) }),
    ...(scrapes && {
      scrapes: scrapes.map((scrape) => ({ ...scrape, samples: copyRows(scrape.samples) })),
    }),
  };
}

/** Announces so many rows more, or less, as a server does that has these rows. */
export function announce({ books = [] }: Evidence, rows: LedgerEntry[], by: 1 | -1): void {
  for (const { row, skuId } of rows) {
    const counts = books.find((reading) => reading.skuId === skuId)?.counts;
    if (counts !== undefined) counts[row] = (counts[row] ?? 0) + by;
  }
}
