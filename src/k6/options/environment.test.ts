import { expect, it } from 'vitest';
import { optionsOfEnvironment } from './environment.ts';

it('reads k6’s variables as the options that they stand for', () => {
  const env = {
    ...{ PATH: '/bin', K6_VUS: '5', K6_ITERATIONS: '10', K6_STAGES: '1s:3, 2s:0' },
    ...{ K6_NO_SETUP: 'true', K6_SYSTEM_TAGS: 'status,url', K6_DURATION: '' },
  };
  expect(optionsOfEnvironment(env)).toEqual({
    overrides: {
      ...{ vus: '5', iterations: '10', noSetup: true, systemTags: ['status', 'url'] },
      stages: [
        { duration: '1s', target: 3 },
        { duration: '2s', target: 0 },
      ],
    },
    unheeded: [],
  });
});

it('names those that mean nothing here', () => {
  expect(optionsOfEnvironment({ K6_OUT: 'cloud', K6_CLOUD_TOKEN: 'x', K6ISH: 'y' })).toEqual({
    overrides: {},
    unheeded: ['K6_OUT', 'K6_CLOUD_TOKEN'],
  });
});

it.each([
  [{ K6_THROW: 'yes' }, '"yes" is neither true nor false'],
  [{ K6_STAGES: '10' }, '"10" is no stage like 30s:100'],
])('refuses %j', (env, why) => {
  expect(() => optionsOfEnvironment(env)).toThrow(expect.objectContaining({ why }));
});
