import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { assetPath } from '../../kernel/assets.ts';
import { checkers } from './registry.ts';

const names = checkers.map(({ name }) => name);

it('has every check of this folder once, each with a test beside it', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts'));
  const tests = files.filter((name) => name.endsWith('.test.ts'));
  const checks = files.filter((name) => !tests.includes(name) && name !== 'registry.ts');
  expect(names.map((name) => `${name}.ts`).sort()).toEqual(checks.sort());
  expect(tests).toEqual(expect.arrayContaining(names.map((name) => `${name}.test.ts`)));
});

it('is what docs/checks.md lists, in the same order', () => {
  const page = readFileSync(join(assetPath('docs'), 'checks.md'), 'utf8');
  const table = page.slice(page.indexOf('## Checks'), page.indexOf('## Calls'));
  expect([...table.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)).toEqual(names);
});

it('keeps one check for the last, which finds what all others leave unexplained', () => {
  const last = checkers.filter(({ isLastResort }) => isLastResort);
  expect(last.map(({ name }) => name)).toEqual(['no-contradiction']);
});

it('makes a check only with the evidence on which it rests', () => {
  const needing = checkers.filter(({ needs }) => needs.length > 0);
  const choosing = checkers.filter(({ needsOneOf }) => needsOneOf?.length);
  expect(Object.fromEntries(choosing.map(({ name, needsOneOf }) => [name, needsOneOf]))).toEqual({
    'no-lost-acknowledged': ['reservation', 'order'],
    'no-phantom': ['reservation', 'order'],
    'no-stranded-stock': ['reservation', 'order'],
  });
  expect(Object.fromEntries(needing.map(({ name, needs }) => [name, needs]))).toEqual({
    conservation: ['inventory'],
    'tickets-match-sales': ['order', 'ticket'],
    'money-agreement': ['order', 'payment'],
    'reward-capacity': ['reward'],
    'no-stranded-stock': ['inventory'],
    'sequence-order': ['sequences'],
    'clock-agreement': ['reservation'],
    'event-log-agreement': ['movement', 'delivery', 'backlog'],
    'notified-once': ['reservation', 'movement', 'delivery', 'notification'],
    'analytics-agreement': ['track', 'bucket'],
    'cache-agreement': ['inventory', 'hot_stock'],
    'metrics-agreement': ['scrapes'],
  });
});
