import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';
import { runScript } from '../testing/run-script.ts';

describe('k6/execution', () => {
  it('gives every iteration a number of its own, whichever VU runs it', async () => {
    const run = await runScript(
      `import exec from 'k6/execution';
       import { sleep } from 'k6';
       export const options = { vus: 7, iterations: 100 };
       export default async function () {
         await sleep(0.001);
         console.log([exec.scenario.iterationInTest, exec.vu.idInTest, __VU, exec.vu.iterationInScenario, __ITER].join());
       }`,
    );
    const rows = run.log.map((line) => line.split(',').map(Number));
    expect(rows.map(([number]) => number).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
    expect(new Set(rows.map(([, vu]) => vu)).size).toBe(7);
    for (const [, vu, global, inScenario, iter] of rows) {
      expect(vu).toBe(global);
      expect(inScenario).toBe(iter);
    }
  });

  it('has facts about scenario, instance and options, and ends the run', async () => {
    const { shown, result, log } = await runOnce(`
      show([scenario.name, scenario.executor, Number.isInteger(scenario.startTime), vu.idInInstance]);
      show([exec.instance.vusActive, exec.instance.vusInitialized, exec.instance.iterationsCompleted]);
      show(exec.test.options.scenarios.default.executor);
      exec.vu.tags.colour = 'red';
      exec.vu.tags.colour = 7;
      show([exec.vu.tags.colour, exec.vu.tags.size === undefined, 'colour' in exec.vu.tags]);
      exec.test.abort('enough');
    `);
    expect(shown.slice(0, 4)).toEqual([
      ['default', 'per-vu-iterations', true, 1],
      [1, 1, 0],
      'per-vu-iterations',
      ['7', true, true],
    ]);
    expect(log.at(-1)).toBe('the script ended the run: enough');
    expect(result).toMatchObject({ stoppedBy: 'script-abort', interruptedIterations: 1 });
    expect(result.exceptions.count).toBe(0);
  });
});
