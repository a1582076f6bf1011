import { describe, expect, it } from 'vitest';
import { runScript } from '../../testing/run-script.ts';

const UTILS = 'https://jslib.k6.io/k6-utils/1.4.0/index.js';

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
