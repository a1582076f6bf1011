import { expect, it } from 'vitest';
import { type ExportedResult, exportSummary } from './summary-export.ts';

it('the exported summary has k6’s form: figures, and thresholds that are true if missed', () => {
  const result = {
    metrics: {
      iterations: { type: 'counter', contains: 'default', values: { count: 3, rate: 1.5 } },
      checks: { type: 'rate', contains: 'default', values: { rate: 0.5, passes: 3, fails: 3 } },
      vus: { type: 'gauge', contains: 'default', values: { value: 1, min: 0, max: 2 } },
      http_req_duration: { type: 'trend', contains: 'time', values: { avg: 4, 'p(95)': 9 } },
    },
    groups: [],
    checks: [
      { name: 'ok', group: '::g', passes: 0, fails: 3 },
      { name: 'there', group: '', passes: 3, fails: 0 },
    ],
    thresholds: [
      { metric: 'http_req_duration', expression: 'p(95)<5', ok: false, observed: 9 },
      { metric: 'http_req_duration', expression: 'avg<5', ok: true, observed: 4 },
      { metric: 'never', expression: 'count>0', ok: false },
    ],
  } satisfies ExportedResult;

  expect(exportSummary(result)).toEqual({
    root_group: {
      name: '',
      path: '',
      id: 'd41d8cd98f00b204e9800998ecf8427e',
      groups: {
        g: {
          name: 'g',
          path: '::g',
          id: '652e756c89643c3ada0b451cbd88a9d3',
          groups: {},
          checks: {
            ok: {
              name: 'ok',
              path: '::g::ok',
              id: '98da3e3a7c4c476eb0389ab88d68df30',
              passes: 0,
              fails: 3,
            },
          },
        },
      },
      checks: {
        there: {
          name: 'there',
          path: '::there',
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          passes: 3,
          fails: 0,
        },
      },
    },
    metrics: {
      iterations: { count: 3, rate: 1.5 },
      checks: { passes: 3, fails: 3, value: 0.5 },
      vus: { value: 1, min: 0, max: 2 },
      http_req_duration: { avg: 4, 'p(95)': 9, thresholds: { 'p(95)<5': true, 'avg<5': false } },
      never: { thresholds: { 'count>0': true } },
    },
  });
});
