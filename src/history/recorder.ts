import type { Clock } from '../kernel/clock.ts';
import { UserError } from '../kernel/errors.ts';
import { serverMetrics } from '../metrics/catalogue.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import type { LedgerEntry } from '../protocol/ledger.ts';
import { openChunkedFile } from './chunked-file.ts';
import type { CountedFact } from './counted.ts';
import type { Fault } from './fault.ts';
import { HISTORY_VERSION, LINE_BYTES_MAX } from './format.ts';
import type { InvariantResult } from './invariant.ts';
import type { BooksReading } from './manifest.ts';
import { mergeParts } from './merge-parts.ts';
import type { SaleFacts } from './operation.ts';
import {
  createOperationWriter,
  type HistoryCounts,
  type HistoryRecorder,
} from './operation-writer.ts';
import type { RecordedPhase } from './recorded-phase.ts';

/** A recorder into a file with all the evidence of one run, so that the same verdict can be reached from the file later. */
export interface HistoryFile extends HistoryRecorder {
  path: string;
  /**
   * Records a scrape without the stock of SKUs that are not on sale: a server shows all that it has, and no check reads it.
   *
   * @throws UserError (environment) when it is longer than a line of a history may be
   */
  scrape(scrape: MetricsScrape): void;
  /** Records one row of the final ledger. */
  ledger(row: LedgerEntry): void;
  /** Records how the ledger of a SKU was read. Call it after the SKU's rows. */
  books(reading: BooksReading): void;
  /** Records the result of an assertion of the user's own. */
  invariant(result: InvariantResult): void;
  counted(fact: CountedFact): void;
  /** Records something that the run broke on purpose. */
  fault(fault: Fault): void;
  /** Records a part of the load's plan once the load is over. */
  phase(phase: RecordedPhase): void;
  generator(facts: { saturated: boolean; reasons: string[] }): void;
  /** Adds the operations of parts that were recorded elsewhere, in the order of their times. */
  adopt(partPaths: string[]): Promise<void>;
  counts(): HistoryCounts;
  /**
   * Writes the closing line and everything that is still buffered.
   *
   * @throws UserError (environment) when anything of the history could not be written
   */
  close(): Promise<void>;
}

/** Records nothing, for a load without a verdict. */
export const noHistory: HistoryRecorder & Pick<HistoryFile, 'adopt'> = {
  invoke: () => 0,
  complete() {},
  async adopt() {},
};

/**
 * Creates (or empties) the history at `path`, its folders too, in the format of `format.ts`. Times are those of
 * `clock.monotonicNs()`.
 *
 * @throws UserError (environment) when the file cannot be created
 */
export function createHistoryFile(path: string, sale: SaleFacts, clock: Clock): HistoryFile {
  const file = openChunkedFile(path, { name: 'the history', option: '--history FILE' });
  const counts: HistoryCounts = { invoked: 0, ok: 0, fail: 0, info: 0 };

  let scrapes = 0;
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));

  // `version` comes first, so that a reader can refuse the file by its first few bytes.
  file.append(`${JSON.stringify({ type: 'sale', version: HISTORY_VERSION, ...sale })}\n`);

  return {
    path,
    ...createOperationWriter(file, counts, clock),
    scrape(scrape) {
      const samples = scrape.samples.filter(
        ({ name, labels }) => !STOCK_GAUGES.has(name) || onSale.has(labels.sku ?? ''),
      );
      const line = `${JSON.stringify({ type: 'scrape', ...scrape, samples })}\n`;
      if (Buffer.byteLength(line) > LINE_BYTES_MAX) throw tooLong(scrape);
      scrapes++;
      file.append(line);
    },
    ledger: (row) => file.append(`${JSON.stringify({ type: 'ledger', entry: row })}\n`),
    books: (reading) => file.append(`${JSON.stringify({ type: 'books', ...reading })}\n`),
    counted: (fact) => file.append(`${JSON.stringify({ type: 'counted', ...fact })}\n`),
    invariant: (result) => file.append(`${JSON.stringify({ type: 'invariant', ...result })}\n`),
    fault: (fault) => file.append(`${JSON.stringify({ type: 'fault', ...fault })}\n`),
    phase: (phase) => file.append(`${JSON.stringify({ type: 'phase', ...phase })}\n`),
    generator: (facts) => file.append(`${JSON.stringify({ type: 'generator', ...facts })}\n`),
    async adopt(partPaths) {
      const open = partPaths.map(() => new Map<number, number>());
      for await (const lines of mergeParts(partPaths)) {
        for (const { type, id: idInPart, atNs, rest, part } of lines) {
          const ids = open[part] as Map<number, number>;
          let id: number | undefined;
          if (type === 'invoke') {
            id = ++counts.invoked;
            ids.set(idInPart, id);
          } else {
            id = ids.get(idInPart);
            ids.delete(idInPart);
            counts[type]++;
          }
          file.append(`{"type":"${type}","id":${id},"at":${atNs}${rest}\n`);
        }
      }
    },
    counts: () => ({ ...counts }),
    async close() {
      file.append(`${JSON.stringify({ type: 'end', invoked: counts.invoked, scrapes })}\n`);
      await file.close();
    },
  };
}

const STOCK_GAUGES: ReadonlySet<string> = new Set([
  serverMetrics.stockUnits.name,
  serverMetrics.oversoldUnits.name,
]);

const tooLong = ({ instance }: MetricsScrape): UserError =>
  UserError.environment(`the metrics of ${instance} cannot be recorded`, {
    why: `they are longer than a line of a history may be, ${LINE_BYTES_MAX / 2 ** 20} MiB`,
    next: 'sell fewer SKUs in one run: there is room for the stock of some 70,000',
  });

/** A recorder of operations alone. A history adopts its file later. */
export interface HistoryPart extends HistoryRecorder {
  /** @throws UserError (environment) when anything could not be written */
  close(): Promise<void>;
}

/** @throws UserError (environment) when the file cannot be created */
export function createHistoryPart(path: string, clock: Clock): HistoryPart {
  const file = openChunkedFile(path, { name: 'a part of the history', option: '--history FILE' });
  const counts: HistoryCounts = { invoked: 0, ok: 0, fail: 0, info: 0 };
  return { ...createOperationWriter(file, counts, clock), close: file.close };
}
