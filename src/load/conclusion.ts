import type { LoadResult } from './result.ts';

export interface LoadConclusion {
  /** `inconclusive`: the numbers say more about the load generator than about the server. */
  status: 'passed' | 'failed' | 'inconclusive';
  sentence: string;
}

/**
 * What a load comes to by itself: no iteration may throw, unless the script allows it, every
 * threshold is to be met, and a script that ends its run early has its reasons.
 */
export function concludeLoad(load: LoadResult): LoadConclusion {
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
