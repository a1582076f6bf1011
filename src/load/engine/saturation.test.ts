import { describe, expect, it } from 'vitest';
import { type GeneratorFacts, saturationReasons } from './saturation.ts';

const calm: GeneratorFacts = {
  elapsedMs: 10_000,
  dropped: 0,
  offered: 1_000,
  latenessMsP99: 2,
  cpuSeconds: 2,
  eventLoopLagMsP99: 5,
  threads: 1,
};

describe('saturation', () => {
  it('gives no reason for a generator that kept up', () => {
    expect(saturationReasons(calm)).toEqual([]);
  });

  it('names the event loop, lateness and dropped iterations', () => {
    const late = { ...calm, dropped: 100, latenessMsP99: 900, eventLoopLagMsP99: 400 };
    const reasons = saturationReasons({ ...late, cpuSeconds: 9.9 });
    expect(reasons).toEqual([
      expect.stringContaining('stood still for 400 ms'),
      expect.stringContaining(
        'began 900 ms late at the 99th percentile while the generator used 99 %',
      ),
      expect.stringContaining('100 of 1000 iterations were dropped'),
    ]);
  });

  it('divides CPU time by the number of threads', () => {
    const late = { ...calm, latenessMsP99: 900, cpuSeconds: 19.8 };
    expect(saturationReasons({ ...late, threads: 2 })[0]).toContain('used 99 % of 2 cores');
    expect(saturationReasons({ ...late, threads: 4 })[0]).toMatch(/99th percentile$/);
  });

  it('ignores dropped iterations of closed models', () => {
    expect(saturationReasons({ ...calm, offered: undefined, dropped: 500 })).toEqual([]);
  });

  it('allows more event loop lag in a closed model than in an open one', () => {
    const slow = { ...calm, eventLoopLagMsP99: 400 };
    const closed = { ...slow, offered: undefined };
    expect(saturationReasons(slow)).toHaveLength(1);
    expect(saturationReasons(closed)).toEqual([]);
    expect(saturationReasons({ ...closed, eventLoopLagMsP99: 1_500 })).toHaveLength(1);
  });
});
