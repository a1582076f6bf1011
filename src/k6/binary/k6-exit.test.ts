import { describe, expect, it } from 'vitest';
import type { LoadedScript } from '../../load/vu/script.ts';
import { assertRan, endedByException, type K6Exit, stoppedBy } from './k6-exit.ts';

const SCRIPT = { name: 'rush', path: '/scenarios/rush.ts' } as LoadedScript;

const exit = (facts: Partial<K6Exit>): K6Exit => ({
  ...{ code: 0, signal: null, lastError: undefined },
  ...{ abortedByThreshold: false, stopped: false, aborted: false },
  ...facts,
});

describe('assertRan', () => {
  it.each([
    ['ran to its end', { code: 0 }],
    ['missed thresholds', { code: 99 }],
    ['was interrupted', { code: 105, stopped: true }],
    ['was interrupted before it listened', { code: null, signal: 'SIGINT', stopped: true }],
    ['was killed on our request', { code: null, signal: 'SIGKILL', aborted: true }],
  ] as const)('accepts a k6 that %s', (_, facts) => {
    expect(() => assertRan(exit(facts), SCRIPT)).not.toThrow();
  });

  it('reports an exception before the first iteration as a mistake in the script', () => {
    const failed = exit({ code: 107, lastError: 'rush.ts:2: Error: no catalogue' });
    expect(() => assertRan(failed, SCRIPT)).toThrow(
      expect.objectContaining({
        message: 'rush failed in k6',
        why: 'rush.ts:2: Error: no catalogue',
        next: 'mend /scenarios/rush.ts and run it again',
      }),
    );
  });

  it.each([
    [{ code: 109, lastError: 'out of memory' }, 'it ended with code 109: out of memory'],
    [{ code: null, signal: 'SIGKILL' }, 'it ended with signal SIGKILL: k6 does not say why'],
    [{ code: null, signal: 'SIGINT' }, 'it ended with signal SIGINT: k6 does not say why'],
  ] as const)('reports any other end as a fault of the environment: %j', (facts, why) => {
    expect(() => assertRan(exit(facts), SCRIPT)).toThrow(
      expect.objectContaining({ message: 'k6 did not run the scenario', why }),
    );
  });
});

describe('endedByException', () => {
  it.each([
    [107, 0, false],
    [107, 1, true],
    [110, 1, true],
    [0, 1, false],
  ])('code %i after %i iterations: %s', (code, iterationsBegun, expected) => {
    expect(endedByException(exit({ code }), iterationsBegun)).toBe(expected);
  });
});

describe('stoppedBy', () => {
  it.each([
    [{ code: 0 }, undefined],
    [{ code: 105 }, 'interrupt'],
    [{ code: 0, stopped: true }, 'interrupt'],
    [{ code: null, aborted: true }, 'interrupt'],
    [{ code: 108 }, 'script-abort'],
    [{ code: 99, abortedByThreshold: true }, 'threshold'],
    [{ code: 99 }, undefined],
  ] as const)('%j: %s', (facts, expected) => {
    expect(stoppedBy(exit(facts))).toBe(expected);
  });
});
