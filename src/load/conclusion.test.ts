import { describe, expect, it } from 'vitest';
import { concludeLoad } from './conclusion.ts';
import type { LoadResult } from './result.ts';

const FINE = {
  exceptions: { count: 0, first: [] },
  thresholds: [],
  generator: { saturated: false },
} as unknown as LoadResult;

describe('concludeLoad', () => {
  it('passes where nothing threw and no threshold was missed', () => {
    expect(concludeLoad(FINE)).toMatchObject({ status: 'passed' });
  });

  it('fails where the script ended its run, as k6 does', () => {
    expect(concludeLoad({ ...FINE, stoppedBy: 'script-abort' })).toEqual({
      status: 'failed',
      sentence: 'the script ended the run.',
    });
  });
});
