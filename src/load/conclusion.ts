import type { LoadResult } from './result.ts';

/** The facts that a conclusion depends on. */
type ConcludedLoad = Pick<LoadResult, 'exceptions' | 'thresholds' | 'stoppedBy'> & {
  generator: Pick<LoadResult['generator'], 'saturated'>;
};

/** The judgement of a load without the verdict on the sale. */
export interface LoadConclusion {
  /** `inconclusive`: the load generator was the bottleneck, so its numbers do not describe the server. */
  status: 'passed' | 'failed' | 'inconclusive';
  sentence: string;
}

/**
 * Judges a load: it fails if a threshold is missed, if the script ended the run, or if an iteration threw and the script
 * does not allow that.
 */
export function concludeLoad(load: ConcludedLoad): LoadConclusion {
  const { exceptions, thresholds, generator, stoppedBy } = load;
  const missed = thresholds.filter(({ ok }) => !ok);
  const failures = [
    ...(stoppedBy === 'script-abort' ? ['the script ended the run'] : []),
    ...(exceptions.count > 0 && !exceptions.allowed
      ? [`${exceptions.count} ${exceptions.count === 1 ? 'iteration' : 'iterations'} threw`]
      : []),
    ...(missed.length > 0 ? [`${missed.length} of ${thresholds.length} thresholds missed`] : []),
  ];
  if (generator.saturated) {
    return { status: 'inconclusive', sentence: 'the load generator itself was the bottleneck.' };
  }
  if (failures.length > 0) return { status: 'failed', sentence: `${failures.join(', ')}.` };
  const met = thresholds.length === 0 ? 'there was no threshold to miss' : 'every threshold met';
  return { status: 'passed', sentence: `nothing threw, and ${met}.` };
}
