import { describe, expect, it } from 'vitest';
import { runOnce } from '../testing/run-once.ts';
import { runScript } from '../testing/run-script.ts';

describe('k6/metrics', () => {
  it('all four kinds are shared by all VUs', async () => {
    const run = await runScript(
      `import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
       const sold = new Counter('sold'); const left = new Gauge('left');
       const lucky = new Rate('lucky'); const wait = new Trend('wait', true);
       export const options = { vus: 4, iterations: 20, thresholds: { 'sold{kind:a}': ['count==10'] } };
       export default function () {
         sold.add(1, { kind: __ITER % 2 ? 'a' : 'b' }); left.add(7); lucky.add(__VU === 1); wait.add(__VU);
       }`,
    );
    const { metrics, thresholds } = run.result;
    expect(metrics.sold?.values.count).toBe(20);
    expect(metrics.left?.values).toEqual({ value: 7, min: 7, max: 7 });
    expect(metrics.lucky?.values.passes).toBeGreaterThan(0);
    expect(metrics.wait).toMatchObject({
      type: 'trend',
      contains: 'time',
      values: { min: 1, max: 4 },
    });
    expect(metrics['sold{kind:a}']?.values.count).toBeGreaterThan(0);
    expect(thresholds).toHaveLength(1);
  });

  it('leave out values that are no numbers, as in k6, with one warning', async () => {
    const { shown, result } = await runOnce(
      `show(['2', true, null, undefined, 'many'].map((value) => sold.add(value)));`,
      { init: `const sold = new Counter('sold');` },
    );
    expect(shown).toEqual([
      expect.stringContaining('warning: "null" is not a number that the metric "sold" could take'),
      [true, true, false, false, false],
    ]);
    expect(result.metrics.sold?.values.count).toBe(3);
    const strict = await runOnce(`sold.add(NaN);`, {
      init: `const sold = new Counter('sold'); export const options = { throw: true };`,
    });
    expect(strict.result.exceptions.first[0]).toContain('"NaN" is not a number');
  });

  it.each(['t', '9a', 'a b', 'a-b', 'é1'])('have no name like %j, as in k6', async (name) => {
    const script = `import { Counter } from 'k6/metrics'; new Counter('${name}'); export default () => {}`;
    await expect(runScript(script)).rejects.toThrow(
      expect.objectContaining({ why: expect.stringContaining(`"${name}" is not a metric name`) }),
    );
  });

  it('cannot be declared during the run', async () => {
    const { result } = await runOnce(`new Counter('late');`);
    expect(result.exceptions.first[0]).toContain('metrics can be declared in init code only');
  });
});
