import { expect, it } from 'vitest';
import { overrideOptions } from './overrides.ts';

const EXPORTED = {
  scenarios: { a: { executor: 'constant-vus', vus: 3, duration: '1s' } },
  stages: [{ duration: '9s', target: 9 }],
  tags: { shop: 'a' },
};

it('without overrides, options are what the script exports', () => {
  expect(overrideOptions(EXPORTED, {})).toBe(EXPORTED);
  expect(overrideOptions(undefined, { vus: undefined })).toBeUndefined();
});

it.each([
  { iterations: 10, vus: 5 },
  { duration: '3s' },
  { stages: [{ duration: '1s', target: 7 }] },
])('%j replaces the whole plan of the script', (overrides) => {
  expect(overrideOptions(EXPORTED, overrides)).toEqual({ tags: { shop: 'a' }, ...overrides });
});

it('replaces a plan whose names are written in another case', () => {
  expect(overrideOptions({ Stages: [], VUS: 3 }, { iterations: 9, vus: 1 })).toEqual({
    ...{ iterations: 9, vus: 1 },
  });
});

it.each([{ vus: 5 }, { httpDebug: 'full' }])('%j leaves the plan', (overrides) => {
  expect(overrideOptions(EXPORTED, overrides)).toEqual({ ...EXPORTED, ...overrides });
});

it('puts the script over a config file, and flags over both', () => {
  const config = { path: '/k6.json', options: { vus: 9, stages: [], tags: { a: 'b' }, rps: 5 } };
  expect(overrideOptions({ iterations: 3, tags: null }, { config, rps: 7 })).toEqual({
    ...{ vus: 9, iterations: 3, tags: { a: 'b' }, rps: 7 },
  });
  expect(overrideOptions(undefined, { config })).toEqual(config.options);
});

it('leaves all thresholds out', () => {
  const own = { threads: true, thresholds: { checks: ['exactly-once'] } };
  const options = { Thresholds: { checks: ['rate>1'] }, ext: { flashsale: own, other: 1 } };
  expect(overrideOptions(options, { noThresholds: true })).toEqual({
    ext: { flashsale: { threads: true }, other: 1 },
  });
});
