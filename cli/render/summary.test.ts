import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/checkers/verdict.ts';
import { answersOnly } from '../../src/history/manifest.ts';
import type { Operation, SaleFacts } from '../../src/history/operation.ts';
import type { SaleReport } from '../../src/run/run-report.ts';
import { widthOf } from './style.ts';
import { renderReport, renderVerdict } from './summary.ts';

const plain = { color: false, columns: 80 };

const sale: SaleFacts = {
  scenario: 'rush',
  target: ['http://127.0.0.1:4000'],
  strategy: 'naive',
  skus: [{ skuId: 'LAMP', total: 1 }],
  unitsPerBuyerMax: 1,
  holdTtlMs: 120_000,
  sweepGraceMs: 5_000,
  refusals: {},
  sellOutExpected: true,
  startedAtMs: Date.UTC(2030, 0, 1, 12),
  startedAtNs: 1_000_000_000,
  evidence: answersOnly,
};

const operation = (over: Partial<Operation>): Operation => ({
  id: 1,
  kind: 'reserve',
  sku: 'LAMP',
  buyer: '0190a0b0-aaaa-7000-8000-0000000000f1',
  quantity: 1,
  invokedAtNs: 1_412_000_000,
  outcome: 'ok',
  completedAtNs: 1_420_000_000,
  status: 201,
  requestId: 'req-1',
  instance: 'http://127.0.0.1:4000',
  ...over,
});

const valid: Verdict = {
  status: 'valid',
  sentence: 'Valid: 1 check found nothing wrong in 2 operations.',
  checks: [
    { name: 'never-oversold', status: 'valid', summary: 'at most 1 of 1 unit was held at once' },
    { name: 'conservation', status: 'skipped', summary: 'no final ledger was read' },
  ],
  basis: 'It rests on 2 answers to 2 calls; nobody could see the ledger.',
  missing: [],
  inconclusiveBecause: [],
};

const invalid: Verdict = {
  status: 'invalid',
  sentence: 'Invalid: never-oversold is broken; LAMP has 1 unit, and 2 were held.',
  checks: [
    {
      name: 'never-oversold',
      status: 'invalid',
      summary: 'LAMP has 1 unit, and 2 were held',
      witness: {
        prose:
          'LAMP has 1 unit. Two buyers were told that it is theirs:\n  - the first\n  - the second',
        operations: [
          operation({}),
          operation({
            id: 2,
            buyer: 'b2',
            outcome: 'info',
            completedAtNs: Number.POSITIVE_INFINITY,
            status: 0,
            code: 'ECONNRESET',
          }),
        ],
      },
    },
  ],
  basis: 'It rests on 2 answers to 2 calls; nobody could see the ledger.',
  missing: [],
  inconclusiveBecause: [],
};

const report = (over: Partial<SaleReport['load']> = {}, verdict = valid): SaleReport => ({
  scenario: 'rush',
  target: ['http://127.0.0.1:4000'],
  strategy: 'batched',
  seen: [],
  instances: 2,
  seed: 7,
  sale,
  load: {
    elapsedMs: 12_400,
    outcomes: {
      sent: 20_531,
      ok: 1_000,
      soldOut: 19_500,
      refused: 28,
      limited: 0,
      error: 1,
      unclassified: 0,
      unknown: 2,
      notSent: 5,
    },
    iterations: 20_000,
    droppedIterations: 3,
    interruptedIterations: 0,
    exceptions: { count: 0, first: [] },
    metrics: {
      http_req_duration: {
        type: 'trend',
        contains: 'time',
        values: { med: 3.2, 'p(95)': 41, 'p(99)': 120, max: 1_400 },
      },
    },
    checks: [],
    groups: [],
    thresholds: [],
    generator: { saturated: false, reasons: [], eventLoopLagMsP99: 3, cpuSeconds: 4 },
    ...over,
  },
  customMetrics: [],
  stock: [{ skuId: 'LAMP', total: 500, sold: 480, held: 15, available: 5 }],
  verdict,
  outputProblems: [],
  environment: {
    node: 'v20.19.0',
    os: 'Linux 6',
    cpus: 2,
    version: '0.1.0',
    command: 'flashsale-cli run rush.ts',
    startedAt: '2030-01-01T12:00:00.000Z',
  },
});

