import type { SaleFacts } from '../../../src/history/operation.ts';
import { LedgerRowKind } from '../../../src/protocol/ledger.ts';
import { referenceTarget } from '../../../src/target/reference.ts';
import type { Bug } from './bugs.ts';
import { createRandom } from './random.ts';
import { createTimeline, type Timeline } from './timeline.ts';

export interface SimulationOptions {
  seed: number;
  buyers: number;
  total: number;
  quantityMax?: number;
  unitsPerBuyerMax?: number;
  holdTtlMs?: number;
  sweepGraceMs?: number;
  /** Buyers per second. */
  arrivalRate?: number;
  /** Share of calls whose answer is lost, half of them after they took effect. */
  lossRate?: number;
  instances?: number;
  /** Kills the first instance half-way through; everything it counted since its last scrape is lost. */
  isKilled?: boolean;
  /** The way of selling: reserved and checked out, as vouchers of a campaign, or as attempts that a worker decides. */
  flow?: 'reserve' | 'register' | 'attempt';
  /** Share of calls that are sent more than once, with one Idempotency-Key. */
  retryRate?: number;
  bug?: Bug;
}

/** The parts that everybody in the simulation shares. */
export interface World {
  options: Required<Omit<SimulationOptions, 'bug'>>;
  bug: Bug | undefined;
  sale: SaleFacts;
  timeline: Timeline;
  random(): number;
  /** A random time that a message takes. */
  networkNs(): number;
  /** Number of times that the bug did harm. */
  harm: number;
  /** True when the first instance was killed. */
  wasKilled: boolean;
}

export const SKU = 'SKU-1';
export const STARTED_AT_MS = Date.UTC(2026, 0, 1, 12);
export const NS_PER_MS = 1e6;

export function createWorld({ bug, ...given }: SimulationOptions): World {
  const quantityMax = given.quantityMax ?? 1;
  const options = {
    quantityMax,
    unitsPerBuyerMax: quantityMax,
    holdTtlMs: 200,
    sweepGraceMs: 50,
    arrivalRate: 2_000,
    lossRate: 0,
    instances: 1,
    isKilled: false,
    flow: 'reserve' as const,
    retryRate: 0,
    ...given,
  };
  const random = createRandom(options.seed);
  return {
    options,
    bug,
    sale: {
      scenario: 'simulated',
      target: Array.from({ length: options.instances }, (_, place) => `http://instance-${place}`),
      skus: [{ skuId: SKU, total: options.total }],
      unitsPerBuyerMax: options.unitsPerBuyerMax,
      holdTtlMs: options.holdTtlMs,
      sweepGraceMs: options.sweepGraceMs,
      refusals: referenceTarget.refusals,
      sellOutExpected: true,
      startedAtMs: STARTED_AT_MS,
      startedAtNs: 0,
      evidence: {
        ledger: [...LedgerRowKind.options],
        sequences: options.flow !== 'attempt',
        oneClock: true,
        consumers: [{ group: 'analytics', topics: ['flash-sale-inventory-updates'] }],
        scraped: Array.from(
          { length: options.instances },
          (_, place) => `http://instance-${place}`,
        ),
        generator: false,
      },
    },
    timeline: createTimeline(),
    random,
    networkNs: () => 1 + Math.floor(random() * random() * 5 * NS_PER_MS),
    harm: 0,
    wasKilled: false,
  };
}

export const isDead = ({ wasKilled }: World, instance: number): boolean =>
  wasKilled && instance === 0;

/** Makes a UUID that tells the sort of thing by its first digit, and the single thing by its last ones. */
export const idOf = (space: 'a' | 'b' | 'c' | 'd' | 'e', number: number): string =>
  `${space}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** Writes a time to the microsecond, as PostgreSQL does; truncated, so that an earlier moment never reads as a later one. */
export function isoAt(atNs: number): string {
  const us = Math.floor(atNs / 1e3);
  const seconds = new Date(STARTED_AT_MS + Math.floor(us / 1e6) * 1e3).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1e6).padStart(6, '0')}Z`;
}
