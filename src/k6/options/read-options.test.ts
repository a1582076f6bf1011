import { describe, expect, it } from 'vitest';
import { createHttpMetrics } from '../../load/metrics/http-metrics.ts';
import { createMetrics } from '../../load/metrics/metrics.ts';
import type { LoadOptions } from '../../load/options.ts';
import { readOptions } from './read-options.ts';

function read(options: unknown, exports: string[] = ['default']): LoadOptions {
  const metrics = createMetrics();
  createHttpMetrics(metrics);
  return readOptions(options, { exports, metrics });
}

const rate = (fields: object): object => ({
  scenarios: { s: { executor: 'constant-arrival-rate', ...fields } },
});
const ramping = (fields: object): object => ({
  scenarios: { s: { executor: 'ramping-vus', ...fields } },
});

describe('scenarios', () => {
  it.each<[object, string, object]>([
    [{}, 'per-vu-iterations', { vusMax: 1, iterations: 1, durationMs: 600_000 }],
    [{ scenarios: {} }, 'per-vu-iterations', { vusMax: 1, iterations: 1 }],
    [{ stages: [] }, 'per-vu-iterations', { vusMax: 1, iterations: 1 }],
    [{ stages: [{ target: 3 }] }, 'per-vu-iterations', { vusMax: 1, iterations: 1 }],
    [{ vus: '', iterations: '4' }, 'shared-iterations', { vusMax: 1, iterations: 4 }],
    [{ vus: 5 }, 'per-vu-iterations', { vusMax: 1, iterations: 1, durationMs: 600_000 }],
    [{ iterations: 5 }, 'shared-iterations', { vusMax: 1, iterations: 5 }],
    [
      { vus: 2, iterations: 5, duration: '3s' },
      'shared-iterations',
      { vusMax: 2, iterations: 5, durationMs: 3_000 },
    ],
    [{ duration: '3s' }, 'constant-vus', { vusMax: 1, durationMs: 3_000 }],
    [
      { vus: 3, stages: [{ duration: '2s', target: 9 }, { target: 50 }] },
      'ramping-vus',
      { vusMax: 9, durationMs: 2_000 },
    ],
    [{ stages: [{ duration: '2s', target: 0 }] }, 'ramping-vus', { vusMax: 1 }],
    [
      { vus: 7, scenarios: { default: { executor: 'per-vu-iterations', vus: 2, iterations: 3 } } },
      'per-vu-iterations',
      { vusMax: 2, iterations: 6 },
    ],
  ])('%j is one scenario, as in k6', (options, executor, plan) => {
    expect(read(options).scenarios).toMatchObject([{ name: 'default', executor, plan }]);
  });

  it('have the fields of their executor, in its units', () => {
    const r = {
      executor: 'ramping-arrival-rate',
      preAllocatedVUs: 2,
      maxVUs: 4,
      startRate: 60,
      timeUnit: '1m',
      stages: [{ target: 60, duration: '10s' }],
      startTime: '2s',
    };
    expect(read({ scenarios: { r } }).scenarios[0]).toMatchObject({
      startTimeMs: 2_000,
      plan: { vusStart: 2, vusMax: 4, iterations: 10, durationMs: 10_000 },
    });
  });

  it('have k6’s defaults beside those fields', () => {
    const [scenario] = read(ramping({ stages: [{ duration: '1s', target: 2 }] })).scenarios;
    expect(scenario).toMatchObject({
      ...{ name: 's', exec: 'default', startTimeMs: 0, gracefulStopMs: 30_000, env: {}, tags: {} },
    });
  });

  it('need a function to run', () => {
    expect(() => read({}, ['buy'])).toThrow(
      'scenarios.default runs the default export, but the script exports no default function',
    );
  });
});

