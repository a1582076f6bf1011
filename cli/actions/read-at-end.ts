import { setTimeout as delay } from 'node:timers/promises';
import { addLedgerRow, emptyLedger } from '../../src/history/ledger-snapshot.ts';
import type { BooksReading } from '../../src/history/manifest.ts';
import type { SaleFacts } from '../../src/history/operation.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { countWhere } from '../../src/kernel/count-where.ts';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import type { MergedHistory } from '../../src/merging/merge-histories.ts';
import { type MetricsScrape, scrapeInstance } from '../../src/metrics/scrape.ts';
import { linesOfSale } from '../../src/metrics/stock-lines.ts';
import type { RunDeps } from '../../src/run/context.ts';
import type { AdminApi } from '../../src/run/sale/admin-api.ts';
import { readLedger } from '../../src/run/sale/read-ledger.ts';
import type { FinalBooks } from '../../src/run/sale/sale-host.ts';
import { settle } from '../../src/run/sale/settle.ts';
import type { CliContext } from '../context.ts';

/** The wall clocks of this machine and of the generators differ by less. */
const WALL_CLOCKS_NS = 7 * 24 * 3_600e9;
const SCRAPE_TRIES = 5;
const SCRAPE_PAUSE_MS = 500;

/** Opens the books of a target, by the clock that it is given. */
export type OpenBooks = (deps: Pick<RunDeps, 'clock' | 'signal' | 'onEvent'>) => FinalBooks;

/**
 * Completes the histories of several load generators, of which none waited for the others: waits until the target is at rest,
 * and reads metrics and books. That is after all calls, whatever the clocks say, because all histories were complete before.
 *
 * @throws UserError (environment) when the target cannot be asked
 */
export async function readAtEnd(
  history: MergedHistory,
  open: OpenBooks,
  { stderr }: Pick<CliContext, 'stderr'>,
): Promise<MergedHistory> {
  const { sale, endedNs, operations, scrapesRecorded } = history;
  const sinceNs = systemClock.monotonicNs();
  // The earliest that it can be now, on the clock of the history: it goes on from the last answer.
  const clock: Clock = {
    nowMs: systemClock.nowMs,
    monotonicNs: () => endedNs + systemClock.monotonicNs() - sinceNs,
  };
  const shop = open({
    ...{ clock, signal: new AbortController().signal },
    onEvent: (event) => {
      if (event.type === 'log') stderr.write(`note: ${event.line}\n`);
    },
  });
  await shop.settle({
    outcomes: { unknown: countWhere(operations, ({ outcome }) => outcome === 'info') },
  });
  const isNeeded = linesOfSale(sale.skus);
  const scrapes = await Promise.all(
    sale.evidence.scraped.map((url) => scrapeLast(url, clock, isNeeded)),
  );
  const ledger = emptyLedger();
  const books: BooksReading[] = [];
  for (const { skuId } of sale.skus) {
    books.push(await shop.readBooks(skuId, (entry) => addLedgerRow(ledger, entry)));
  }
  const invariants = await shop.askInvariants?.();
  // The latest that it can be, by the wall clock.
  const wallNs = sale.startedAtNs + (systemClock.nowMs() - sale.startedAtMs) * 1e6;
  const aheadNs = Math.max(0, wallNs - clock.monotonicNs());
  return {
    ...history,
    ledger,
    books: books.map((reading) => ({ ...reading, toNs: reading.toNs + aheadNs })),
    ...(invariants && { invariants }),
    ...(scrapes.length > 0 && { scrapes: [...(history.scrapes ?? []), ...scrapes] }),
    ...(scrapesRecorded !== undefined && { scrapesRecorded: scrapesRecorded + scrapes.length }),
    merged: { ...history.merged, isReadLast: true },
  };
}

/** The ledger of servers of ours. */
export const ledgerOf =
  (admin: AdminApi, { skus, holdTtlMs = Number.POSITIVE_INFINITY }: SaleFacts): OpenBooks =>
  (deps) => ({
    settle: (load) =>
      settle(
        admin,
        { skuIds: skus.map(({ skuId }) => skuId), holdTtlMs, paymentsTakeMs: 0, load },
        deps,
      ),
    readBooks: (skuId, onEntry) => readLedger(admin, skuId, deps.clock.monotonicNs, onEntry),
  });

async function scrapeLast(
  instance: string,
  clock: Clock,
  isNeeded: (line: string) => boolean,
): Promise<MetricsScrape> {
  for (let tries = 1; ; tries++) {
    try {
      const scrape = await scrapeInstance(instance, clock, isNeeded);
      return { ...scrape, endedAtNs: scrape.endedAtNs + WALL_CLOCKS_NS };
    } catch (cause) {
      if (tries === SCRAPE_TRIES) {
        throw UserError.environment(`the metrics of ${instance} cannot be read`, {
          why: rootMessage(cause),
          next: 'run this where the addresses that the generators called can be reached, while the servers still run',
          cause,
        });
      }
      await delay(SCRAPE_PAUSE_MS);
    }
  }
}
