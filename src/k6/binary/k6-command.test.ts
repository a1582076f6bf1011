import { describe, expect, it } from 'vitest';
import type { Target } from '../../target/target.ts';
import { argumentsFor, environmentFor } from './k6-command.ts';
import { type RecordingSettings, SETTINGS_VARIABLE } from './notes.ts';

const TARGET = {
  operations: [
    {
      method: 'DELETE',
      path: { pattern: '^/api/v1\\.0/reservations/([^/]+)$' },
      callIdHeader: 'x-call-id',
      answer: { order: 'cookie cart' },
      answers: [{ is: 'ok', when: { 'header Location': 'present' } }],
    },
    { method: 'GET', path: '/stock.json', answer: {}, answers: [] },
  ],
  answers: [],
} as unknown as Target;

describe('argumentsFor', () => {
  it('passes variables and overriding options on as flags, and reads the script from standard input', () => {
    const stages = [{ duration: '10s', target: 5 }];
    const args = argumentsFor(TARGET, { BASE: 'http://a' }, { vus: 2, stages });
    expect(args[0]).toBe('run');
    expect(args.at(-1)).toBe('-');
    expect(args).toContain('--vus=2');
    expect(args).toContain('--stage=10s:5');
    expect(args).not.toContainEqual(expect.stringContaining('--iterations'));
    expect(args[args.indexOf('BASE=http://a') - 1]).toBe('--env');
  });

  it('passes on every option that k6 has a flag for', () => {
    const args = argumentsFor(
      TARGET,
      {},
      {
        ...{ noSetup: true, throw: false, blockHostnames: ['a', '*.b'], dns: { ttl: '0' } },
        ...{ tags: { shop: 'a b' }, userAgent: 'me', noThresholds: true },
        config: { path: '/k6.json', options: {} },
      },
    );
    expect(args).toEqual(
      expect.arrayContaining([
        ...['--no-setup=true', '--throw=false', '--block-hostnames=a,*.b', '--dns=ttl=0'],
        ...['--tag=shop=a b', '--user-agent=me', '--no-thresholds', '--config=/k6.json'],
      ]),
    );
  });

  it('asks for the form of the summary', () => {
    const summary = (isFull: boolean) =>
      argumentsFor(TARGET, {}, {}, { script: '', isFull }).filter((arg) => arg.includes('summary'));
    expect(summary(false)).toEqual(['--new-machine-readable-summary']);
    expect(summary(true)).toEqual(['--new-machine-readable-summary', '--summary-mode']);
  });

  it('tells the recording module which requests are operations', () => {
    const prefix = `${SETTINGS_VARIABLE}=`;
    const variable = argumentsFor(TARGET, {}, {}).find((each) => each.startsWith(prefix)) ?? '';
    const settings = JSON.parse(variable.slice(prefix.length)) as RecordingSettings;
    expect(settings).toEqual({
      endpoints: [
        { method: 'DELETE', path: '^/api/v1\\.0/reservations/([^/]+)$', callIdHeader: 'x-call-id' },
        { method: 'GET', path: '^/stock\\.json$' },
      ],
      callIdPrefix: expect.stringMatching(/^[0-9a-f]{18}$/),
      answerHeaders: ['x-request-id', 'location'],
      answerCookies: ['cart'],
    });
  });
});

describe('environmentFor', () => {
  it('leaves out k6’s own variables that mean nothing in our engine', () => {
    expect(environmentFor({ PATH: '/bin', K6_OUT: 'json', K6_VUS: '9' })).toEqual({
      ...{ PATH: '/bin', K6_VUS: '9' },
      K6_AUTO_EXTENSION_RESOLUTION: 'false',
    });
  });
});
