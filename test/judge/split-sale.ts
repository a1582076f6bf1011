import { copyOf, type Operation } from '../../src/history/operation.ts';
import type { RecordedHistory } from '../../src/history/parser.ts';
import { createRandom } from '../../src/kernel/random.ts';
import type { NamedHistory } from '../../src/merging/named-history.ts';

/**
 * A recorded sale as several load generators would have recorded it, each for its own buyers and on a clock of its own, which
 * is ahead or behind by up to an hour and up to 300 parts per million too fast or too slow. Now and then a buyer's call is
 * made elsewhere, as a stranger's is; of every fourth seed each call is made anywhere, as those of the scenario `bots` are.
 * The first has the ledger and the scrapes.
 */
export function splitSale(evidence: RecordedHistory, of: number, seed: number): NamedHistory[] {
  const random = createRandom(seed);
  const strays = seed % 4 === 0 ? 1 : 0.02;
  const homes = new Map<string, number>();
  const homeOf = ({ buyer = '' }: Operation): number => {
    const known = homes.get(buyer);
    if (known !== undefined && buyer !== '' && random() >= strays) return known;
    const home = Math.floor(random() * of);
    if (known === undefined) homes.set(buyer, home);
    return home;
  };
  const parts: Operation[][] = Array.from({ length: of }, () => []);
  for (const call of evidence.operations) parts[homeOf(call)]?.push(call);
  return parts.map((calls, place) => {
    const aheadNs = Math.floor(random() * 3_600e9);
    const pace = 1 + (random() * 2 - 1) * 300e-6;
    const at = (ns: number): number => Math.round(aheadNs + ns * pace);
    const { sale, ledger, books, scrapes, scrapesRecorded } = evidence;
    const operations = calls.map((call, index) => ({
      ...copyOf(call),
      id: index + 1,
      invokedAtNs: at(call.invokedAtNs),
      completedAtNs: at(call.completedAtNs),
    }));
    const isFirst = place === 0;
    return {
      path: `h${place + 1}.ndjson`,
      history: {
        sale: {
          ...sale,
          part: { number: place + 1, of },
          startedAtNs: at(sale.startedAtNs),
          // Wall clocks that are set by each other differ a little.
          startedAtMs: sale.startedAtMs + (isFirst ? 0 : Math.floor(random() * 1_000) - 500),
          evidence: { ...sale.evidence, scraped: isFirst ? sale.evidence.scraped : [] },
        },
        operations,
        books: [],
        generator: { saturated: false, reasons: [] },
        truncated: false,
        ...(isFirst && {
          ledger,
          books: books.map((reading) => ({
            ...reading,
            fromNs: at(reading.fromNs),
            toNs: at(reading.toNs),
          })),
          scrapes: scrapes?.map((scrape) => ({
            ...scrape,
            startedAtNs: at(scrape.startedAtNs),
            endedAtNs: at(scrape.endedAtNs),
          })),
          scrapesRecorded,
        }),
      },
    };
  });
}
