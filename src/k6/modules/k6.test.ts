import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';
import { runsInThreads } from '../testing/run-script.ts';

const once = onceWithEcho();

describe('k6', () => {
  it('counts checks by name and group', async () => {
    const { result } = await once(`
      check(5, { 'is five': (n) => n === 5, 'is six': (n) => n === 6 });
      group('till', () => group('card', () => check(1, { paid: () => true })));
      await group('later', async () => { await sleep(0.001); check(1, { paid: () => false }); });
      check(1, { outside: () => true });
    `);
    expect(result.checks).toEqual([
      { name: 'is five', group: '', passes: 1, fails: 0 },
      { name: 'is six', group: '', passes: 0, fails: 1 },
      { name: 'outside', group: '', passes: 1, fails: 0 },
      { name: 'paid', group: '::till::card', passes: 1, fails: 0 },
      { name: 'paid', group: '::later', passes: 0, fails: 1 },
    ]);
    expect(result.metrics.checks?.values).toEqual({ rate: 3 / 5, passes: 3, fails: 2 });
    expect(result.metrics.group_duration?.values.avg).toBeGreaterThan(0);
  });

  it.skipIf(runsInThreads())('a check may wait, and counts the value it resolves to', async () => {
    const { shown, result } = await once(`
      show(check(1, { later: async () => false, asked: () => http.get(BASE + '/a').status === 200, now: true }));`);
    expect(shown).toEqual([false]);
    expect(result.checks.map(({ name, passes, fails }) => [name, passes, fails])).toEqual([
      ['later', 0, 1],
      ['asked', 1, 0],
      ['now', 1, 0],
    ]);
  });

  it('groups and checks have names without ::', async () => {
    const first = async (body: string) => (await once(body)).result.exceptions.first[0];
    expect(await first(`group('a::b', () => 1);`)).toContain(`may not contain '::' ("a::b")`);
    expect(await first(`check(1, { 'a::b': true });`)).toContain(`may not contain '::' ("a::b")`);
  });

  it('fail() ends the iteration as an exception with file and line', async () => {
    const { result } = await once(`fail('no stock');\n throw new Error('not reached');`);
    expect(result.exceptions).toEqual({
      count: 1,
      first: [expect.stringMatching(/script\.ts:10: no stock$/)],
    });
  });

  it('randomSeed makes Math.random repeatable', async () => {
    const draw = `randomSeed(42); show([Math.random(), Math.random()]);`;
    const [first, second] = [await once(draw), await once(draw)];
    expect(first.shown).toEqual(second.shown);
    expect(new Set(first.shown[0] as number[]).size).toBe(2);
  });
});
