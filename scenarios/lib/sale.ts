import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Scenario } from 'k6/options';

/**
 * The plan of a sale: the units on sale and the number of buyers. `flashsale-cli` reads it before the run starts,
 * creates the products and the buyers on the server, and compares the outcome with it. Flags such as `--stock` reach a
 * scenario through `__ENV`.
 */
export interface SalePlan {
  /** Units of the one SKU on sale, or the capacity of the one campaign. */
  stock: number;
  /** Number of buyers. Each has an account and a token. */
  buyers: number;
  /** Lifetime of a reservation. Absent: the server's default of two minutes. */
  holdTtlMs?: number;
  /** API that the scenario calls, by the name of its target. Absent: that of the reference server. */
  api?: string;
  /** The way of selling. Absent: `reservations`, which buyers make and then check out. */
  sells?: 'reservations' | 'campaign' | 'flash-sale';
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
   * Situations that the scenario causes besides selling out. A run in which one of them did not occur proves nothing.
   */
  challenges?: (
    | 'hold-race'
    | 'cancelled-order'
    | 'late-payment'
    | 'double-redemption'
    | 'repeated-call'
    | 'shared-account'
  )[];
}

/** Returns the scenario's plan with the numbers of the command line, if it has any. */
export function planSale(defaults: SalePlan): SalePlan {
  return {
    ...defaults,
    stock: Number(__ENV.FLASHSALE_STOCK || defaults.stock),
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

export interface Buyer {
  userId: string;
  token: string;
}

interface SeededSale {
  skus: { skuId: string; total: number }[];
  buyers: Buyer[];
  seed: number;
}

const readSale = (): SeededSale => JSON.parse(open(__ENV.FLASHSALE_SALE as string));
const sales = new SharedArray<SeededSale>('sale', () => [{ ...readSale(), buyers: [] }]);
const buyers = new SharedArray<Buyer>('buyers', () => readSale().buyers);

/** The SKU on sale. */
export const skuOnSale = (): string => (sales[0] as SeededSale).skus[0]?.skuId as string;

/** The buyer of this iteration, another one in each iteration. `first` is the number of the buyer of iteration 0. */
export const thisBuyer = (first = 0): Buyer => buyerAt(first + exec.scenario.iterationInTest);

/** The buyer with this number; after the last buyer the numbers start again with the first. */
export const buyerAt = (number: number): Buyer => buyers[number % buyers.length] as Buyer;

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
