import { describe, expect, it } from 'vitest';
import { concludeLoad } from './conclusion.ts';

const FINE = {
  exceptions: { count: 0, first: [] },
  thresholds: [],
  generator: { saturated: false },
};
const MET = { metric: 'sold', expression: 'count>0', ok: true };
const MISSED = { metric: 'sold', expression: 'count>9', ok: false };

describe('concludeLoad', () => {
  it('passes if nothing threw and no threshold was missed', () => {
    expect(concludeLoad(FINE)).toEqual({
      status: 'passed',
      sentence: 'nothing threw, and there was no threshold to miss.',
    });
    expect(concludeLoad({ ...FINE, thresholds: [MET] })).toEqual({
      status: 'passed',
      sentence: 'nothing threw, and every threshold met.',
    });
  });

  it('fails if a threshold was missed or an iteration threw', () => {
    const exceptions = { count: 1, first: ['Error'] };
    expect(concludeLoad({ ...FINE, exceptions, thresholds: [MET, MISSED] })).toEqual({
      status: 'failed',
      sentence: '1 iteration threw, 1 of 2 thresholds missed.',
    });
  });

  it('allows exceptions if the script does', () => {
    const exceptions = { count: 2, first: ['Error'], allowed: true };
    expect(concludeLoad({ ...FINE, exceptions })).toMatchObject({ status: 'passed' });
  });

  it('fails if the script ended its run, as k6 does', () => {
    expect(concludeLoad({ ...FINE, stoppedBy: 'script-abort' })).toEqual({
      status: 'failed',
      sentence: 'the script ended the run.',
    });
  });

  it('is inconclusive for a saturated generator, even with missed thresholds', () => {
    const generator = { saturated: true };
    expect(concludeLoad({ ...FINE, generator, thresholds: [MISSED] })).toMatchObject({
      status: 'inconclusive',
    });
  });
});
