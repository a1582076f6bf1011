import { describe, expect, it } from 'vitest';
import { seedOf } from './random.ts';
import { isPlain, reasonOf } from './reasons.ts';
import { type Trial, tryHistory, tryLongHistory } from './trial.ts';

/** `npm run proof:oracle` goes through as many as one likes. */
const HISTORIES = 1_600;
const LONG_HISTORIES = 150;
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

  it('calls no long history of a correct shop invalid', () => {
    const mistakes = Array.from({ length: LONG_HISTORIES }, (_, index) =>
      tryLongHistory(seedOf(SEED, index)),
    ).flatMap(({ mistake }) => (mistake ? [mistake.join('\n')] : []));
    expect(mistakes).toEqual([]);
  });

  it('misses hardly an oversell, second unit or false sold-out where nothing lapses and every call is answered', () => {
    const plain = trials.filter(
      ({ oracle, history }) => oracle === 'impossible' && isPlain(history),
    );
    const bounded = plain.filter(({ history }) => EXACT.includes(reasonOf(history).rule ?? ''));
    expect(bounded.length).toBeGreaterThan(25);
    expect(bounded.filter(({ isCaught }) => !isCaught).length).toBeLessThan(bounded.length / 20);
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
