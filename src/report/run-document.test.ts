import { expect, it } from 'vitest';
import * as z from 'zod';
import { SKU, said, saleOf, unanswered } from '../../test/judge/story.ts';
import type { Verdict } from '../checkers/verdict.ts';
import type { SaleFacts } from '../history/operation.ts';
import type { LoadReport } from '../run/run-report.ts';
import { describeRun, describeVerdict, RunDocument, VerdictDocument } from './run-document.ts';

it('the published JSON schema is the schema of the code', async () => {
  const schema = z.toJSONSchema(RunDocument, { io: 'output' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/run-document.schema.json',
  );
});

const REPORT: LoadReport = {
  scenario: 'browse',
  seed: 7,
  load: {
    elapsedMs: 1_500,
    outcomes: {
      sent: 3,
      ok: 2,
      soldOut: 0,
      refused: 1,
      limited: 0,
      error: 0,
      unclassified: 0,
      unknown: 0,
      notSent: 4,
    },
    ...{ iterations: 3, droppedIterations: 1, interruptedIterations: 0 },
    exceptions: { count: 2, first: ['no luck'] },
    metrics: { iterations: { type: 'counter', contains: 'default', values: { count: 3 } } },
    checks: [{ name: 'is there', group: '', passes: 3, fails: 0 }],
    groups: [''],
    thresholds: [
      { metric: 'iterations', expression: 'count==3', ok: true, observed: 3 },
      { metric: 'sql: SELECT 1/0', expression: 'value>0', ok: false, reason: 'division by zero' },
    ],
    generator: { saturated: false, reasons: [], eventLoopLagMsP99: 1, cpuSeconds: 1 },
  },
  customMetrics: [],
  outputProblems: ['out.csv is incomplete'],
  environment: {
    ...{ node: 'v20.19.0', os: 'Linux 6', cpus: 2, version: '1.0.0', command: 'flashsale-cli run' },
    startedAt: '2026-01-01T12:00:00.000Z',
  },
};

const VERDICT: Verdict = {
  status: 'invalid',
  sentence: 'Invalid: two buyers got the last unit.',
  checks: [
    {
      name: 'never-oversold',
      status: 'invalid',
      summary: '2 of 1 unit sold',
      witness: {
        prose: 'ann and bob got the same unit',
        operations: [
          { ...said('reserve', 'ann', [0, 412]), id: 1 },
          { ...unanswered('reserve', 'bob', 500), id: 2 },
        ],
      },
    },
    { name: 'conservation', status: 'skipped', summary: 'no ledger' },
  ],
  basis: 'It rests on 2 answers.',
  missing: [],
  inconclusiveBecause: [],
};

it('a plain load has no verdict, no stock and no target', () => {
  const document = RunDocument.parse(describeRun(REPORT));
  expect(document).toMatchObject({
    ...{ scenario: 'browse', target: [], verdict: null },
    summary: {
      requests: { sent: 3, notSent: 4 },
      iterations: { completed: 3, offered: null, dropped: 1, interrupted: 0, threw: 2 },
      stock: [],
      stoppedBy: null,
    },
    environment: { seed: 7, strategy: null, instances: null, historyFile: null, runner: null },
    outputProblems: ['out.csv is incomplete'],
  });
  expect(document.thresholds).toEqual([
    { metric: 'iterations', expression: 'count==3', ok: true, observed: 3, reason: null },
    {
      metric: 'sql: SELECT 1/0',
      expression: 'value>0',
      ok: false,
      observed: null,
      reason: 'division by zero',
    },
  ]);
});

it('a sale has its verdict and its stock', () => {
  const sale = saleOf({ scenario: 'rush', target: ['http://one'] });
  const stock = [{ skuId: SKU, total: 1, available: 0, held: 0, sold: 1 }];
  const report = { ...REPORT, sale, stock, verdict: VERDICT, target: sale.target, instances: 1 };
  expect(RunDocument.parse(describeRun(report))).toMatchObject({
    ...{ scenario: 'rush', target: ['http://one'], verdict: { status: 'invalid' } },
    summary: { stock },
    environment: { instances: 1, strategy: null },
  });
});

it('the operations of a witness have wall times; one without an answer has no second time', () => {
  const document = VerdictDocument.parse(describeVerdict(VERDICT, saleOf()));
  const [oversold, conservation] = document.verdict.checks;
  expect(oversold?.witness?.operations).toMatchObject([
    { buyer: 'ann', sentAt: '2026-01-01T12:00:00.000Z', answeredAt: '2026-01-01T12:00:00.412Z' },
    { buyer: 'bob', sentAt: '2026-01-01T12:00:00.500Z', answeredAt: null },
  ]);
  expect(conservation?.witness).toBeNull();
});

it('the operations of a witness name their traces, where the run made traces', () => {
  const callId = '0a1b2c3d-4e5f-8a0b-a1c2-00000000002a';
  const operation = { ...said('reserve', 'ann', [0, 412]), id: 1, callId };
  const [oversold] = VERDICT.checks as [Verdict['checks'][number]];
  const checks = [{ ...oversold, witness: { prose: 'one', operations: [operation] } }];
  const tracesNamed = (sale: SaleFacts) =>
    VerdictDocument.parse(describeVerdict({ ...VERDICT, checks }, sale)).verdict.checks[0]?.witness
      ?.operations[0]?.traceId;
  expect(tracesNamed({ ...saleOf(), traces: true })).toBe('0a1b2c3d4e5f8a0ba1c200000000002a');
  expect(tracesNamed(saleOf())).toBeUndefined();
});
