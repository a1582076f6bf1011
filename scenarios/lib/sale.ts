import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Scenario } from 'k6/options';
import type { OperationName, Shop } from './description.ts';

/**
 * The plan of a sale: the units on sale and the number of buyers. `flashsale-cli` reads it before the run starts,
 * creates the products and the buyers on the server, and compares the outcome with it. Flags such as `--stock` reach a
 * scenario through `__ENV`.
 */
export interface SalePlan {
  /**
   * Operations that the shop must have; of a list, one of them. `key`: its calls can be repeated with a key; `hold-ttl`: the
   * lifetime of its reservations is known; `later`: its attempts are decided later.
   */
  needs?: (Need | Need[])[];
  /**
   * Units on sale. With `skus`, the units of all SKUs together, split in the proportion of theirs: so `--stock 10` makes
   * 6 and 4 of 600 and 400. Every SKU gets one unit at least; of fewer units than SKUs, the first SKUs get one each, and
   * the others are not on sale.
   */
  stock?: number;
  /**
   * The SKUs on sale: products, campaigns or flash sales. Absent: one with all of `stock`. `price` is that of one unit,
   * such as `"19.00"`; absent: each SKU has another price.
   */
  skus?: { stock: number; price?: string }[];
  /** The most units of one SKU that a buyer reserves at once, up to ten. Absent: one. */
  unitsPerBuyerMax?: number;
  /** Number of buyers. Each has an account and a token. */
  buyers: number;
  /** Lifetime of a reservation. Absent: the server's default of two minutes. */
  holdTtlMs?: number;
  /** API that the scenario calls, by the name of its target. Absent: that of the reference server. */
  api?: string;
  /**
   * The way of selling; `quest`: vouchers of campaigns, each given to those who complete the quest of its id. Absent:
   * `reservations`, which buyers make and then check out.
   */
  sells?: 'reservations' | 'campaign' | 'flash-sale' | 'tickets' | 'quest';
  /**
   * Behaviour of the payment provider. Absent: it charges at once. Rates are shares of all payments. A charge that
   * hangs gets no answer, and half of these charges were made all the same.
   */
  payments?: {
    latencyMs?: number;
    declineRate?: number;
    hangRate?: number;
    /** True: charges are accepted at once and decided by webhook after `latencyMs`. */
    async?: boolean;
    duplicateWebhooks?: boolean;
  };
  /**
   * Hours of the campaigns or flash sales, counted from the moment at which they are put on sale, which is a little before
   * the load begins. Absent: they are on all the time.
   */
  hours?: { opensAfterMs: number; closesAfterMs: number };
  /**
   * Redis loses all its data: `afterMs` after the load began, and then every `everyMs` (absent: each second) until it did
   * so `times` times (absent: once). A run that did not start a Redis itself (`--redis`) refuses such a sale.
   */
  redisAmnesia?: { afterMs: number; everyMs?: number; times?: number };
  /**
   * Situations that the scenario causes besides selling out. A run in which one of them did not occur proves nothing.
   */
  challenges?: (
    | 'hold-race'
    | 'cancelled-order'
    | 'late-payment'
    | 'double-redemption'
    | 'double-check-in'
    | 'repeated-call'
    | 'shared-account'
    | 'stranger'
    | 'repeated-read'
    | 'several-units'
    | 'half-basket'
    | 'several-skus'
    | 'abandoned-hold'
    | 'redis-amnesia'
    | 'other-door'
    | 'out-of-hours'
  )[];
  /** False for a scenario that is not meant to sell out: units that remain are then no reason for doubt. */
  sellOutExpected?: boolean;
}

/** An operation, or something else that not every shop has. */
export type Need = OperationName | 'key' | 'hold-ttl' | 'later';

/** Returns the scenario's plan with the numbers of the command line, if it has any. `stock` is all units on sale. */
export function planSale(defaults: SalePlan): SalePlan & { stock: number } {
  const planned = (defaults.skus || []).reduce((units, { stock }) => units + stock, 0);
  const holdTtlMs = Number(__ENV.FLASHSALE_HOLD_TTL_MS || defaults.holdTtlMs || 0);
  return {
    ...defaults,
    ...(holdTtlMs > 0 ? { holdTtlMs } : {}),
    stock: Number(__ENV.FLASHSALE_STOCK || defaults.stock || planned),
    buyers: Number(__ENV.FLASHSALE_BUYERS || defaults.buyers),
  };
}

/**
 * Splits the buyers into two k6 scenarios. The crowd, a fifth of the buyers, starts at once and competes for all units
 * (`fromCrowd`). The others arrive at a steady rate once most of the crowd is done, and buy units that were given back
 * (`fromStream`).
 *
 * @returns the size of the crowd, and the scenarios for `options`
 */