describe('the summary of a run', () => {
  it('says what was run against what', () => {
    expect(renderReport(report(), plain).split('\n').slice(0, 5)).toEqual([
      'flashsale-cli 0.1.0  rush',
      '  target     http://127.0.0.1:4000',
      '  strategy   batched, 2 instances',
      '  seed       7',
      '  load took  12.4 s',
    ]);
  });

  it('writes requests as a sum that comes out, with what was never sent apart', () => {
    const text = renderReport(report(), { ...plain, columns: 120 });
    expect(text).toContain(
      '20,531 requests = 1,000 ok + 19,500 sold out + 28 refused + 1 error + 2 unknown; 5 more were never sent\n',
    );
    const [, sum = '', parts = ''] = /([\d,]+) requests = ([^;]*);/.exec(text) ?? [];
    const numbers = [...parts.matchAll(/[\d,]+/g)].map(([digits]) => number(digits));
    expect(numbers.reduce((a, b) => a + b, 0)).toBe(number(sum));
  });

  it('writes the stock of a SKU as a sum, and says when it does not come out', () => {
    expect(renderReport(report(), plain)).toContain(
      '  LAMP  480 sold  + 15 held  + 5 available  = 500\n',
    );
    const wrong = report();
    wrong.stock = [{ skuId: 'LAMP', total: 500, sold: 490, held: 15, available: 5 }];
    expect(renderReport(wrong, plain)).toContain('= 510  but 500 were on sale');
  });

  it('shows the figures of latency that the metrics have, first from the time a buyer was due', () => {
    const { metrics } = report().load;
    const flashsale_scheduled_duration: (typeof metrics)[string] = {
      type: 'trend',
      contains: 'time',
      values: { med: 4, 'p(95)': 52, max: 1_500 },
    };
    const text = renderReport(
      report({ metrics: { ...metrics, flashsale_scheduled_duration } }),
      plain,
    );
    expect(text).toContain(
      [
        'Latency',
        '                    med  p(95)   p(99)     max',
        '  from schedule  4.0 ms  52 ms       –  1.50 s',
        '  from send      3.2 ms  41 ms  120 ms  1.40 s',
      ].join('\n'),
    );
    expect(renderReport(report({ metrics: {} }), plain)).not.toContain('Latency');
  });

  it('counts iterations and shows the first messages of those that threw', () => {
    const text = renderReport(
      report({ exceptions: { count: 2, first: ['TypeError: x\n  at y'] }, stoppedBy: 'interrupt' }),
      plain,
    );
    expect(text).toContain('  20,000 completed, 3 dropped, 0 interrupted, 2 threw\n');
    expect(text).toContain('    ✗ TypeError: x at y\n');
    expect(text).toContain('  the load was interrupted before its plan was done\n');
  });

  it('says how near to one instant a rendezvous was', () => {
    const text = renderReport(
      report({
        metrics: {
          flashsale_rendezvous_skew: { type: 'trend', contains: 'time', values: { max: 12.4 } },
          flashsale_rendezvous_in_flight: {
            type: 'trend',
            contains: 'default',
            values: { min: 480, max: 500 },
          },
        },
      }),
      plain,
    );
    expect(text).toMatch(/Rendezvous\n {2}all requests written within 12(\.4)? ms; 480 or more in/);
  });

  it('shows thresholds with what was observed, in the unit of the metric', () => {
    const text = renderReport(
      report({
        thresholds: [
          { metric: 'http_req_duration', expression: 'p(95)<100', ok: true, observed: 41 },
          { metric: 'http_req_duration{a:b}', expression: 'count>5', ok: false, observed: 4 },
          { metric: 'wins', expression: 'count>0', ok: false },
        ],
      }),
      plain,
    );
    expect(text).toContain(
      [
        'Thresholds',
        '  ✓  http_req_duration       p(95)<100  41 ms',
        '  ✗  http_req_duration{a:b}  count>5    4',
        '  ✗  wins                    count>0    no data',
      ].join('\n'),
    );
  });

  it('shows thresholds over checks and queries, the long ones shortened, with why they had no value', () => {
    const query = 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_bucket[93s])))';
    const reason =
      'skipped: no buyer ever sent an Idempotency-Key, so that nothing was asked twice under one of them';
    const text = renderReport(
      report({
        thresholds: [
          { metric: 'check: never-oversold', expression: 'valid', ok: true },
          { metric: 'check: exactly-once', expression: 'valid', ok: false, reason },
          { metric: `promql: ${query}`, expression: 'value<0.5', ok: true, observed: 0.25 },
          {
            metric: 'sql: SELECT\n  1',
            expression: 'value==1',
            ok: false,
            reason: 'it has no row',
          },
        ],
      }),
      plain,
    );
    expect(text).toContain(
      [
        'Thresholds',
        '  ✓  check: never-oversold                     valid',
        '  ✗  check: exactly-once                       valid',
        '      skipped: no buyer ever sent an Idempotency-Key, so that nothing was asked',
        '      twice under one of them',
        '  ✓  promql: histogram_quantile(0.99, sum by…  value<0.5  0.25',
        '  ✗  sql: SELECT 1                             value==1',
        '      it has no row',
      ].join('\n'),
    );
  });

  it("shows the script's own checks with their counts", () => {
    const checks = [
      { name: 'is 201', group: '::buy', passes: 1_000, fails: 0 },
      { name: 'is fast', group: '', passes: 3, fails: 1 },
    ];
    expect(renderReport(report({ checks }), plain)).toContain(
      ['  ✓  buy › is 201  1,000 of 1,000', '  ✗  is fast       3 of 4 (75%)'].join('\n'),
    );
  });

  it('says what the outputs could not take', () => {
    const problem = 'the output samples.json is incomplete: ENOSPC';
    expect(renderReport({ ...report(), outputProblems: [problem] }, plain)).toContain(
      `Outputs\n  ${problem}\n`,
    );
  });

  it('says so when the generator itself was the bottleneck', () => {
    const generator = { ...report().load.generator, saturated: true, reasons: ['cpu at 99%'] };
    expect(renderReport(report({ generator }), plain)).toContain(
      'Load generator\n  was itself the bottleneck: cpu at 99%\n',
    );
  });

  it('ends with the verdict', () => {
    const lines = renderReport(report(), plain).split('\n');
    expect(lines.at(-1)).toBe('✓ VALID: 1 check found nothing wrong in 2 operations.');
  });

  it('ends with what fails a valid run all the same', () => {
    const thresholds = [{ metric: 'checks', expression: 'rate==1', ok: false, observed: 0.5 }];
    const lines = renderReport(report({ thresholds }), plain).split('\n');
    expect(lines.slice(-3)).toEqual([
      '✓ VALID: 1 check found nothing wrong in 2 operations.',
      '',
      '✗ FAILED: 1 of 1 thresholds missed.',
    ]);
  });

  it('ends with what the verdict of an interrupted load is about', () => {
    const lines = renderReport(report({ stoppedBy: 'interrupt' }), plain).split('\n');
    expect(lines.slice(-3)).toEqual([
      '✓ VALID: 1 check found nothing wrong in 2 operations.',
      '',
      'The load was interrupted, and the verdict is about what it did until then.',
    ]);
  });

  it('has no escape codes without color, whatever scripts and servers say', () => {
    const hostile = '\u001B[2Jboo';
    const text = renderReport(
      report({
        exceptions: { count: 1, first: [hostile] },
        checks: [{ name: hostile, group: hostile, passes: 1, fails: 1 }],
      }),
      plain,
    );
    expect(text).not.toContain('\u001B');
    expect(renderReport(report(), { ...plain, color: true })).toContain('\u001B[32m');
  });

  it('keeps everything but tables of operations within the columns', () => {
    const long = report();
    long.target = Array.from({ length: 8 }, (_, index) => `http://127.0.0.1:400${index}`);
    const lines = renderReport(long, { color: true, columns: 60 }).split('\n');
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
  });
});

