import { describe, expect, it } from 'vitest';
import { reasonsFor } from './saturation.ts';

const calm = { elapsedMs: 10_000, dropped: 0, offered: 1_000, latenessMsP99: 2 };
const idle = { cpuSeconds: 2, eventLoopLagMsP99: 5 };

describe('saturation', () => {
  it('has nothing to say about a generator that kept up', () => {
    expect(reasonsFor(calm, idle)).toEqual([]);
  });

  it('names the event loop, lateness and dropped iterations', () => {
    const reasons = reasonsFor(
      { ...calm, dropped: 100, latenessMsP99: 900 },
      { cpuSeconds: 9.9, eventLoopLagMsP99: 400 },
    );
    expect(reasons).toEqual([
      expect.stringContaining('stood still for 400 ms'),
      expect.stringContaining(
        'began 900 ms late at the 99th percentile while the generator used 99 %',
      ),
      expect.stringContaining('100 of 1000 iterations were dropped'),
    ]);
  });

  it('expects no schedule of closed models', () => {
    expect(reasonsFor({ ...calm, offered: undefined, dropped: 500 }, idle)).toEqual([]);
  });

  it('lets a closed model hesitate where an open one may not', () => {
    const hesitant = { cpuSeconds: 5, eventLoopLagMsP99: 400 };
    const closed = { ...calm, offered: undefined };
    expect(reasonsFor(calm, hesitant)).toHaveLength(1);
    expect(reasonsFor(closed, hesitant)).toEqual([]);
    expect(reasonsFor(closed, { ...hesitant, eventLoopLagMsP99: 1_500 })).toHaveLength(1);
  });
});
