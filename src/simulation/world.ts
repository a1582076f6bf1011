import type { SaleFacts, SkuOnSale } from '../history/operation.ts';
import { createRandom } from '../kernel/random.ts';
import { LedgerRowKind } from '../protocol/ledger.ts';
import { referenceTarget } from '../target/reference.ts';
import type { Bug } from './bugs.ts';
import { consumers } from './consumers.ts';
import type { Flow } from './flows.ts';
import { createLedgerClock, type LedgerClock } from './ledger-clock.ts';
import { priceOf } from './prices.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface SimulationOptions {
  seed: number;
  buyers: number;
  /** Units of each SKU. */
  total: number;
  skus?: number;
  quantityMax?: number;
  unitsPerBuyerMax?: number;
  holdTtlMs?: number;
  sweepGraceMs?: number;
  /** Buyers per second. */
  arrivalRate?: number;
  /** Share of calls whose answer is lost, half of them after they took effect. */
  lossRate?: number;
  instances?: number;
  /** False: nobody asks for metrics, of which many SKUs have too many. */
  isScraped?: boolean;
  /** Kills the first instance half-way through; everything it counted since its last scrape is lost. */
  isKilled?: boolean;
  flow?: Flow;
  /** Share of calls that are sent more than once, with one Idempotency-Key. */
  retryRate?: number;
  /** Share of holds, orders and vouchers that somebody else tries to use. */
  theftRate?: number;
  /** Share of visits that begin and end with a look at the stock. */
  readRate?: number;
  /** Share of visits that tell the analytics of some events, now and then twice at once. */
  trackRate?: number;
  /** Share of visits that want several SKUs in a basket: all or none. */
  basketRate?: number;
  /** The longest time that the payment provider takes. */
  paymentMs?: number;
  /** The longest time that a reserve call waits for its turn; the ledger dates its hold from before the wait. */
  lockWaitMs?: number;
  /** Calls that come within this time are committed together, at one time; 0: each by itself. */
  batchMs?: number;
  /** The age of the memory by which the server may refuse buyers; 0: it asks the ledger each time. */
  refusalLagMs?: number;
  /** The time by which the ledger's clock is ahead of the history's when the sale begins. */
  clockAheadMs?: number;
  /** Share of visits to a campaign that try to reserve its units instead. */
  sideDoorRate?: number;
  /** The time from which on a campaign is open, and that from which on it is not, by the ledger's clock. */
  opensMs?: number;
  closesMs?: number;
  /** The parts per million by which the ledger's clock is too fast. */
  clockGainPpm?: number;
  bug?: Bug;
}

/** The parts that everybody in the simulation shares. */
export interface World {
  options: Required<Omit<SimulationOptions, 'bug'>>;
  bug: Bug | undefined;
  sale: SaleFacts;
  /** The ids of the SKUs on sale. */
  skus: string[];
  timeline: Timeline;
  /** The clock by which the ledger dates its rows and ends holds. */
  clock: LedgerClock;
  random(): number;
  /** A random time that a message takes. */
  networkNs(): number;
  /** A random time up to this one. */
  upToMs(longestMs: number): number;
  /** The moment at which something that is ready at `atNs` is committed. */
  commitNs(atNs: number): number;
  /** Number of times that the bug did harm. */
  harm: number;
  /** True, in this share of the cases, if this is the bug. Counts the harm that it does then. */
  errs(bug: Bug, share?: number): boolean;
  /** True when the first instance was killed. */
  wasKilled: boolean;
}

export const STARTED_AT_MS = Date.UTC(2026, 0, 1, 12);
export const NS_PER_MS = 1e6;

