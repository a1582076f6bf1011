import type { SaleFacts } from '../../../history/operation.ts';
import { lazy, memoized } from '../../../kernel/memo.ts';
import { skuName } from '../../../kernel/wording.ts';
import { serverMetrics } from '../../../metrics/catalogue.ts';
import type { InstanceCounters } from '../../../metrics/counters.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import type { Evidence } from '../../evidence.ts';
import { timeOfDay } from '../../prose.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import type { MovementRow } from '../../reading/rows.ts';
import { type Disagreement, firstFound } from './instance.ts';

/** The units of a SKU as a scrape shows them. */
interface Reading {
  available: number;
  reserved: number;
  sold: number;
}

/** The units of a SKU after a movement. Those that are reserved are the rest: the readings add up to the total. */
type State = Pick<Reading, 'available' | 'sold'>;

/** A reading may be as old as this: the server keeps one for a second, and a busy database takes its time. */
const STALE_NS = 10e9;

/**
 * Finds a scrape whose gauges of the stock cannot be: units oversold, counts that do not add up, or counts that the ledger
 * never had. A process reads the ledger again and again, so its readings must be states of the ledger in their order.
 */
export function againstStockGauges(
  instances: InstanceCounters[],
  evidence: Evidence,
): Disagreement | undefined {
  for (const { scrapes, processes } of instances) {
    const readNs = (scrapes.at(-1)?.startedAtNs ?? 0) - STALE_NS;
    const answered = lazy(() => highestAnswered(readNs, evidence));
    const toldOf = (skuId: string): number => answered().get(skuId) ?? 0;
    for (const sku of evidence.sale.skus) {
      const found =
        inOneScrape(scrapes, sku, evidence) ??
        firstFound(processes, (ofProcess) => {
          const isLast = ofProcess === processes.at(-1);
          return inOrder(ofProcess, sku, isLast ? toldOf : () => 0, evidence);
        });
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

type SkuOnSale = Evidence['sale']['skus'][number];

/** Finds units of a SKU that an instance itself counts as oversold. */
export function oversoldInScrape(
  scrape: MetricsScrape,
  skuId: string,
  sale: SaleFacts,
): Disagreement | undefined {
  const oversold = gauge(scrape, serverMetrics.oversoldUnits.name, skuId);
  if (oversold === undefined || oversold === 0) return undefined;
  const what = `${serverMetrics.oversoldUnits.name} shows ${oversold} for ${skuName(skuId)}`;
  return describe(scrape, what, 'It counts the units held or sold beyond the total.', sale);
}

function inOneScrape(
  scrapes: MetricsScrape[],
  { skuId, total }: SkuOnSale,
  evidence: Evidence,
): Disagreement | undefined {
  for (const scrape of scrapes) {
    const oversold = oversoldInScrape(scrape, skuId, evidence.sale);
    if (oversold !== undefined) return oversold;
    const reading = readingOf(scrape, skuId);
    if (reading === undefined) continue;
    const { available, reserved, sold } = reading;
    const isNegative = Math.min(available, reserved, sold) < 0;
    if (!isNegative && available + reserved + sold === total) continue;
    const why = isNegative
      ? 'No number of units is below 0.'
      : `${skuName(skuId)} has ${total} units, and each is available, reserved or sold.`;
    return describe(scrape, inWords(skuId, reading), why, evidence.sale);
  }
  return undefined;
}

/**
 * Follows the movements of the ledger along the readings of one process.
 *
 * @param toldOf the number of the movement of a SKU that the last reading must know of
 */
function inOrder(
  scrapes: MetricsScrape[],
  { skuId, total }: SkuOnSale,
  toldOf: (skuId: string) => number,
  evidence: Evidence,
): Disagreement | undefined {
  const { index: ledger } = indexLedger(evidence);
  if (ledger === undefined || !ledger.keeps('movement')) return undefined;
  const movements = ledger.movementsBySku.get(skuId) ?? [];
  // Movements that do not begin with the first, or have gaps, are for another check to judge.
  if (movements.some(({ sequence }, place) => sequence !== place + 1)) return undefined;

  const state: State = { available: total, sold: 0 };
  let moved = 0;
  const last = scrapes.at(-1);
  for (const scrape of scrapes) {
    const reading = readingOf(scrape, skuId);
    if (reading === undefined) continue;
    const least = scrape === last ? toldOf(skuId) : 0;
    const from = moved;
    while (moved < least || !isSame(state, reading)) {
      const movement = movements[moved];
      if (movement === undefined) {
        const why = `The ledger had no such state from its movement ${Math.max(from, least)} on.`;
        return describe(scrape, inWords(skuId, reading), why, evidence.sale);
      }
      move(state, movement);
      moved++;
    }
  }
  return undefined;
}

/** By SKU, the highest number of a movement that a buyer had been told of by a moment. */
function highestAnswered(beforeNs: number, { operations }: Evidence): Map<string, number> {
  const highest = new Map<string, number>();
  for (const { sku, sequence, completedAtNs } of operations) {
    if (sequence === undefined || sku === undefined) continue;
    if (completedAtNs < beforeNs) highest.set(sku, Math.max(highest.get(sku) ?? 0, sequence));
  }
  return highest;
}

function move(state: State, { kind, quantity }: MovementRow): void {
  if (kind === 'SOLD') state.sold += quantity;
  if (kind === 'RETURNED') state.sold -= quantity;
  if (kind === 'RESERVED') state.available -= quantity;
  else if (kind !== 'SOLD') state.available += quantity;
}

const isSame = (state: State, reading: Reading): boolean =>
  state.available === reading.available && state.sold === reading.sold;

/** The units that a scrape shows; undefined unless it shows all of them. */
function readingOf(scrape: MetricsScrape, skuId: string): Reading | undefined {
  const of = (state: string) => gauge(scrape, serverMetrics.stockUnits.name, skuId, state);
  const [available, reserved, sold] = [of('available'), of('reserved'), of('sold')];
  return available === undefined || reserved === undefined || sold === undefined
    ? undefined
    : { available, reserved, sold };
}

function gauge(
  scrape: MetricsScrape,
  wanted: string,
  skuId: string,
  state?: string,
): number | undefined {
  return gaugesOf(scrape).get(gaugeKey(wanted, state, skuId));
}

const GAUGES: ReadonlySet<string> = new Set([
  serverMetrics.oversoldUnits.name,
  serverMetrics.stockUnits.name,
]);

/** The gauges of the stock that a scrape shows. It may show those of a million SKUs. */
const gaugesOf = memoized(({ samples }: MetricsScrape): Map<string, number> => {
  const gauges = new Map<string, number>();
  for (const { name, labels, value } of samples) {
    if (!GAUGES.has(name)) continue;
    gauges.set(gaugeKey(name, labels.state, labels.sku), value);
  }
  return gauges;
});

const gaugeKey = (name: string, state: string | undefined, sku: string | undefined): string =>
  `${name} ${state} ${sku}`;

const inWords = (skuId: string, { available, reserved, sold }: Reading): string =>
  `${serverMetrics.stockUnits.name} shows ${available} available, ${reserved} reserved and ${sold} sold of ${skuName(skuId)}`;

function describe(scrape: MetricsScrape, what: string, why: string, sale: SaleFacts): Disagreement {
  const at = timeOfDay(scrape.endedAtNs, sale);
  return {
    summary: `${what} at ${scrape.instance}, scraped at ${at}`,
    witness: { prose: `At ${at}, ${scrape.instance} was scraped: ${what}. ${why}`, operations: [] },
  };
}
