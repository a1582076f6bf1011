import { describe, expect, it } from 'vitest';
import { createRandom } from '../kernel/random.ts';
import { estimateRatio } from './paired-ratio.ts';

const OPTIONS = { confidence: 0.99, margin: 0.05 };

/** Ten pairs of runs of one load: each run varies by `noise`, and a neighbour slows every fifth run by a fifth. */
function pairsOf(random: () => number, noise: number, slowdown = 1): [number, number][] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const run = () => 12 * Math.exp(noise * normal()) * (random() < 0.2 ? 1.2 : 1);
  return Array.from({ length: 10 }, () => [run(), run() * slowdown]);
}

/** How often each decision is made in a thousand trials. */
function decisionsOf(noise: number, slowdown: number): Record<string, number> {
  const random = createRandom(7);
  const times: Record<string, number> = { higher: 0, lower: 0, same: 0, unknown: 0 };
  for (let trial = 0; trial < 1_000; trial++) {
    const { decision } = estimateRatio(pairsOf(random, noise, slowdown), OPTIONS);
    times[decision] = (times[decision] ?? 0) + 1;
  }
  return times;
}

describe('the ratio of pairs', () => {
  it.each([0.01, 0.03, 0.1])(
    'C.6 of the same server is called different in at most 1% of trials (noise %d)',
    (noise) => {
      const { higher = 0, lower = 0 } = decisionsOf(noise, 1);
      expect(higher + lower).toBeLessThanOrEqual(10);
    },
  );

  it('C.6 of a server that is a tenth slower is found with ten pairs', () => {
    const random = createRandom(3);
    const steady = (): [number, number] => [10 + random() * 0.5, (10 + random() * 0.5) * 1.1];
    const pairs = Array.from({ length: 10 }, steady);
    const { ratio, low, high, decision } = estimateRatio(pairs, OPTIONS);
    expect(decision).toBe('higher');
    expect(ratio).toBeCloseTo(1.1, 1);
    expect(low).toBeGreaterThan(1);
    expect(high).toBeLessThan(1.2);
  });

  it('is the same where the interval stays within what matters', () => {
    const random = createRandom(3);
    const pairs = Array.from({ length: 10 }, (): [number, number] => [
      100 + random(),
      100 + random(),
    ]);
    expect(estimateRatio(pairs, OPTIONS).decision).toBe('same');
    expect(estimateRatio(pairs, { ...OPTIONS, margin: 0.000_1 }).decision).not.toBe('same');
  });

  it('cannot be told from noise, nor from a few pairs', () => {
    const noisy: [number, number][] = [
      ...([
        [10, 14],
        [10, 8],
        [10, 12],
        [10, 7],
        [10, 15],
        [10, 9],
      ] as [number, number][]),
    ];
    expect(estimateRatio(noisy, OPTIONS).decision).toBe('unknown');
    const few: [number, number][] = [
      [10, 20],
      [10, 20],
      [10, 20],
    ];
    expect(estimateRatio(few, OPTIONS)).toMatchObject({ ratio: 2, low: 0, decision: 'unknown' });
  });

  it('has no noise where every pair says the same', () => {
    const pairs = Array.from({ length: 5 }, (): [number, number] => [10, 20]);
    const { low, high, decision } = estimateRatio(pairs, OPTIONS);
    expect([low, high].map((end) => Number(end.toFixed(6)))).toEqual([2, 2]);
    expect(decision).toBe('higher');
  });
});
