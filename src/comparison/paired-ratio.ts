import { studentQuantile } from './student.ts';

/** The ratio of two sides, candidate to baseline, as pairs of runs show it. */
export interface PairedRatio {
  /** Geometric mean of the ratios of the pairs. */
  ratio: number;
  /** The interval that contains the true ratio with the confidence asked for; 0 and infinity if nothing is known. */
  low: number;
  high: number;
  decision: Decision;
}

/** `same`: different by less than matters. `unknown`: the pairs are too few, or too noisy. */
export type Decision = 'higher' | 'lower' | 'same' | 'unknown';

export interface PairedOptions {
  /** The chance that the interval contains the true ratio: 0.99. */
  confidence: number;
  /** Differences up to this share do not matter: 0.05 for 5 %. With 0, nothing is the same. */
  margin: number;
}

/** Fewer pairs know too little of their spread. */
export const PAIRS_MIN = 5;

/**
 * Estimates the ratio of two sides from runs in pairs, by Student's interval for the mean of the logarithms of the pairs' ratios.
 * It takes each pair as one observation, so what slows both runs of a pair cancels out. Between equal sides a ratio is as
 * likely as its inverse, whatever the noise of single runs is, so the logarithms are symmetric about 0: of symmetric samples with
 * heavy tails Student's interval is too wide, if anything (Efron, Student's t-test under symmetry conditions, 1969). A
 * studentized bootstrap over ten such pairs is too narrow, and finds less: see docs/compare.md.
 *
 * @param pairs values above 0 of baseline and candidate, measured one after the other
 */
export function estimateRatio(
  pairs: readonly (readonly [baseline: number, candidate: number])[],
  { confidence, margin }: PairedOptions,
): PairedRatio {
  const logs = pairs.map(([baseline, candidate]) => Math.log(candidate / baseline));
  const center = meanOf(logs);
  if (pairs.length < PAIRS_MIN) {
    return {
      ratio: Math.exp(center),
      low: 0,
      high: Number.POSITIVE_INFINITY,
      decision: 'unknown',
    };
  }
  const reach =
    studentQuantile(1 - (1 - confidence) / 2, pairs.length - 1) * standardErrorOf(logs, center);
  const low = Math.exp(center - reach);
  const high = Math.exp(center + reach);
  return { ratio: Math.exp(center), low, high, decision: decide(low, high, margin) };
}

function decide(low: number, high: number, margin: number): Decision {
  if (margin > 0 && low >= 1 / (1 + margin) && high <= 1 + margin) return 'same';
  if (low > 1) return 'higher';
  return high < 1 ? 'lower' : 'unknown';
}

const meanOf = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function standardErrorOf(values: number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
