import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import type { Scenario } from 'k6/options';

/**
 * What a scenario sells, and to how many. `flashsale-cli` reads it before anything starts, seeds the server by it and
 * judges the outcome against it; flags such as `--stock` reach a scenario through the environment.
 */
export interface SalePlan {
  /** Units of the one SKU on sale, or the room of the one campaign. */
  stock: number;
  /** Different people who come to buy, each with an account and a token of their own. */
  buyers: number;
  /** How long a reservation lives. Absent: the server's default of two minutes. */
  holdTtlMs?: number;
  /** API that the scenario calls, by the name of its target. Absent: that of the reference server. */
  api?: string;
  /** How the units are sold. Absent: reserved and checked out. */
  sells?: 'reservations' | 'campaign' | 'flash-sale';
  /**
   * How the payment provider behaves. Absent: it charges at once. Rates are shares of all payments; a charge that hangs
   * is never answered, and half of those were taken all the same.
   */
  payments?: {
    latencyMs?: number;
    declineRate?: number;
    hangRate?: number;
    /** Charges are taken down at once, and decided by webhook after `latencyMs`. */
    async?: boolean;
    duplicateWebhooks?: boolean;
  };
  /** What the scenario is there to bring about besides selling out; a run in which it did not happen proves nothing. */
  challenges?: (
    | 'hold-race'
    | 'cancelled-order'
    | 'late-payment'
    | 'double-redemption'
    | 'repeated-call'
    | 'shared-account'
  )[];
}

/** The scenario's own numbers, unless the command line gave others. */
export function planSale(defaults: SalePlan): SalePlan {
  return {
    ...defaults,
    stock: Number(__ENV.FLASHSALE_STOCK || defaults.stock),
    buyers: Number(__ENV.FLASHSALE_BUYERS || defaults.buyers),
  };
}

/**
 * Who comes when. A fifth waits at the door, so that the first units are fought over (`fromCrowd`); the others come one
 * after another for what is given back (`fromStream`), once most of the crowd is through.
 *
 * @returns how many are the crowd, and the scenarios for `options`
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

/** The person behind this iteration: a new one each time, whichever VU it runs in. `first` is that of iteration 0. */
export const thisBuyer = (first = 0): Buyer => buyerAt(first + exec.scenario.iterationInTest);

/** The person with this number; after the last comes the first again. */
export const buyerAt = (place: number): Buyer => buyers[place % buyers.length] as Buyer;

/**
 * A number in [0, 1) that depends on nothing but the run's seed, the buyer's turn and `salt`, so that two runs with
 * one seed make the same decisions however their requests interleave.
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