describe('options of requests', () => {
  it('have k6’s defaults', () => {
    expect(read(undefined).http).toEqual({
      userAgent: 'flashsale-cli',
      redirectsMax: 10,
      discardResponseBodies: false,
      throwOnFailure: false,
      insecureSkipTlsVerify: false,
      tls: undefined,
      hosts: {},
      names: undefined,
      keepConnections: 'always',
      batchMax: 20,
      batchPerHostMax: 6,
      keepCookies: false,
    });
  });

  it('say where hosts are, with or without a port', () => {
    const hosts = { shop: '10.0.0.1', pay: '10.0.0.2:8080', six: '[::1]:80', bare: '::1' };
    expect(read({ hosts }).http.hosts).toEqual({
      shop: { host: '10.0.0.1' },
      pay: { host: '10.0.0.2', port: 8080 },
      six: { host: '::1', port: 80 },
      bare: { host: '::1' },
    });
  });

  it('say how names are looked up', () => {
    const options = {
      dns: { ttl: 'inf' },
      blockHostnames: ['*.shop'],
      blacklistIPs: ['10.0.0.0/8'],
    };
    expect(read(options).http.names).toEqual({
      dns: { ttlMs: Number.POSITIVE_INFINITY, select: 'random', policy: 'preferIPv4' },
      blockedNames: ['*.shop'],
      blockedRanges: ['10.0.0.0/8'],
    });
  });

  it('say what TLS may be; cipher suites that Node does not know are left out', () => {
    const options = {
      tlsVersion: { min: 'tls1.1', max: 'tls1.2' },
      tlsCipherSuites: ['TLS_RSA_WITH_RC4_128_SHA', 'TLS_RSA_WITH_AES_128_GCM_SHA256'],
    };
    expect(read(options).http.tls).toEqual({
      versionMin: 'TLSv1.1',
      versionMax: 'TLSv1.2',
      cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'],
      certificates: [],
    });
  });

  it('say when connections end and what is printed', () => {
    expect(read({ noVUConnectionReuse: true, httpDebug: 'yes', rps: 5 }).http).toMatchObject({
      ...{ keepConnections: 'iteration', debug: 'headers', requestsPerSecondMax: 5 },
    });
    expect(read({ noConnectionReuse: true, httpDebug: 'full' }).http).toMatchObject({
      ...{ keepConnections: 'never', debug: 'full' },
    });
  });
});

describe('thresholds', () => {
  it('are expressions, alone or with what they do', () => {
    const thresholds = {
      'http_reqs{status:200}': ['count>5', { threshold: 'rate>1', abortOnFail: true }],
      http_req_duration: [{ threshold: 'p(95)<500', delayAbortEval: '10s' }],
    };
    expect(read({ thresholds }).thresholds).toEqual([
      {
        ...{ metric: 'http_reqs{status:200}', expression: 'count>5' },
        ...{ abortOnFail: false, delayAbortEvalMs: 0 },
      },
      {
        ...{ metric: 'http_reqs{status:200}', expression: 'rate>1' },
        ...{ abortOnFail: true, delayAbortEvalMs: 0 },
      },
      {
        ...{ metric: 'http_req_duration', expression: 'p(95)<500' },
        ...{ abortOnFail: false, delayAbortEvalMs: 10_000 },
      },
    ]);
  });

  it('over the run are left to the run', () => {
    const thresholds = { sql: { 'SELECT 1': ['value==1'] } };
    const options = read({ ext: { flashsale: { thresholds, allowExceptions: true }, other: 1 } });
    expect(options).toMatchObject({ runThresholds: thresholds, allowExceptions: true });
  });
});

it('the options of the script are kept with the scenarios that they stand for', () => {
  expect(read({ iterations: 5, tags: { shop: '1' } })).toMatchObject({
    tags: { shop: '1' },
    exported: { iterations: 5, scenarios: { default: { executor: 'shared-iterations' } } },
  });
});