export function createWorld({ bug, ...given }: SimulationOptions): World {
  const quantityMax = given.quantityMax ?? 1;
  const options = {
    skus: 1,
    quantityMax,
    unitsPerBuyerMax: quantityMax,
    holdTtlMs: 200,
    sweepGraceMs: 50,
    arrivalRate: 2_000,
    lossRate: 0,
    instances: 1,
    isScraped: true,
    isKilled: false,
    flow: 'reserve' as const,
    retryRate: 0,
    theftRate: 0.02,
    readRate: 0.05,
    trackRate: 0,
    basketRate: 0,
    paymentMs: 0,
    lockWaitMs: 0,
    batchMs: 0,
    refusalLagMs: 0,
    clockAheadMs: 0,
    clockGainPpm: 0,
    sideDoorRate: 0,
    opensMs: Number.NEGATIVE_INFINITY,
    closesMs: Number.POSITIVE_INFINITY,
    ...given,
  };
  const random = createRandom(options.seed);
  const timeline = createTimeline();
  const skus = Array.from({ length: options.skus }, (_, place) => `SKU-${place + 1}`);
  const batchNs = options.batchMs * NS_PER_MS;
  const world: World = {
    options,
    bug,
    sale: factsOf(options, skus),
    skus,
    timeline,
    clock: createLedgerClock(timeline, {
      aheadNs: options.clockAheadMs * NS_PER_MS,
      gainPpm: options.clockGainPpm,
      startedAtMs: STARTED_AT_MS,
    }),
    random,
    networkNs: () => 1 + Math.floor(random() * random() * 5 * NS_PER_MS),
    upToMs: (longestMs) => Math.floor(random() * longestMs * NS_PER_MS),
    commitNs: (atNs) => (batchNs === 0 ? atNs : Math.ceil(atNs / batchNs) * batchNs),
    harm: 0,
    errs(name, share = 1) {
      if (bug !== name || random() >= share) return false;
      world.harm++;
      return true;
    },
    wasKilled: false,
  };
  return world;
}

const factsOf = (options: World['options'], skus: string[]): SaleFacts => ({
  scenario: 'simulated',
  target: instancesOf(options),
  skus: skus.map((skuId) => ({
    ...{ skuId, total: options.total, unitPrice: priceOf(skuId, 1, options.flow) },
    ...((options.flow === 'register' || options.flow === 'quest') && offerOf(options)),
    ...(options.flow === 'quest' && { isReward: true }),
    ...(options.flow === 'tickets' && { soldBy: 'tickets' as const }),
  })),
  unitsPerBuyerMax: options.unitsPerBuyerMax,
  holdTtlMs: options.holdTtlMs,
  sweepGraceMs: options.sweepGraceMs,
  refusalLagMs: options.refusalLagMs,
  refusals: referenceTarget.refusals,
  sellOutExpected: true,
  startedAtMs: STARTED_AT_MS,
  startedAtNs: 0,
  evidence: {
    ledger: [...LedgerRowKind.options],
    sequences: options.flow !== 'attempt',
    oneClock: true,
    consumers: consumers(),
    scraped: options.isScraped ? instancesOf(options) : [],
    scrapedAll: true,
    generator: true,
  },
});

/** A campaign's units are sold by registration alone, within its hours. */
const offerOf = ({ opensMs, closesMs }: World['options']): Partial<SkuOnSale> => ({
  soldBy: 'campaign',
  ...(Number.isFinite(opensMs) && { opensAt: isoOf(opensMs) }),
  ...(Number.isFinite(closesMs) && { closesAt: isoOf(closesMs) }),
});

const isoOf = (ms: number): string => new Date(STARTED_AT_MS + ms).toISOString();

const instancesOf = ({ instances }: World['options']): string[] =>
  Array.from({ length: instances }, (_, place) => `http://instance-${place}`);

export const isDead = ({ wasKilled }: World, instance: number): boolean =>
  wasKilled && instance === 0;

/** Picks one of some things. */
export const pick = <Thing>({ random }: World, things: Thing[]): Thing =>
  things[Math.floor(random() * things.length)] as Thing;

/** Makes a UUID that tells the sort of thing by its first digit, and the single thing by its last ones. */
export const idOf = (space: 'a' | 'b' | 'c' | 'd' | 'e' | 'f', number: number): string =>
  `${space}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** Somebody who never comes to the sale. */
export const STRANGER = idOf('b', 0xffffff);
