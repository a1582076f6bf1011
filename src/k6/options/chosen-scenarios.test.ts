import { describe, expect, it } from 'vitest';
import { overrideOptions } from './overrides.ts';

const EXPORTED = {
  Scenarios: {
    api: {
      executor: 'constant-vus',
      vus: 10,
      duration: '30s',
      exec: 'buy',
      tags: { team: 'core' },
    },
    ui: { executor: 'shared-iterations', vus: 2, iterations: 9, env: { PAGE: '1' } },
  },
  thresholds: { 'http_req_duration{scenario:api}': ['p(95)<1'], checks: ['rate>0.9'] },
};

describe('--scenario', () => {
  it('leaves the scenarios of these names and the thresholds that are not over others', () => {
    expect(overrideOptions(EXPORTED, { chosen: ['ui'] })).toEqual({
      scenarios: { ui: EXPORTED.Scenarios.ui },
      thresholds: { checks: ['rate>0.9'] },
    });
    expect(overrideOptions(EXPORTED, { chosen: ['ui', 'api'] })).toMatchObject({
      thresholds: EXPORTED.thresholds,
    });
  });

  it('keeps the thresholds over a scenario whose name is in quotes, as k6 reads it', () => {
    const over = (name: string) => `http_req_duration{status:200, "scenario": '${name}'}`;
    const thresholds = { [over('api')]: ['p(95)<1'], [over('ui')]: ['p(95)<2'] };
    expect(overrideOptions({ ...EXPORTED, thresholds }, { chosen: ['ui'] })).toEqual({
      scenarios: { ui: EXPORTED.Scenarios.ui },
      thresholds: { [over('ui')]: ['p(95)<2'] },
    });
  });

  it('knows a script without scenarios by the name default, and no name that is not there', () => {
    const plain = { vus: 3, duration: '1s' };
    expect(overrideOptions(plain, { chosen: ['default'] })).toEqual(plain);
    expect(() => overrideOptions(plain, { chosen: ['api'] })).toThrow('the script has default');
    expect(() => overrideOptions(EXPORTED, { chosen: ['app'] })).toThrow(
      '--scenario names app, and the script has api, ui',
    );
  });
});

describe('--once', () => {
  it('runs the chosen scenario with one VU and one iteration, its function, variables and tags', () => {
    expect(overrideOptions(EXPORTED, { chosen: ['api'], once: true })).toMatchObject({
      scenarios: {
        api: {
          ...{ executor: 'shared-iterations', vus: 1, iterations: 1 },
          ...{ exec: 'buy', tags: { team: 'core' } },
        },
      },
    });
    const { scenarios } = overrideOptions(EXPORTED, { chosen: ['api'], once: true }) as {
      scenarios: { api: object };
    };
    expect(scenarios.api).not.toHaveProperty('duration');
  });

  it('runs a script without scenarios once, whatever its own plan', () => {
    const plain = { stages: [{ duration: '1m', target: 5 }], vus: 3, tags: { a: 'b' } };
    const once = { vus: 1, iterations: 1 };
    expect(overrideOptions(plain, { once: true })).toEqual({ tags: { a: 'b' }, ...once });
    expect(overrideOptions(undefined, { once: true })).toEqual(once);
  });

  it('cannot choose among several scenarios, nor stand beside another plan', () => {
    expect(() => overrideOptions(EXPORTED, { once: true })).toThrow('add --scenario api');
    expect(() => overrideOptions(EXPORTED, { once: true, iterations: 5 })).toThrow(
      '--once and --iterations are two plans',
    );
  });
});
