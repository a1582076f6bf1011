import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../../test/k6.ts';
import { runScript } from '../../testing/run-script.ts';

const UTILS = 'https://jslib.k6.io/k6-utils/1.4.0/index.js';
const SUMMARY = 'https://jslib.k6.io/k6-summary/0.0.1/index.js';

/** Runs a body once, with these names of k6-utils, and returns the values that it shows. */
async function once(names: string, body: string, options = '{}') {
  const { result, log } = await runScript(
    `import { ${names} } from '${UTILS}';
     import { randomSeed, sleep } from 'k6';
     import http from 'k6/http';
     import exec from 'k6/execution';
     import { Counter } from 'k6/metrics';
     const bought = new Counter('bought');
     export const options = ${options};
     const show = (value) => console.log(JSON.stringify(value));
     export default function () { ${body} }`,
  );
  const shown = log.flatMap((line): unknown[] => (/^[[{\d]/.test(line) ? [JSON.parse(line)] : []));
  return { result, shown };
}

describe('k6-utils from jslib', () => {
  it('draws numbers, items, texts and UUIDs, the same again after the same randomSeed', async () => {
    const { shown } = await once(
      'randomIntBetween, randomItem, randomString, uuidv4',
      `for (const seed of [7, 7, 8]) {
         randomSeed(seed);
         show([randomIntBetween(3, 5), randomItem(['a', 'b']), randomString(8), randomString(4, 'xy'), uuidv4()]);
       }
       show(Array.from({ length: 200 }, () => randomIntBetween(-1, 1)).sort());
       show([uuidv4(true), uuidv4(true)]);`,
    );
    const [first, second, third, numbers, secure] = shown as [
      ...[unknown[], unknown[], unknown[], number[], string[]],
    ];
    expect(first).toEqual([
      expect.toBeOneOf([3, 4, 5]),
      expect.toBeOneOf(['a', 'b']),
      expect.stringMatching(/^[a-z]{8}$/),
      expect.stringMatching(/^[xy]{4}$/),
      expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/),
    ]);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    expect(new Set(numbers)).toEqual(new Set([-1, 0, 1]));
    expect(secure[0]).not.toBe(secure[1]);
  });

  it('finds the text between two others', async () => {
    const { shown } = await once(
      'findBetween',
      `show([findBetween('<a>x</a><a>y</a>', '<a>', '</a>'), findBetween('<a>x</a><a>y</a>', '<a>', '</a>', true)]);
       show([findBetween('abc', 'b', 'x'), findBetween('abc', 'b', 'x', true), findBetween('""a""', '"', '"', true)]);`,
    );
    expect(shown).toEqual([
      ['x', ['x', 'y']],
      [null, null, ['', '']],
    ]);
  });

  it('shapes stages as a bell, for options too', async () => {
    const { shown, result } = await once(
      'normalDistributionStages, parseDuration',
      `show(normalDistributionStages(10, 20, 5)); show(parseDuration('1m30s')); parseDuration('');`,
      '{ stages: normalDistributionStages(2, 0.6, 1).map((stage) => ({ ...stage, duration: "50ms" })) }',
    );
    expect(shown[0]).toEqual([
      { duration: '4s', target: 1 },
      { duration: '3s', target: 5 },
      { duration: '3s', target: 10 },
      { duration: '3s', target: 10 },
      { duration: '3s', target: 5 },
      { duration: '3s', target: 1 },
      { duration: '4s', target: 0 },
    ]);
    expect(shown[1]).toBe(90_000);
    expect(result.exceptions.first).toEqual([
      expect.stringMatching(/script\.ts:9: "" is not a duration like 30s or 1m30s$/),
    ]);
  });

  it('gives the index of the stage that runs, and tags samples with it', async () => {
    const ramping = (stages: string, startVUs: number): string =>
      `{ scenarios: { ramp: { executor: 'ramping-vus', startVUs: ${startVUs}, gracefulStop: '0s', stages: ${stages} } },
         thresholds: { 'bought{stage:1,stage_profile:steady}': ['count==1'] } }`;
    const names = 'getCurrentStageIndex, tagWithCurrentStageIndex, tagWithCurrentStageProfile';
    const tag = `tagWithCurrentStageIndex(); tagWithCurrentStageProfile(); show([getCurrentStageIndex(), exec.vu.tags.stage, exec.vu.tags.stage_profile]);`;
    const at = async (stages: string) =>
      await once(names, `${tag} bought.add(1); exec.test.abort('seen');`, ramping(stages, 1));
    const first = await at(`[{ duration: '1h', target: 1 }]`);
    expect(first.shown[0]).toEqual([0, '0', 'ramp-up']);
    const steady = await at(`[{ duration: '0s', target: 1 }, { duration: '1h', target: 1 }]`);
    expect(steady.shown[0]).toEqual([1, '1', 'steady']);
    expect(steady.result.thresholds).toMatchObject([{ ok: true }]);
    const down = await at(`[{ duration: '0s', target: 2 }, { duration: '1h', target: 1 }]`);
    expect(down.shown[0]).toEqual([1, '1', 'ramp-down']);
    const none = await once(names, 'getCurrentStageIndex();');
    expect(none.result.exceptions.first).toEqual([
      expect.stringContaining('the scenario "default" has no stages'),
    ]);
  });

  it('checks promises and tests that wait, and counts them with all other checks', async () => {
    const { shown, result } = await once(
      'check',
      `const waits = () => { sleep(0.001); return false; };
       show([check(1, { one: (n) => n === 1 }), check(1, { waits, two: true })]);
       check(Promise.resolve(2), { later: async (n) => n === 2 }).then((passed) => show([passed]));`,
    );
    expect(shown).toEqual([[true, false], [true]]);
    expect(result.checks).toEqual([
      { group: '', name: 'one', passes: 1, fails: 0 },
      { group: '', name: 'waits', passes: 0, fails: 1 },
      { group: '', name: 'two', passes: 1, fails: 0 },
      { group: '', name: 'later', passes: 1, fails: 0 },
    ]);
  });

  it('refuses a member that is missing when the script is loaded, and lists those there are', async () => {
    await expect(once('randomCat', 'randomCat();')).rejects.toMatchObject({
      why: expect.stringMatching(
        /script\.ts:9: "randomCat" of https:\/\/jslib\.k6\.io\/k6-utils is not supported \(supported: check, findBetween, /,
      ),
    });
  });
});

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
