import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../../test/k6.ts';
import { runScript } from '../../testing/run-script.ts';

const SUMMARY = 'https://jslib.k6.io/k6-summary/0.0.1/index.js';

/** The data of an invented run, with every kind of figure. */
const DATA = {
  options: { summaryTrendStats: ['avg', 'p(95)', 'count'], summaryTimeUnit: '', noColor: false },
  root_group: {
    name: '',
    groups: [
      { name: 'cart', groups: [], checks: [{ name: 'small', passes: 1, fails: 2 }] },
      { name: 'empty', groups: [], checks: [] },
    ],
    checks: [{ name: 'open', passes: 3, fails: 0 }],
  },
  metrics: {
    waited: {
      ...{ type: 'trend', contains: 'time', values: { avg: 61_500, 'p(95)': 3_661_000, count: 2 } },
      thresholds: { 'avg<5': { ok: false }, 'p(95)>1': { ok: true } },
    },
    'waited{who:a&b}': {
      ...{ type: 'trend', contains: 'time', values: { avg: 0.5, 'p(95)': 12.3456, count: 12 } },
      thresholds: { 'avg>0': { ok: true } },
    },
    weight: { type: 'trend', contains: 'default', values: { avg: 1 / 3, 'p(95)': 0 } },
    data_sent: { type: 'counter', contains: 'data', values: { count: 1_234_567, rate: 9.5 } },
    hits: {
      type: 'rate',
      contains: 'default',
      values: { rate: 0.99999, passes: 99_999, fails: 1 },
    },
    stock: { type: 'gauge', contains: 'default', values: { value: 5.5, min: -1, max: 10 } },
    age: { type: 'gauge', contains: 'time', values: { value: 0.0005, min: 0, max: 1_500 } },
  },
};

async function summarize(expression: string): Promise<string | undefined> {
  const { result } = await runScript(
    `import { humanizeValue, jUnit, textSummary } from '${SUMMARY}';
     export default function () {}
     export function handleSummary() {
       const data = ${JSON.stringify(DATA)};
       return { stdout: ${expression} };
     }`,
  );
  expect(result.exceptions.first).toEqual([]);
  return result.summaryOutput?.stdout;
}

it.each(['textSummary', 'jUnit'])('%s says that it reads no other summary', async (name) => {
  const { result } = await runScript(
    `import { ${name} } from '${SUMMARY}';
     export default function () {}
     export const handleSummary = () => ({ stdout: ${name}({ results: { metrics: [] } }) });`,
  );
  expect(result.exceptions.first).toEqual([
    expect.stringContaining(`${name}() was given data without "metrics"; it reads k6’s usual`),
  ]);
});

/** A script whose figures are all known beforehand, except for the rates. */
const MEASURING = `
  import { check, group } from 'k6';
  import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
  const bought = new Counter('bought');
  const stock = new Gauge('stock');
  const hits = new Rate('hits');
  const size = new Trend('size');
  const waits = ['ns', 'us', 'ms', 's', 'm', 'h'].map((unit) => new Trend('wait_' + unit, true));
  export const options = {
    iterations: 4,
    summaryTrendStats: ['avg', 'min', 'max', 'count'],
    thresholds: { bought: ['count==4', 'count>9'], 'bought{who:a}': ['count==2'], hits: ['rate>0.5'] },
  };
  export default function () {
    bought.add(1, { who: __ITER % 2 ? 'a' : 'b' });
    stock.add(10 - __ITER * 1.5);
    hits.add(__ITER > 0);
    size.add(12345.6789);
    [0.000123, 0.0123456, 12.3456, 1234.5678, 123456.789, 12345678.9].forEach((ms, index) => waits[index].add(ms));
    check(__ITER, { even: (n) => n % 2 === 0, 'is a number': (n) => n >= 0 });
    group('cart', () => {
      check(__ITER, { small: (n) => n < 2 });
      group('pay', () => check(1, { paid: true }));
    });
  }`;

/**
 * The lines of a summary without rates, without the width of columns and without metrics that only one of the two has. k6
 * writes passed checks as "out of" all.
 */
function comparableLines(summary = ''): string[] {
  return summary
    .split('\n')
    .map((line) =>
      line
        .replace(/\.{3,}:/, ':')
        .replace(/[\d.]+\/s/, '')
        .replace(/(\d+) out of (\d+)/, (_, passes, all) => `✓ ${passes} ✗ ${all - passes}`)
        .replaceAll(/(?<=\S) +/g, ' ')
        .trimEnd(),
    )
    .filter(
      (line) =>
        line !== '' && !/^ +(data_|dropped_|group_|iteration|vus|flashsale_|http_)/.test(line),
    );
}

describe('k6-summary from jslib', () => {
  it('arranges checks and metrics as k6 does', async () => {
    expect(await summarize(`textSummary(data, { indent: '', enableColors: false })`)).toBe(
      `    ✓ open

    █ cart

      ✗ small
       ↳  33% — ✓ 1 / ✗ 2

    █ empty

    age.............: 500ns  min=0s  max=1.5s
    data_sent.......: 1.2 MB 9.5 B/s
    hits............: 99.99% ✓ 99999 ✗ 1
    stock...........: 5.5    min=-1  max=10
  ✗ waited..........: avg=1m1s     p(95)=1h1m1s  count=2
    ✓ { who:a&b }...: avg=500µs    p(95)=12.34ms count=12
    weight..........: avg=0.333333 p(95)=0       count=-`,
    );
  });

  describeWithK6('beside k6’s own', () => {
    it('has the same lines for the same run', async () => {
      const { result } = await runScript(
        `import { textSummary } from '${SUMMARY}'; ${MEASURING}
         export function handleSummary(data) { return { stdout: textSummary(data, { enableColors: false }) }; }`,
      );
      const k6 = await runInK6(MEASURING, { args: ['--summary-mode=legacy', '--no-color'] });
      const lines = comparableLines(k6.stdout);
      expect(lines).toHaveLength(20);
      expect(comparableLines(result.summaryOutput?.stdout)).toEqual(lines);
    });
  });

  it('has colours and one unit of time on request', async () => {
    const [open] = (await summarize('textSummary(data)'))?.split('\n') ?? [];
    expect(open).toBe('\u001b[32m     ✓ open\u001b[0m');
    const inSeconds = await summarize(
      `textSummary(data, { summaryTimeUnit: 's', enableColors: false })`,
    );
    expect(inSeconds).toContain('avg=61.50s');
    expect(
      await summarize(
        `[humanizeValue(12.345, { contains: 'time' }, 'us'), humanizeValue(999950, { contains: 'data' })].join()`,
      ),
    ).toBe('12345.00µs,1000 kB');
  });

  it('writes thresholds as a JUnit report', async () => {
    expect(await summarize(`jUnit(data, { name: 'my "shop"', classname: 'k6' })`)).toBe(
      `<?xml version="1.0"?>
<testsuites tests="3" failures="1">
  <testsuite name="my &#34;shop&#34;" tests="3" failures="1">
    <testcase name="waited - avg&#60;5" classname="k6"><failure message="trend threshold failed: avg value: 61500, p(95) value: 3661000, count value: 2" /></testcase>
    <testcase name="waited - p(95)&#62;1" classname="k6" />
    <testcase name="waited{who:a&#38;b} - avg&#62;0" classname="k6" />
  </testsuite>
</testsuites>`,
    );
  });
});
