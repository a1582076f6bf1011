import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { serverMetrics } from './catalogue.ts';
import type { MetricDefinition } from './definition.ts';
import { runMetrics } from './run-catalogue.ts';

const all: MetricDefinition[] = [...Object.values(serverMetrics), ...Object.values(runMetrics)];
const page = readFileSync('docs/metrics.md', 'utf8');

describe('the names of all metrics', () => {
  it.each(all)('$name says unit and type by its ending', ({ name, type }) => {
    expect(name).toMatch(/^flashsale_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(name).not.toMatch(/_(ms|milliseconds|percent|kb|mb)(_total)?$/);
  });

  it('are different', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('S0.7 stand in docs/metrics.md with their labels and meaning', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `flashsale_'));
    expect(rows.toSorted()).toEqual(all.map(rowOf).toSorted());
  });
});

const rowOf = ({ name, type, labels, help }: MetricDefinition): string =>
  `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
