import { describe, expect, it } from 'vitest';
import type { Vu } from '../../load/vu/vu.ts';
import { onceWithEcho } from '../testing/once-with-echo.ts';
import { createTimers } from './timers.ts';

const once = onceWithEcho();

describe('timers', () => {
  it('an iteration lasts until its timers have fired or were cleared', async () => {
    const { shown, result } = await once(`
      setTimeout((word) => show(word), 5, 'later');
      clearTimeout(setTimeout(() => show('never'), 1));
      let ticks = 0;
      const beat = setInterval(() => { ticks += 1; if (ticks === 3) { clearInterval(beat); show(ticks); } }, 5);
      show('first');`);
    expect(shown[0]).toBe('first');
    expect(new Set(shown)).toEqual(new Set(['first', 'later', 3]));
    expect(result.iterations).toBe(1);
  });

  it('what a callback throws counts', async () => {
    const { result } = await once(`setTimeout(() => { throw new Error('shut'); }, 1);`);
    expect(result.exceptions).toEqual({ count: 1, first: [expect.stringMatching(/:10: shut$/)] });
  });

  it('a callback may send requests', async () => {
    const { shown, result } = await once(
      `timers.setTimeout(() => { show(http.get(BASE + '/a').status); }, 1);`,
      { init: `import timers from 'k6/timers';` },
    );
    expect(shown).toEqual([200]);
    expect(result.outcomes.ok).toBe(1);
  });
});

describe('timers that come in another order than they are due', () => {
  /** The timers of a VU whose waits end when the test says so. */
  function createVu({ canCancel }: { canCancel: boolean }) {
    const alarms: (() => void)[] = [];
    const vu = {
      after: (_ms: number, alarm: () => void) => {
        alarms.push(alarm);
        return () => canCancel;
      },
      awaiting: (promise: Promise<unknown>) => promise,
    };
    const { setTimeout } = createTimers(vu as unknown as Vu) as {
      setTimeout: (callback: () => void, delayMs: number) => void;
    };
    const seen: string[] = [];
    setTimeout(() => seen.push('late'), 60_000);
    setTimeout(() => seen.push('soon'), 0);
    return { alarms, seen };
  }

  it('wait for those that are due before them', async () => {
    const { alarms, seen } = createVu({ canCancel: true });
    alarms[0]?.();
    await Promise.resolve();
    expect(seen).toEqual(['soon']);
    alarms[2]?.();
    await Promise.resolve();
    expect(seen).toEqual(['soon', 'late']);
  });

  it('do not bring back what an interruption has cancelled', async () => {
    const { alarms, seen } = createVu({ canCancel: false });
    alarms[0]?.();
    alarms[2]?.();
    await Promise.resolve();
    expect(seen).toEqual(['late']);
  });
});
