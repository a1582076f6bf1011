import { describe, expect, it } from 'vitest';
import { createRandom } from '../kernel/random.ts';
import { estimateRatio } from './paired-ratio.ts';

const OPTIONS = { confidence: 0.99, margin: 0.05 };

type Random = () => number;

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Student's distribution with two degrees of freedom, whose variance has no bound. */
const heavyTailed = (random: Random): number => normal(random) / Math.sqrt(-Math.log(1 - random()));

/** Ways in which the logarithm of a figure varies from run to run. */
const NOISES: Record<string, (random: Random, place: number) => number> = {
  'a log-normal one': normal,
  'one with heavy tails': heavyTailed,
  'neighbours that slow every fifth run': (random) =>
    0.3 * normal(random) + (random() < 0.2 ? 2 : 0),
  'neighbours that slow every twentieth run': (random) =>
    0.3 * normal(random) + (random() < 0.05 ? 4 : 0),
  'a skewed one': (random) => Math.log1p(Math.exp(1.2 * normal(random))),
  'a machine that grows slower': (random, place) => normal(random) + place / 10,
};

/** The runs of `compare`: A B, then B A. */
function pairsOf(
  noise: (random: Random, place: number) => number,
  random: Random,
  { pairs, slowdown = 1 }: { pairs: number; slowdown?: number },
): [number, number][] {
  return Array.from({ length: pairs }, (_, pair): [number, number] => {
    const runs = [2 * pair, 2 * pair + 1].map((place) => Math.exp(0.03 * noise(random, place)));
    const [baseline, candidate] = pair % 2 === 0 ? runs : runs.toReversed();
    return [baseline as number, (candidate as number) * slowdown];
  });
}

const TRIALS = 20_000;

/** How often each decision is made. */
function decisionsOf(
  noise: (random: Random, place: number) => number,
  about: { pairs: number; slowdown?: number },
): Record<string, number> {
  const random = createRandom(7);
  const times: Record<string, number> = { higher: 0, lower: 0, same: 0, unknown: 0 };
  for (let trial = 0; trial < TRIALS; trial++) {
    const { decision } = estimateRatio(pairsOf(noise, random, about), OPTIONS);
    times[decision] = (times[decision] ?? 0) + 1;
  }
  return times;
}

describe('the ratio of pairs', () => {
  describe.each(Object.entries(NOISES))('with noise from run to run, %s', (_, noise) => {
    it.each([5, 10, 15])(
      'C.6 calls the same server different in a hundredth of %i pairs',
      (pairs) => {
        const { higher = 0, lower = 0 } = decisionsOf(noise, { pairs });
        // Of a chance of 1 %, as many trials show up to 1.2 %.
        expect((higher + lower) / TRIALS).toBeLessThan(0.012);
      },
    );

    // A spread without bounds hides a tenth more often; the interval is as wide as it.
    const isWild = noise === heavyTailed;
    it('C.6 finds a server that is a tenth slower', () => {
      const { higher = 0, lower = 0 } = decisionsOf(noise, { pairs: 10, slowdown: 1.1 });
      expect(higher / TRIALS).toBeGreaterThan(isWild ? 0.6 : 0.9);
      expect(lower / TRIALS).toBeLessThan(0.001);
    });
  });

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
