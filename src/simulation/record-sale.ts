import type { RecordedHistory } from '../history/parser.ts';
import { createHistoryFile } from '../history/recorder.ts';
import type { LedgerEntry } from '../protocol/ledger.ts';

/** Records a simulated sale in a file, as a run does with a real one. */
export async function recordSale(path: string, recorded: RecordedHistory): Promise<void> {
  const { sale, operations, scrapes = [], books, ledger = {}, generator } = recorded;
  const history = createHistoryFile(path, sale, { nowMs: () => 0, monotonicNs: () => 0 });
  const events = operations.flatMap((operation) => [
    { atNs: operation.invokedAtNs, operation, isAnswer: false },
    ...(operation.outcome === 'info'
      ? []
      : [{ atNs: operation.completedAtNs, operation, isAnswer: true }]),
  ]);
  // Readers take answers in any order behind their calls; those of a run stand in the order of time.
  events.sort((a, b) => a.atNs - b.atNs);
  for (const { atNs, operation, isAnswer } of events) {
    if (isAnswer) history.complete(operation.id, operation, atNs);
    else history.invoke(operation, atNs);
  }
  for (const scrape of scrapes) history.scrape(scrape);
  if (generator !== undefined) history.generator(generator);
  for (const rows of Object.values(ledger)) {
    for (const row of rows as Iterable<LedgerEntry>) history.ledger(row);
  }
  for (const reading of books) history.books(reading);
  await history.close();
}
