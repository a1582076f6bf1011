import type { BooksReading } from '../../history/manifest.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { createHistoryFile, type HistoryFile } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { LoadResult } from '../../load/result.ts';
import { createScraper, type MetricsScrape } from '../../metrics/scrape.ts';
import { linesOfSale } from '../../metrics/stock-lines.ts';
import type { LedgerEntry } from '../../protocol/ledger.ts';
import type { Resource } from '../../stack/resource.ts';
import type { RunDeps } from '../context.ts';
import type { SkuStock } from '../events.ts';
import type { HostedSale } from './sale-host.ts';
import { createStockView } from './stock-view.ts';

const SCRAPE_INTERVAL_MS = 1_000;
/** An instance that restarts after a fault answers within this time. */
const LAST_SCRAPE_WITHIN_MS = 15_000;

type Books = Pick<HostedSale, 'readBooks' | 'askInvariants'>;

/** The evidence of a sale while it is recorded. */
export interface SaleEvidence {
  /** Records the operations of the load. */
  history: HistoryFile;
  /**
   * Records the last scrape, the facts of the load generator and the final ledger. Answers with the ledger's stock.
   *
   * @param shop absent: somebody else reads the books
   */
  complete(generator: LoadResult['generator'], shop?: Books): Promise<SkuStock[]>;
}

/** Creates the history and starts to scrape the targets into it; each scrape is also passed on as a `stock` event. */
export async function startEvidence(
  historyPath: string,
  sale: SaleFacts,
  {
    clock,
    onEvent,
    onScrape,
    scope,
  }: Pick<RunDeps, 'clock' | 'onEvent' | 'scope'> & { onScrape?(scrape: MetricsScrape): void },
): Promise<SaleEvidence> {
  const history = await scope.start(historyFile(historyPath, sale, clock));
  const stockView = createStockView(sale.skus);
  const told = new Set<string>();
  const scraper = createScraper({
    instances: () => sale.evidence.scraped,
    intervalMs: SCRAPE_INTERVAL_MS,
    clock,
    isNeeded: linesOfSale(sale.skus),
    onScrape(scrape) {
      history.scrape(scrape);
      onScrape?.(scrape);
      onEvent({ type: 'stock', stock: stockView.update(scrape) });
    },
    onFailure(_instance, error) {
      // One that does not answer may have been killed on purpose, and the verdict names those that were not scraped.
      if (!(error instanceof UserError) || told.has(error.message)) return;
      told.add(error.message);
      onEvent({ type: 'log', line: `${describeUserError(error)}; ${error.next}` });
    },
  });
  await scope.start({ name: 'the scraper', start: scraper.start, stop: () => scraper.stop() });

  async function recordBooks(shop: Books): Promise<SkuStock[]> {
    const stock = await recordLedger(shop, sale.skus, history, clock);
    for (const result of (await shop.askInvariants?.()) ?? []) history.invariant(result);
    onEvent({ type: 'stock', stock });
    return stock;
  }

  return {
    history,
    async complete(generator, shop) {
      await scraper.stop({ withinMs: LAST_SCRAPE_WITHIN_MS });
      history.generator(generator);
      const stock = shop === undefined ? [] : await recordBooks(shop);
      await history.close();
      return stock;
    },
  };
}

/**
 * The history as a resource: it is closed even if the run fails, so that a history that is kept is complete up to then.
 */
function historyFile(path: string, sale: SaleFacts, clock: Clock): Resource<HistoryFile> {
  let file: HistoryFile | undefined;
  return {
    name: `the history ${path}`,
    async start() {
      file = createHistoryFile(path, sale, clock);
      return file;
    },
    stop: async () => file?.close(),
  };
}

/**
 * Records the final ledger of every SKU. A server that is gone gives no ledger: its reading is recorded with the reason,
 * because the rest of the evidence is still worth a verdict.
 */
async function recordLedger(
  shop: Books,
  skus: SaleFacts['skus'],
  history: Pick<HistoryFile, 'ledger' | 'books'>,
  clock: Clock,
): Promise<SkuStock[]> {
  const stock: SkuStock[] = [];
  for (const { skuId, total } of skus) {
    const fromNs = clock.monotonicNs();
    const recordEntry = (entry: LedgerEntry): void => {
      history.ledger(entry);
      if (entry.row === 'inventory') {
        const { available, reserved, sold } = entry;
        // Books that have no such column do not tell how many units were held or sold, so there is no sum to show.
        if (available === null || reserved === null || sold === null) return;
        stock.push({ skuId, total, available, held: reserved, sold });
      }
    };
    const reading = await shop.readBooks(skuId, recordEntry).catch((error): BooksReading => {
      if (!(error instanceof UserError)) throw error;
      return { skuId, fromNs, toNs: clock.monotonicNs(), problem: describeUserError(error) };
    });
    history.books(reading);
  }
  return stock;
}

const describeUserError = ({ message, why }: UserError): string => `${message}: ${why}`;