export function crowdThenStream(
  buyers: number,
  stream: { startTime: string; seconds: number },
): { crowd: number; scenarios: Record<string, Scenario> } {
  const crowd = Math.ceil(buyers / 5);
  return {
    crowd,
    scenarios: {
      crowd: {
        executor: 'shared-iterations',
        exec: 'fromCrowd',
        vus: Math.min(200, crowd),
        iterations: crowd,
        maxDuration: '1m',
      },
      stream: {
        executor: 'constant-arrival-rate',
        exec: 'fromStream',
        startTime: stream.startTime,
        rate: Math.ceil((buyers - crowd) / stream.seconds),
        timeUnit: '1s',
        duration: `${stream.seconds}s`,
        preAllocatedVUs: 200,
        maxVUs: 1_000,
      },
    },
  };
}

/** A buyer. Other fields are what the shop knows them by, such as a token. */
export interface Buyer {
  userId: string;
}

/** Something on sale. Other fields are further names of it. */
export interface Sku {
  skuId: string;
  total: number;
  /** The only way in which it is sold, and its hours as ISO times; absent where that is not known. */
  soldBy?: 'reservations' | 'campaign' | 'flash-sale' | 'tickets';
  opensAt?: string;
  closesAt?: string;
}

interface SeededSale {
  skus: Sku[];
  buyers: Buyer[];
  /** The organizer, who lets tickets in; absent where none are sold. */
  organizer?: Buyer;
  seed: number;
  shop: Shop;
}

let read: SeededSale | undefined;

/** The sale file. It is parsed once for all arrays, because it holds a token for each of thousands of buyers. */
function readSale(): SeededSale {
  read = read || (JSON.parse(open(__ENV.FLASHSALE_SALE as string)) as SeededSale);
  return read;
}

const sales = new SharedArray<Omit<SeededSale, 'shop' | 'buyers'>>('sale', () => {
  const { skus, seed, organizer } = readSale();
  return [{ skus, seed, ...(organizer === undefined ? {} : { organizer }) }];
});
const shops = new SharedArray<Shop>('shop', () => [readSale().shop]);
const buyers = new SharedArray<Buyer>('buyers', () => readSale().buyers);
read = undefined;

let shop: Shop | undefined;

/** The description of the shop. */
export function theShop(): Shop {
  shop = shop || (shops[0] as Shop);
  return shop;
}

/**
 * A SKU on sale: the one with this number, counted from 0; after the last SKU the numbers start again with the first.
 * Without a number, the one that this iteration wants: more iterations want a SKU that has more units.
 */
export function skuOnSale(number?: number): Sku {
  const { skus } = sales[0] as SeededSale;
  if (number !== undefined) return skus[number % skus.length] as Sku;
  let unit = decide(SKU_SALT) * skus.reduce((units, { total }) => units + total, 0);
  const wanted = skus.find(({ total }) => {
    unit -= total;
    return unit < 0;
  });
  return (wanted || skus[0]) as Sku;
}

/** The number of units that this iteration wants: from one to `max`, or to what the shop allows. */
export function unitsWanted(max = 1): number {
  const most = Math.min(max, theShop().unitsPerBuyerMax || max);
  return 1 + Math.floor(decide(UNITS_SALT) * most);
}

/** The lifetime of a reservation, in seconds. */
export const holdTtlSeconds = ({ holdTtlMs = 0 }: SalePlan): number =>
  (theShop().holdTtlMs || holdTtlMs) / 1_000;

/** Salts of `decide` that scenarios leave alone. */
const SKU_SALT = 101;
const UNITS_SALT = 102;
const STRANGER_SALT = 103;

/** The buyer of this iteration, another one in each iteration. `first` is the number of the buyer of iteration 0. */
export const thisBuyer = (first = 0): Buyer => buyerAt(first + exec.scenario.iterationInTest);

/** The buyer with this number; after the last buyer the numbers start again with the first. */
export const buyerAt = (number: number): Buyer => buyers[number % buyers.length] as Buyer;

/** The organizer of the event whose tickets are sold. */
export function theOrganizer(): Buyer {
  const { organizer } = sales[0] as SeededSale;
  if (organizer === undefined) throw new Error('a sale without tickets has no organizer');
  return organizer;
}

/** Some other buyer: one who has no business with this buyer's reservations, orders and vouchers. */
export function strangerTo({ userId }: Buyer): Buyer {
  const number = Math.floor(decide(STRANGER_SALT) * buyers.length);
  const stranger = [buyerAt(number), buyerAt(number + 1)].find((other) => other.userId !== userId);
  if (stranger === undefined) throw new Error('a sale with one buyer has no stranger: --buyers 2');
  return stranger;
}

/**
 * A pseudo-random number in [0, 1). It depends only on the run's seed, the number of the iteration and `salt`, so that
 * two runs with the same seed make the same decisions, in whatever order their requests are answered.
 */
export function decide(salt: number): number {
  const seed = (sales[0] as SeededSale).seed;
  let h =
    Math.imul(exec.scenario.iterationInTest + 1, 0x9e3779b1) ^
    Math.imul(seed + salt + 1, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
