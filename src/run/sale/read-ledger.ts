import { addLedgerRow, emptyLedger, type FinalLedger } from '../../history/ledger-snapshot.ts';
import type { BooksReading } from '../../history/manifest.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { LedgerEntry } from '../../protocol/ledger.ts';
import type { AdminApi } from './admin-api.ts';

/**
 * Reads the final ledger of one SKU, and hands each row to `onEntry`. A stream that breaks off, or that is no ledger,
 * gives a reading with a `problem` or without counts: half a ledger looks as if the server had lost the other half.
 *
 * @throws UserError (environment) when no instance answers, or the token is not an administrator's
 */
export async function readLedger(
  admin: Pick<AdminApi, 'readLedger'>,
  skuId: string,
  nowNs: () => number,
  onEntry: (entry: LedgerEntry) => void,
): Promise<BooksReading> {
  const fromNs = nowNs();
  let counts: BooksReading['counts'];
  let problem: string | undefined;
  try {
    for await (const row of admin.readLedger(skuId)) {
      if (counts !== undefined) {
        problem = 'rows follow the end of the ledger';
        break;
      }
      if (row.row === 'end') counts = row.counts;
      else onEntry(row);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    problem = rootMessage(error);
  }
  return { skuId, fromNs, toNs: nowNs(), counts, problem };
}

/**
 * Reads the final ledgers of some SKUs, one after the other, as one.
 *
 * @throws as `readLedger`
 */
export async function readLedgers(
  admin: Pick<AdminApi, 'readLedger'>,
  skus: readonly { skuId: string }[],
  nowNs: () => number,
): Promise<{ ledger: FinalLedger; books: BooksReading[] }> {
  const ledger = emptyLedger();
  const books: BooksReading[] = [];
  for (const { skuId } of skus) {
    books.push(await readLedger(admin, skuId, nowNs, (entry) => addLedgerRow(ledger, entry)));
  }
  return { ledger, books };
}