describe('the verdict', () => {
  it('shows a sign, a name and a sentence for every check', () => {
    expect(renderVerdict(valid, sale, plain)).toContain(
      [
        'Checks',
        '  ✓ never-oversold  at most 1 of 1 unit was held at once',
        '  – conservation    no final ledger was read',
      ].join('\n'),
    );
  });

  it('wraps a long sentence under its own first word', () => {
    expect(renderVerdict(valid, sale, { color: false, columns: 40 })).toContain(
      ['  ✓ never-oversold  at most 1 of 1 unit', '                    was held at once'].join(
        '\n',
      ),
    );
  });

  it('tells a witness in prose and shows its calls in UTC', () => {
    expect(renderVerdict(invalid, sale, plain)).toContain(
      [
        'Why never-oversold is broken',
        '  LAMP has 1 unit. Two buyers were told that it is theirs:',
        '    - the first',
        '    - the second',
        '',
        '  called (UTC)  answered      buyer      call               answer                  request  instance',
        '  12:00:00.412  12:00:00.420  …000000f1  reserve 1 of LAMP  yes (201)               req-1    http://127.0.0.1:4000',
        '  12:00:00.412  never         b2         reserve 1 of LAMP  not known (ECONNRESET)  req-1    http://127.0.0.1:4000',
      ].join('\n'),
    );
  });

  it('says why a run proves nothing, and after that that it does not', () => {
    const text = renderVerdict(
      {
        ...valid,
        status: 'inconclusive',
        sentence: 'Inconclusive: nothing wrong was found.',
        inconclusiveBecause: ['LAMP did not sell out', 'the load generator was the bottleneck'],
      },
      sale,
      plain,
    );
    expect(text.split('\n').slice(-6)).toEqual([
      'It proves nothing because',
      '  - LAMP did not sell out',
      '  - the load generator was the bottleneck',
      '',
      'It rests on 2 answers to 2 calls; nobody could see the ledger.',
      '? INCONCLUSIVE: nothing wrong was found.',
    ]);
  });
});

it('names the evidence that is missing', () => {
  const text = renderVerdict(
    {
      ...{ ...valid, status: 'unknown', sentence: 'Unknown: evidence is missing.' },
      missing: ['the final ledger of LAMP was not read'],
    },
    sale,
    plain,
  );
  expect(text).toContain(
    'Evidence that was promised is missing:\n  - the final ledger of LAMP was not read\n',
  );
});

const number = (digits: string): number => Number(digits.replaceAll(',', ''));
