import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';

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
