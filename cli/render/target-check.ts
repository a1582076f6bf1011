import type { TargetCheck } from '../../src/run/shop/check/check-target.ts';
import { createStyle, oneLine, type Style, shorten } from './style.ts';
import { alignRows } from './table.ts';

/** Renders what came of a target file, line by line: each operation, each kind of rows, and the checks that it allows. */
export function renderTargetCheck(
  check: TargetCheck,
  { color, columns }: { color: boolean; columns: number },
): string {
  const style = createStyle(color);
  const lines = (parts: Line[]): string[] => renderLines(parts, style, columns);
  const sections = [
    ['Before the sale', ...lines(check.preparations.map(ofPreparation))],
    ['Operations', ...lines(check.steps.map(ofStep))],
    ['Evidence', ...lines([...ofRest(check), ...check.rows.map(ofRows)])],
    ['Checks', ...ofChecks(check, style, columns)],
  ].filter(({ length }) => length > 1);
  const conclusion = check.ok
    ? style.green(`✓ ${check.target} can be judged`)
    : style.red(`✗ ${check.target} needs the changes above`);
  return [
    ...sections.map(([title, ...rest]) => [style.bold(title as string), ...rest].join('\n')),
    conclusion,
  ].join('\n\n');
}

interface Line {
  mark: '✓' | '✗' | '–';
  name: string;
  text: string;
  next?: string;
}

const ofPreparation = ({
  part,
  made,
  problem,
  next,
}: TargetCheck['preparations'][number]): Line => ({
  mark: problem === undefined ? '✓' : '✗',
  name: part,
  text: problem ?? made ?? '',
  next,
});

function ofStep(step: TargetCheck['steps'][number]): Line {
  const { operation, request, status, is, decision, facts, problem, next, leftOut } = step;
  if (leftOut !== undefined) return { mark: '–', name: operation, text: `left out: ${leftOut}` };
  const came = status === undefined ? [] : [`→ ${status} ${decision ?? is}`];
  const found = facts.map(
    ({ name, value, place }) => `${name} ${value ?? `not found at ${place}`}`,
  );
  const text = [
    request,
    ...came,
    ...(found.length > 0 ? [`(${found.join(', ')})`] : []),
    ...(problem === undefined ? [] : [`— ${problem}`]),
  ];
  return {
    mark: problem === undefined ? '✓' : '✗',
    name: operation,
    text: text.filter((part) => part !== undefined).join(' '),
    next,
  };
}

function ofRest({ rest }: TargetCheck): Line[] {
  if (rest === undefined) return [];
  const { afterMs = 0, problem, next } = rest;
  const text = problem ?? `the shop was at rest after ${(afterMs / 1_000).toFixed(1)} s`;
  return [{ mark: problem === undefined ? '✓' : '✗', name: 'rest', text, next }];
}

function ofRows({ name, count, first, problem, next }: TargetCheck['rows'][number]): Line {
  if (problem !== undefined) return { mark: '✗', name, text: problem, next };
  const told = Object.entries(first ?? {}).filter(
    ([key, value]) => key !== 'row' && value !== null,
  );
  const row = told.map(([key, value]) => `${key} ${value}`).join(', ');
  return { mark: '✓', name, text: count === 0 ? 'no row yet' : `${count} × ${row}` };
}

function ofChecks({ checks }: TargetCheck, style: Style, columns: number): string[] {
  return checks.map(({ name, lacks }) =>
    lacks === undefined
      ? `  ${style.green('✓')} ${name}`
      : style.dim(shorten(`  – ${name}: the file does not give ${lacks}`, columns)),
  );
}

function renderLines(lines: Line[], style: Style, columns: number): string[] {
  const paint = { '✓': style.green, '✗': style.red, '–': style.dim };
  const rows = alignRows(lines.map(({ name, text }) => [name, oneLine(text)]));
  return lines.flatMap(({ mark, next }, place) => [
    `  ${paint[mark](mark)} ${mark === '✗' ? rows[place] : shorten(rows[place] as string, columns - 4)}`,
    ...(next === undefined ? [] : [`    next: ${oneLine(next)}`]),
  ]);
}
