import type { Comparison } from '../../src/comparison/comparison.ts';
import { tellBroken, tellComparison, tellFailed } from '../../src/comparison/conclusion.ts';
import { createStyle, oneLine } from './style.ts';
import { alignRows } from './table.ts';

/** Renders a comparison as a table and its conclusion. */
export function renderComparison(comparison: Comparison, { color }: { color: boolean }): string {
  const { bold, red } = createStyle(color);
  const { headings, rows, sentences } = tellComparison(comparison);
  const columns = headings.map((_, place) => place).slice(1);
  const table = alignRows([headings.map((heading) => oneLine(heading)), ...rows], columns);
  const [head = '', ...body] = table;
  return [
    bold(head),
    ...body,
    '',
    ...sentences.map((sentence) => bold(oneLine(sentence))),
    ...tellBroken(comparison).map(red),
    ...tellFailed(comparison).map((sentence) => red(oneLine(sentence))),
  ].join('\n');
}
