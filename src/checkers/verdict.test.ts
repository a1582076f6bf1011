import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said, saleOf } from '../../test/judge/story.ts';
import type { Checker, CheckResult } from './checker.ts';
import { checkers } from './checks/registry.ts';
import { judge } from './verdict.ts';

const sale = saleOf({ total: 1, sellOutExpected: true });

/** Two want the last one at once; one gets it. */
const RACE: Call[] = [
  said('reserve', 'ann', [0, 10], { hold: 'a' }),
  refused('reserve', 'bob', [5, 15]),
];

const answering = (status: CheckResult['status'], name: string = status): Checker => ({
  name,
  needs: [],
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

  it('tells of skipped checks only if there are some', () => {
    expect(verdictOf(answering('valid')).sentence).toBe(
      'Valid: 1 check found nothing wrong in 2 operations.',
    );
  });

  it('asks a check of last resort only if no other check is broken', () => {
    const last: Checker = { ...answering('invalid', 'last'), isLastResort: true };
    const statusesOf = (...checkers: Checker[]) =>
      verdictOf(...checkers).checks.map(({ name, status }) => `${name} ${status}`);
    expect(statusesOf(last, answering('valid'))).toEqual(['last invalid', 'valid valid']);
    expect(statusesOf(last, answering('invalid'))).toEqual(['last skipped', 'invalid invalid']);
  });

  it('names what is broken', () => {
    const { sentence } = verdictOf(answering('invalid', 'never-oversold'), answering('valid'));
    expect(sentence).toBe('Invalid: never-oversold is broken; this is invalid.');
  });

  it('takes a check that throws as unknown, never as valid', () => {
    const broken: Checker = {
      name: 'broken',
      needs: [],
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

  it('is inconclusive for a run in which nothing happened, whether it had to sell out or not', () => {
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
