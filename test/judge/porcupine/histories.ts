import type { Evidence } from '../../../src/checkers/evidence.ts';
import { lastNsOf, type Operation } from '../../../src/history/operation.ts';
import type { Bug } from '../../../src/simulation/bugs.ts';
import { simulateSale } from '../../../src/simulation/simulate-sale.ts';
import { createRandom } from '../oracle/random.ts';
import type { Habits } from '../oracle/requests.ts';
import { explain } from '../oracle/search.ts';
import { ORIGINS, smallHistory } from '../oracle/trial.ts';

/** A history of reservations that Porcupine and the judge are asked about. */
export interface SharedHistory {
  kind: string;
  /** The kind, and the seed that makes it again. */
  name: string;
  evidence: Evidence;
  /** True when it is known to have an explanation. */
  isPossible: boolean;
}

/** The mistakes of a shop that show in answers about holds, orders and counts. */
const BUGS = [
  ...(['lost-update', 'double-release', 'late-confirm', 'duplicate-buyer'] as const),
  ...(['early-expiry', 'false-sold-out', 'stolen-checkout', 'stolen-release'] as const),
  ...(['stolen-cancel', 'double-cancel', 'rows-not-units', 'mixed-skus'] as const),
  ...(['false-already-reserved', 'false-already-purchased', 'false-expiry'] as const),
  ...(['false-not-active', 'false-not-found', 'invented-count', 'stale-refusal'] as const),
] satisfies Bug[];

/** Few enough calls meet for Porcupine to try all of their orders. */
const SIZE = { buyers: 30, total: 4, arrivalRate: 500, holdTtlMs: 40, sweepGraceMs: 5 };

/** A small simulated sale: every other one of a shop that makes one of the mistakes. */
export function simulatedHistory(seed: number): SharedHistory {
  const random = createRandom(seed);
  const bug = random.chance(50) ? undefined : random.anyOf<Bug>(BUGS);
  const { evidence } = simulateSale({
    ...{ seed, ...SIZE, skus: random.int(1, 2), quantityMax: random.int(1, 3) },
    ...{ paymentMs: random.pick([0, 20]), lossRate: random.pick([0, 0.02]) },
    ...{ readRate: 0.2, theftRate: 0.1, refusalLagMs: random.pick([0, 20]) },
    ...(bug && { bug }),
  });
  const kind = bug === undefined ? 'correct sale' : `sale with ${bug}`;
  return { kind, name: `${kind} of seed ${seed}`, evidence, isPossible: bug === undefined };
}

const HABITS: Habits = { asks: ['reserve'], tellsHold: true, tellsOrder: true, sendKeys: false };

/** A small history, as the oracle judges them; undefined for one whose holds may lapse while a call is made. */
export function oracleHistory(seed: number): SharedHistory | undefined {
  const random = createRandom(seed);
  const { sale, operations } = smallHistory(random, random.pick(ORIGINS), HABITS);
  if (longestMs(operations) >= (sale.holdTtlMs ?? 0)) return undefined;
  const found = explain(sale, operations);
  if (found === 'too large') return undefined;
  const isPossible = found !== undefined;
  const kind = `${isPossible ? 'possible' : 'impossible'} small history`;
  return { kind, name: `${kind} of seed ${seed}`, evidence: { sale, operations }, isPossible };
}

const longestMs = (operations: Operation[]): number =>
  Math.max(...operations.map((call) => lastNsOf(call) - call.invokedAtNs)) / 1e6;
