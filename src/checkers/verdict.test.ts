import { describe, expect, it } from 'vitest';
import {
  booksOf,
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../test/judge/story.ts';
import type { Checker, CheckResult } from './checker.ts';
import { checkers } from './checks/registry.ts';
import { reasonsForInconclusive } from './vacuity.ts';
import { judge } from './verdict.ts';

const sale = saleOf({ total: 1, sellOutExpected: true });

/** Two want the last one at once; one gets it. */
const RACE: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a' }),
  refused('reserve', 'bob', [5, 15]),
];

const answering = (status: CheckResult['status'], name: string = status): Checker => ({
  name,
  check: () => ({ status, summary: `this is ${status}` }),
});

const verdictOf = (...named: Checker[]) => judge(evidenceOf(sale, RACE), named);

describe('the verdict', () => {
  it('is valid when no check found anything and the run could have shown it', () => {
    const { status, sentence, inconclusiveBecause } = judge(evidenceOf(sale, RACE));
    expect(status).toBe('valid');
    expect(sentence).toMatch(
      /^Valid: \d+ checks found nothing wrong in 2 operations; \d+ checks skipped/,
    );
    expect(inconclusiveBecause).toEqual([]);
  });

  it('is invalid before anything else, and unknown before valid', () => {
    const [valid, unknown, invalid, skipped] = (
      ['valid', 'unknown', 'invalid', 'skipped'] as const
    ).map((status) => answering(status)) as [Checker, Checker, Checker, Checker];
    expect(verdictOf(valid, unknown, invalid, skipped).status).toBe('invalid');
    expect(verdictOf(valid, unknown, skipped).status).toBe('unknown');
    expect(verdictOf(valid, skipped).status).toBe('valid');
  });

  it('names what is broken', () => {
    const { sentence } = verdictOf(answering('invalid', 'never-oversold'), answering('valid'));
    expect(sentence).toBe('Invalid: never-oversold is broken; this is invalid.');
  });

  it('takes a check that throws as unknown, never as valid', () => {
    const broken: Checker = {
      name: 'broken',
      check() {
        throw new Error('outer', { cause: new Error('division by zero') });
      },
    };
    const { status, checks } = verdictOf(answering('valid'), broken);
    expect(status).toBe('unknown');
    expect(checks[1]).toEqual({
      name: 'broken',
      status: 'unknown',
      summary: 'the check itself failed: division by zero',
    });
  });

  it('is inconclusive when every check was skipped', () => {
    const { status, sentence } = verdictOf(answering('skipped'));
    expect(status).toBe('inconclusive');
    expect(sentence).toContain('none of the checks had the evidence it needs');
  });

  it('is inconclusive for a run in which nothing happened, whatever is expected of it', () => {
    expect(judge(evidenceOf(sale, [])).status).toBe('inconclusive');
    expect(judge(evidenceOf(saleOf(), [])).status).toBe('inconclusive');
  });

  it('stays invalid when the run was too weak besides', () => {
    const calls = [said('reserve', 'ann', [0, 10]), said('reserve', 'bob', [20, 30])];
    const { status, inconclusiveBecause } = judge(evidenceOf(sale, calls));
    expect(status).toBe('invalid');
    expect(inconclusiveBecause).not.toEqual([]);
  });

  it('runs every check under a name of its own', () => {
    const names = judge(evidenceOf(sale, RACE)).checks.map(({ name }) => name);
    expect(names).toEqual(checkers.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('is the same for the same evidence', () => {
    const evidence = evidenceOf(sale, RACE);
    expect(judge(evidence)).toEqual(judge(evidence));
  });
});

describe('a run that could not have shown an oversell', () => {
  const reasons = (calls: Call[], rest?: Parameters<typeof evidenceOf>[2]) =>
    reasonsForInconclusive(evidenceOf(sale, calls, rest));

  it('is one in which two raced for the last unit: no reason', () => {
    expect(reasons(RACE)).toEqual([]);
  });

  it('never sold out', () => {
    expect(reasons([said('reserve', 'ann', [0, 10])])).toEqual([
      'nobody was told that SKU-1 is sold out (1 call for 1 unit), so its last units were never fought over',
    ]);
  });

  it('sold out to buyers who came one after another', () => {
    const queue = [said('reserve', 'ann', [0, 10]), refused('reserve', 'bob', [10.1, 20])];
    expect(reasons(queue)).toEqual([
      'no two calls for SKU-1 were under way at once when its last unit went, so nobody raced for it',
    ]);
    const touching = [said('reserve', 'ann', [0, 10]), refused('reserve', 'bob', [10, 20])];
    expect(reasons(touching)).toEqual([]);
  });

  it('had its crowd only long before or after the last unit went', () => {
    const two = saleOf({ total: 2, sellOutExpected: true });
    const calls = [
      said('reserve', 'ann', [0, 10]),
      refused('reserve', 'eve', [1, 9], { code: 'ALREADY_RESERVED' }),
      said('reserve', 'bob', [100, 110]),
      refused('reserve', 'cid', [120, 130]),
      refused('reserve', 'dan', [200, 210]),
      refused('reserve', 'fay', [201, 211]),
    ];
    expect(reasonsForInconclusive(evidenceOf(two, calls))).toHaveLength(1);
  });

  it('ended with units left that no hold gave back', () => {
    const two = saleOf({ total: 2, sellOutExpected: true });
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      refused('reserve', 'bob', [5, 15]),
    ];
    const ledger = booksOf(two, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    expect(reasonsForInconclusive(evidenceOf(two, calls, { ledger }))).toEqual([
      'only 1 of 2 units of SKU-1 were taken in the end, and no hold had ended',
    ]);
    const ended = booksOf(two, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann' },
      { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
      { kind: 'EXPIRED', hold: 'b', buyer: 'bob' },
    ]);
    expect(reasonsForInconclusive(evidenceOf(two, calls, { ledger: ended }))).toEqual([]);
  });

  it('was driven by a generator that could not keep up', () => {
    const generator = { saturated: true, reasons: ['the event loop was 300 ms late'] };
    expect(reasons(RACE, { generator })).toEqual([
      'the load generator itself was the bottleneck: the event loop was 300 ms late',
    ]);
  });

  it('got no answer to most of its calls', () => {
    const lost = [0, 1, 2].map((fromMs) => unanswered('reserve', `lost${fromMs}`, fromMs));
    expect(reasons([...RACE, ...lost])).toEqual(['3 of 5 calls got no definite answer']);
  });

  it('was cut off', () => {
    expect(reasons(RACE, { truncated: true })).toHaveLength(1);
  });

  it('need not sell out where that was never expected', () => {
    const calls = [said('reserve', 'ann', [0, 10])];
    expect(judge(evidenceOf(saleOf({ total: 5 }), calls)).status).toBe('valid');
  });

  it('raced on one of several SKUs, which is enough', () => {
    const skus = [
      { skuId: 'SKU-1', total: 1 },
      { skuId: 'SKU-2', total: 9 },
    ];
    const quiet = said('reserve', 'cid', [0, 10], { sku: 'SKU-2' });
    expect(reasonsForInconclusive(evidenceOf({ ...sale, skus }, [...RACE, quiet]))).toEqual([]);
  });
});
