import { describe, expect, it } from 'vitest';
import { readGiven } from './given.ts';

describe('k6’s variables', () => {
  it('stand for options of a script', () => {
    const env = {
      ...{ PATH: '/bin', K6_VUS: '5', K6_ITERATIONS: '10', K6_TAGS: 'shop:a,city:b' },
      ...{ K6_NO_SETUP: 'true', K6_SYSTEM_TAGS: 'status, url', K6_DURATION: '', K6_DNS: 'ttl=0' },
    };
    expect(readGiven({}, env)).toMatchObject({
      overrides: {
        ...{ vus: 5, iterations: 10, noSetup: true, systemTags: ['status', 'url'] },
        ...{ tags: { shop: 'a', city: 'b' }, dns: { ttl: '0' } },
      },
      notes: [],
    });
  });

  it('stand for flags that the run heeds', () => {
    const env = { K6_OUT: 'json=a,csv=b', K6_NO_THRESHOLDS: 'true', K6_CONFIG: 'k6.json' };
    expect(readGiven({}, env).own).toMatchObject({
      ...{ out: ['json=a', 'csv=b'], noThresholds: true, config: 'k6.json' },
    });
  });

  it('are named in one line if they mean nothing', () => {
    expect(readGiven({}, { K6_CLOUD_TOKEN: 'x', K6_LINGER: 'true', K6ISH: 'y' }).notes).toEqual([
      'K6_CLOUD_TOKEN, K6_LINGER mean nothing here; see docs/k6.md',
    ]);
  });

  it.each([
    [{ K6_THROW: 'yes' }, '"yes" is neither true nor false'],
    [{ K6_STAGES: '10' }, '"10" is no stage like 30s:100'],
    [{ K6_VUS: '2.0' }, '"2.0" is not a whole number'],
    [{ K6_DNS: 'fast' }, '"fast" is not NAME=VALUE, as ttl=5m'],
    [{ K6_SUMMARY_MODE: 'short' }, '"short" is none of compact, full, disabled'],
  ])('%j is refused', (env, why) => {
    expect(() => readGiven({}, env)).toThrow(expect.objectContaining({ why }));
  });
});

describe('k6’s flags', () => {
  it('win over variables, and the plan of a flag over that of a variable', () => {
    const { overrides } = readGiven(
      { iterations: 3, userAgent: 'me' },
      { K6_STAGES: '1s:3', K6_USER_AGENT: 'you', K6_VUS: '2' },
    );
    expect(overrides).toEqual({ iterations: 3, userAgent: 'me', vus: 2 });
  });

  it('that mean nothing say why, a line for each', () => {
    expect(
      readGiven({ address: 'localhost:0', usageReport: true, noUsageReport: true }, {}).notes,
    ).toEqual([
      '--address means nothing here: a run opens no REST API',
      '--no-usage-report means nothing here: usage is never reported',
    ]);
  });

  it('that would change what is asked for are refused, with what to do', () => {
    expect(() => readGiven({ paused: 'true' }, {})).toThrow(
      expect.objectContaining({ message: '--paused cannot be heeded', next: 'leave it out' }),
    );
    expect(() => readGiven({ type: 'archive' }, {})).toThrow(
      expect.objectContaining({ next: 'unpack it (tar xf FILE), and run the script in it' }),
    );
  });

  it('are no matter if they ask for what is done anyway', () => {
    expect(readGiven({ paused: 'false', type: 'js', tracesOutput: 'none' }, {}).notes).toEqual([]);
  });
});
