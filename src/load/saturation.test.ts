import { describe, expect, it } from 'vitest';
import { type GeneratorFacts, reasonsFor } from './saturation.ts';

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
  it('has nothing to say about a generator that kept up', () => {
    expect(reasonsFor(calm)).toEqual([]);
  });

  it('names the event loop, lateness and dropped iterations', () => {
    const late = { ...calm, dropped: 100, latenessMsP99: 900, eventLoopLagMsP99: 400 };
    const reasons = reasonsFor({ ...late, cpuSeconds: 9.9 });
    expect(reasons).toEqual([
      expect.stringContaining('stood still for 400 ms'),
      expect.stringContaining(
        'began 900 ms late at the 99th percentile while the generator used 99 %',
      ),
      expect.stringContaining('100 of 1000 iterations were dropped'),
    ]);
  });

  it('measures CPU time by the threads that spend it', () => {
    const late = { ...calm, latenessMsP99: 900, cpuSeconds: 19.8 };
    expect(reasonsFor({ ...late, threads: 2 })[0]).toContain('used 99 % of 2 cores');
    expect(reasonsFor({ ...late, threads: 4 })[0]).toMatch(/99th percentile$/);
  });

  it('expects no schedule of closed models', () => {
    expect(reasonsFor({ ...calm, offered: undefined, dropped: 500 })).toEqual([]);
  });

  it('lets a closed model hesitate where an open one may not', () => {
    const hesitant = { ...calm, eventLoopLagMsP99: 400 };
    const closed = { ...hesitant, offered: undefined };
    expect(reasonsFor(hesitant)).toHaveLength(1);
    expect(reasonsFor(closed)).toEqual([]);
    expect(reasonsFor({ ...closed, eventLoopLagMsP99: 1_500 })).toHaveLength(1);
  });
});
