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

it('misses an assertion that was promised and never asked', () => {
  const verdict = judge(evidenceOf(promising('paid'), calls));
  expect(verdict.checks.at(-1)).toMatchObject({ name: 'paid', status: 'missing' });
  expect(verdict.sentence).toContain('the assertion paid was not asked');
});