describe('options are decoded as in k6', () => {
  it.each<[string, object]>([
    ['numbers as texts', { vus: '2', iterations: '4', maxRedirects: '3', rps: '7', vusMax: '9' }],
    ['names in upper and lower case', { VUS: 2, Iterations: 4, MAXREDIRECTS: 3, RPS: 7 }],
    [
      'null for what is not given',
      { ...{ vus: 2, iterations: 4, maxRedirects: 3, rps: 7 }, duration: null, tags: null },
    ],
  ])('%s', (_, options) => {
    expect(read(options)).toMatchObject({
      scenarios: [{ plan: { vusMax: 2, iterations: 4 } }],
      http: { redirectsMax: 3, requestsPerSecondMax: 7 },
      tags: {},
    });
  });

  it('also within scenarios, stages and thresholds', () => {
    const scenario = { Executor: 'ramping-vus', STARTVUS: '1', exec: null };
    const options = read({
      scenarios: { s: { ...scenario, stages: [{ Target: '3', Duration: '1s' }] } },
      thresholds: {
        http_req_failed: null,
        http_reqs: [{ Threshold: 'count<5', AbortOnFail: true }],
      },
    });
    expect(options.scenarios).toMatchObject([{ exec: 'default', plan: { vusMax: 3 } }]);
    expect(options.thresholds).toMatchObject([{ metric: 'http_reqs', abortOnFail: true }]);
  });
});

