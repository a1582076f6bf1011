import { createRandom } from '../kernel/random.ts';

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
  /** Differences up to this share do not matter: 0.05 for 5 %. */
  margin: number;
}

const RESAMPLES = 5_000;
/** A bootstrap over fewer pairs knows too little of their spread. */
export const PAIRS_MIN = 5;

/**
 * Estimates the ratio of two sides from runs in pairs, by a studentized bootstrap over the logarithms of the pairs' ratios
 * (Efron and Tibshirani, An Introduction to the Bootstrap, chapter 12). It takes each pair as one observation, so what
 * slows both runs of a pair cancels out; dividing by the spread of each sample keeps the interval wide enough for ten pairs,
 * where a plain percentile interval would be too narrow.
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
  const error = standardErrorOf(logs, center);
  const deviations = studentizedDeviations(logs, center);
  const tail = (1 - confidence) / 2;
  const low = Math.exp(center - quantile(deviations, 1 - tail) * error);
  const high = Math.exp(center - quantile(deviations, tail) * error);
  return { ratio: Math.exp(center), low, high, decision: decide(low, high, margin) };
}

function decide(low: number, high: number, margin: number): Decision {
  if (low >= 1 / (1 + margin) && high <= 1 + margin) return 'same';
  if (low > 1) return 'higher';
  return high < 1 ? 'lower' : 'unknown';
}

/** The distances between the mean of a resample and that of the sample, in standard errors of the resample, sorted. */
function studentizedDeviations(sample: number[], center: number): Float64Array {
  const random = createRandom(1);
  const resample = new Array<number>(sample.length);
  const deviations = new Float64Array(RESAMPLES);
  for (let turn = 0; turn < RESAMPLES; turn++) {
    for (let place = 0; place < sample.length; place++) {
      resample[place] = sample[Math.floor(random() * sample.length)] as number;
    }
    const mean = meanOf(resample);
    const distance = mean - center;
    // A resample of equal values has no spread to measure by: its distance counts as infinitely far.
    deviations[turn] = distance === 0 ? 0 : distance / standardErrorOf(resample, mean);
  }
  return deviations.sort();
}

const meanOf = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function standardErrorOf(values: number[], mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
