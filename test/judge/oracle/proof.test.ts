import { describe, expect, it } from 'vitest';
import { seedOf } from './random.ts';
import { isPlain, reasonOf } from './reasons.ts';
import { type Trial, tryHistory } from './trial.ts';

/** `npm run proof:oracle` goes through as many as one likes. */
const HISTORIES = 2_000;
const SEED = 1;

describe('the judge beside the oracle', () => {
  const trials = Array.from(
    { length: HISTORIES },
    (_, index): Trial => tryHistory(seedOf(SEED, index)),
  );

  it('calls no history invalid that has an explanation', () => {
    const mistakes = trials.flatMap(({ mistake }) => (mistake ? [mistake.join('\n')] : []));
    expect(mistakes).toEqual([]);
  });

  it('misses no oversell, no second unit and no false sold-out where nothing lapses and every call is answered', () => {
    const plain = trials.filter(
      ({ oracle, history }) => oracle === 'impossible' && isPlain(history),
    );
    const missed = plain
      .filter(({ isCaught }) => !isCaught)
      .map(({ history }) => reasonOf(history));
    expect(plain.length).toBeGreaterThan(100);
    expect(missed.filter(({ rule }) => rule && EXACT.includes(rule))).toEqual([]);
  });

  it('meets all sorts of histories', () => {
    const sorts = trials.map(({ origin, oracle }) => `${origin}, ${oracle}`);
    for (const sort of [
      'executed, possible',
      'altered, possible',
      'altered, impossible',
      'arbitrary, impossible',
    ]) {
      expect(sorts.filter((one) => one === sort).length, sort).toBeGreaterThan(100);
    }
  });
});

const EXACT = ['stock', 'limit', 'soldOut'];
