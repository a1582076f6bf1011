import { expect, it } from 'vitest';
import { evidenceOf, said, saleOf } from '../../test/judge/story.ts';
import { answersOnly } from '../history/manifest.ts';
import { judge } from './verdict.ts';

const promising = (...invariants: string[]) => saleOf({ evidence: { ...answersOnly, invariants } });
const calls = [said('reserve', 'ann', [0, 10], { hold: 'a' })];

it('makes a broken assertion of the user’s own invalid, and shows the rows that broke it', () => {
  const broken = {
    name: 'no-negative-stock',
    status: 'invalid' as const,
    summary: '1 row breaks it',
    rows: [{ sku: 'LAMP', left: -1 }],
  };
  const verdict = judge(
    evidenceOf(promising('no-negative-stock'), calls, { invariants: [broken] }),
  );
  expect(verdict.status).toBe('invalid');
  expect(verdict.sentence).toBe('Invalid: no-negative-stock is broken; 1 row breaks it.');
  expect(verdict.checks.at(-1)?.witness?.prose).toContain('{"sku":"LAMP","left":-1}');
});

it('shows ten rows at the most, and no witness where there are none', () => {
  const proseOf = (rows: number) => {
    const result = {
      ...{ name: 'paid', status: 'invalid' as const, summary: 'broken' },
      rows: Array.from({ length: rows }, (_, row) => ({ row })),
    };
    const { checks } = judge(evidenceOf(promising('paid'), calls, { invariants: [result] }));
    return checks.at(-1)?.witness?.prose.split('\n');
  };
  expect(proseOf(0)).toBeUndefined();
  expect(proseOf(2)).toEqual(['2 rows of paid:', '  - {"row":0}', '  - {"row":1}']);
  expect(proseOf(10)?.[0]).toBe('10 rows of paid:');
  expect(proseOf(11)?.[0]).toBe('11 rows of paid, of which the first 10:');
  expect(proseOf(11)).toHaveLength(11);
});

it('misses an assertion that was promised and never asked', () => {
  const verdict = judge(evidenceOf(promising('paid'), calls));
  expect(verdict.checks.at(-1)).toMatchObject({ name: 'paid', status: 'missing' });
  expect(verdict.sentence).toContain('the assertion paid was not asked');
});
