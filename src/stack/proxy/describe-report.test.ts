import { expect, it } from 'vitest';
import { createDelays } from './delays.ts';
import { describeProxyReport } from './describe-report.ts';

const REPORT = {
  ...{ connections: 12, refused: 0, answers: 40_000, widenMs: 5 },
  ...{ delayMsMedian: 5.2, delayMsP99: 7 },
};

it('says how many answers were held back, and how long', () => {
  expect(describeProxyReport(REPORT)).toBe(
    '12 connections; 40,000 answers held back by 5 ms (median 5.2 ms, p99 7.0 ms)',
  );
});

it('says which connections the dependency did not take', () => {
  expect(describeProxyReport({ ...REPORT, refused: 2, answers: 0 })).toBe(
    '12 connections, 2 of them not taken, no answer',
  );
});

it('says what to do when the shop does not use the proxy', () => {
  expect(describeProxyReport({ ...REPORT, connections: 0 })).toMatch(
    /no connection.*have the shop connect to the address/,
  );
});

it('delays have their median and their 99th percentile, to a tenth of a millisecond', () => {
  const delays = createDelays();
  expect(delays.quantileMs(0.5)).toBe(0);
  for (let delayMs = 100; delayMs >= 1; delayMs -= 1) delays.add(delayMs + 0.04);
  expect(delays.count()).toBe(100);
  expect([delays.quantileMs(0.5), delays.quantileMs(0.99)]).toEqual([50, 99]);
});
