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