describe('as in k6,', () => {
  it.each<[string, object, (options: ReturnType<typeof read>) => unknown, unknown]>([
    [
      'whole numbers may be big ones',
      { vus: 2n, iterations: '4' },
      ({ exported }) => [exported.vus, exported.iterations],
      [2, 4],
    ],
    [
      'unknown system tags are left out',
      { systemTags: ['url', 'colour'] },
      ({ systemTags }) => systemTags,
      ['url'],
    ],
    [
      'a batch of 0 has no limit',
      { batch: 0, batchPerHost: 0 },
      ({ http }) => [http.batchMax, http.batchPerHostMax],
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
    [
      'empty texts are not given, and linger means nothing',
      { tlsVersion: '', summaryTimeUnit: '', linger: true },
      ({ http }) => http.tls,
      undefined,
    ],
    [
      'a stage may have other fields',
      { stages: [{ duration: '1s', target: 3, name: 'ramp' }] },
      ({ scenarios }) => scenarios[0]?.executor,
      'ramping-vus',
    ],
  ])('%s', (_, options, figure, expected) => {
    expect(figure(read(options))).toEqual(expected);
  });
});

describe('wrong options', () => {
  it.each<[object, string]>([
    [{ vus: '2.5', iterations: 4 }, 'vus: "2.5" is not a whole number'],
    [{ iterations: '1e3' }, 'iterations: "1e3" is not a whole number'],
    [{ noSetup: 'true' }, 'noSetup: '],
    [{ tags: { shop: 1 } }, 'tags.shop: 1 is no text; write it in quotes'],
    [{ itertions: 5 }, 'the option "itertions" is not supported; did you mean "iterations"?'],
    [{ scenarios: { 'a b': { executor: 'constant-vus' } } }, 'the name of a scenario has only'],
    [{ vus: 1e9, duration: '1s' }, 'vus: at most 100,000 VUs fit into a process'],
    [ramping({ stages: [{ duration: '1s', target: 1e9 }] }), 'stage 1: at most 100,000 VUs'],
    [{ vus: Number.NaN, iterations: 1 }, 'vus: NaN is not a whole number'],
    [
      rate({ rate: 0, duration: '1s', preAllocatedVUs: 1 }),
      'rate: has to be more than 0, and is 0',
    ],
    [rate({ rate: 1, duration: '1s' }), 'preAllocatedVUs: is missing'],
    [rate({ rate: 2.5, duration: '1s', preAllocatedVUs: 1 }), '2.5 is not a whole number'],
    [
      rate({ rate: 1e9, duration: '1s', preAllocatedVUs: 1 }),
      '1,000,000,000 iterations per second are asked for; the most is 1,000,000',
    ],
    [{ executionSegment: '1/2:0' }, 'executionSegment: "1/2:0" is no part of the whole'],
    [{ executionSegmentSequence: '0,1' }, 'executionSegmentSequence: is of no use without'],
    [{ hosts: { shop: 'elsewhere' } }, '"elsewhere" is not an IP address'],
    [
      { scenarios: { s: { executor: 'externally-controlled' } } },
      'scenarios.s.executor "externally-controlled" is not supported',
    ],
    [{ scenarios: { s: { vus: 5 } } }, 'scenarios.s.executor is missing'],
    [
      { iterations: 5, scenarios: { s: { executor: 'constant-vus' } } },
      'using `iterations` and `scenarios` options simultaneously is not allowed',
    ],
    [
      { duration: '5s', stages: [{ duration: '1s', target: 5 }] },
      'using `duration` and `stages` options simultaneously is not allowed',
    ],
    [ramping({ stages: [] }), 'scenarios.s: at least one stage has to be specified'],
    [ramping({ stages: [{ target: 1 }] }), "stage 1 doesn't have a duration"],
    [ramping({ stages: [{ duration: '1s' }] }), "stage 1 doesn't have a target"],
    [
      ramping({ stages: [{ duration: '1s', target: -1 }] }),
      "the target for stage 1 shouldn't be negative",
    ],
    [
      ramping({ startVUs: 0, stages: [{ duration: '1s', target: 0 }] }),
      "either startVUs or one of the stages' target values must be greater than 0",
    ],
    [{ vus: 0, iterations: 1 }, 'the number of VUs should be more than 0'],
    [{ scenarios: { s: { executor: 'constant-vus', vus: 2 } } }, 'scenarios.s.duration'],
    [
      { scenarios: { s: { executor: 'constant-vus', duration: '1 hour' } } },
      '"1 hour" is not a duration',
    ],
    [
      { scenarios: { s: { executor: 'constant-vus', duration: '1s', rate: 5 } } },
      'the option "scenarios.s.rate" is not supported',
    ],
    [
      { scenarios: { s: { executor: 'shared-iterations', vus: 9, iterations: 3 } } },
      "the number of iterations (3) shouldn't be less than the number of VUs (9)",
    ],
    [
      { scenarios: { s: { executor: 'shared-iterations', exec: 'buy' } } },
      'scenarios.s.exec names "buy"',
    ],
    [rate({ rate: 0, duration: '1s', preAllocatedVUs: 1 }), 'scenarios.s.rate'],
    [
      rate({ rate: 5, duration: '1s', preAllocatedVUs: 5, maxVUs: 2 }),
      'maxVUs (2) cannot be less than preAllocatedVUs (5)',
    ],
    [
      { thresholds: { http_reqs: Array.from({ length: 10_001 }, () => 'count>1') } },
      'thresholds: these are 10,001, and a load takes at most 10,000',
    ],
    [{ thresholds: { nothing: ['count>1'] } }, 'there is no metric "nothing"'],
    [{ thresholds: { http_reqs: ['p(95)<1'] } }, 'a counter has no "p(95)"'],
    [{ thresholds: { http_reqs: ['count is 5'] } }, '"count is 5" is not a threshold'],
    [{ thresholds: { 'http_reqs{': ['count>5'] } }, 'is not a metric like'],
    [
      { thresholds: { http_reqs: [{ threshold: 'count>1', abort: true }] } },
      'thresholds.http_reqs',
    ],
    [{ summaryTrendStats: ['p(200)'] }, 'summaryTrendStats.0'],
    [{ blacklistIPs: ['10.0.0.0/99'] }, 'blacklistIPs.0: is no range of addresses'],
    [{ blacklistIPs: ['10.0.0.1'] }, 'blacklistIPs.0: is no range of addresses'],
    [{ blockHostnames: ['a.*.test'] }, 'blockHostnames.0: is no host'],
    [{ hosts: { 'a.*.test': '127.0.0.1' } }, 'hosts'],
    [{ dns: { ttl: 5 } }, 'dns.ttl: is no text'],
    [{ stages: [{ duration: '1s', targt: 3 }] }, 'stages.0.targt'],
    [{ tlsVersion: 'ssl3.0' }, 'tlsVersion: is not one of "tls1.0" to "tls1.3"'],
    [{ tlsCipherSuites: ['TLS_RSA_WITH_RC4_128_SHA'] }, 'none of TLS_RSA_WITH_RC4_128_SHA is'],
    [{ tlsAuth: [{ cert: 'a', key: 'b' }] }, 'tlsAuth.0: '],
  ])('%j: says what is wrong', (options, message) => {
    expect(() => read(options)).toThrow(message);
  });
});
