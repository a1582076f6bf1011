import type { CheckResult, CheckStatus, Witness } from '../../src/checkers/checker.ts';
import { timeOfDay } from '../../src/checkers/prose.ts';
import type { Verdict, VerdictStatus } from '../../src/checkers/verdict.ts';
import { type Operation, type SaleFacts, takesStock } from '../../src/history/operation.ts';
import { shortId } from '../../src/kernel/wording.ts';
import { createStyle, oneLine, padTo, type Style, widthOf, wrap } from './style.ts';
import { alignRows } from './table.ts';

export interface RenderOptions {
  color: boolean;
  /** Width that sentences are wrapped to; tables of operations keep their columns even where they are wider. */
  columns: number;
}

/** Renders the checks, the witnesses of those that did not pass, and the verdict last. No newline at the end. */
export function renderVerdict(verdict: Verdict, sale: SaleFacts, options: RenderOptions): string {
  const { columns } = options;
  const style = createStyle(options.color);
  const open = verdict.checks.filter(({ status }) => status === 'invalid' || status === 'unknown');
  const parts = [
    [style.bold('Checks'), ...checkLines(verdict.checks, columns, style)],
    ...open.flatMap((check) =>
      check.witness ? [witnessLines(check, check.witness, sale, columns, style)] : [],
    ),
    verdictLines(verdict, columns, style),
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

const SIGNS: Record<CheckStatus, string> = {
  ...{ valid: '✓', invalid: '✗', unknown: '?', missing: '?', skipped: '–' },
};

const paintOf = (status: CheckStatus | VerdictStatus, style: Style) => {
  if (status === 'valid') return style.green;
  if (status === 'invalid') return style.red;
  return status === 'skipped' ? style.dim : style.yellow;
};

function checkLines(checks: CheckResult[], columns: number, style: Style): string[] {
  const namesWidth = Math.max(...checks.map(({ name }) => widthOf(name)), 0);
  return checks.flatMap(({ name, status, summary }) => {
    const head = `  ${SIGNS[status]} ${padTo(name, namesWidth)}  `;
    const indent = ' '.repeat(widthOf(head));
    return wrap(oneLine(summary), columns - indent.length).map((line, index) =>
      index === 0 ? `${paintOf(status, style)(head)}${line}` : `${indent}${line}`,
    );
  });
}

function witnessLines(
  { name, status }: CheckResult,
  { prose, operations }: Witness,
  sale: SaleFacts,
  columns: number,
  style: Style,
): string[] {
  const why = status === 'invalid' ? 'is broken' : 'cannot be decided';
  return [
    style.bold(paintOf(status, style)(`Why ${name} ${why}`)),
    ...prose.split('\n').flatMap((line) => proseLines(line, columns)),
    ...(operations.length > 0 ? ['', ...operationLines(operations, sale, style)] : []),
  ];
}

/** Wraps a sentence, or an item of a list; the later lines of an item are indented to its first word. */
function proseLines(text: string, columns: number): string[] {
  const item = /^\s*- /.exec(text)?.[0] ?? '';
  const indent = ' '.repeat(2 + item.length);
  return wrap(oneLine(text.slice(item.length)), columns - indent.length).map((line, index) =>
    index === 0 ? `  ${item}${line}` : `${indent}${line}`,
  );
}

const OPERATION_HEADINGS = [
  'called (UTC)',
  'answered',
  'buyer',
  'call',
  'answer',
  'request',
  'instance',
];

function operationLines(operations: Operation[], sale: SaleFacts, style: Style): string[] {
  const rows = operations.map((operation) => [
    timeWithoutZone(operation.invokedAtNs, sale),
    timeWithoutZone(operation.completedAtNs, sale),
    operation.buyer === undefined ? '–' : oneLine(shortId(operation.buyer)),
    callOf(operation),
    answerOf(operation),
    oneLine(operation.requestId ?? '–'),
    oneLine(operation.instance ?? '–'),
  ]);
  const [headings = '', ...lines] = alignRows([OPERATION_HEADINGS, ...rows]);
  return [style.dim(`  ${headings}`), ...lines.map((line) => `  ${line}`)];
}

/** The time of day without its zone, because the heading of the column already says UTC. */
const timeWithoutZone = (atNs: number, sale: SaleFacts): string =>
  Number.isFinite(atNs) ? timeOfDay(atNs, sale).replace(' UTC', '') : 'never';

const callOf = ({ kind, quantity, sku }: Operation): string =>
  takesStock(kind) ? oneLine(`${kind} ${quantity} of ${sku ?? '(unnamed)'}`) : kind;

const OUTCOMES = { ok: 'yes', fail: 'no', info: 'not known' } as const;

function answerOf({ outcome, status, code }: Operation): string {
  const told = code ?? (status > 0 ? String(status) : '');
  return told === '' ? OUTCOMES[outcome] : `${OUTCOMES[outcome]} (${oneLine(told)})`;
}

/** The sentence begins with the name of the verdict, in capitals so that a glance finds it. */
const loudly = ({ status, sentence }: Verdict): string =>
  `${status === 'inconclusive' ? '?' : SIGNS[status]} ${sentence.replace(/^\w+/, (name) => name.toUpperCase())}`;

function verdictLines(verdict: Verdict, columns: number, style: Style): string[] {
  const { status, inconclusiveBecause, missing, basis, notes = [] } = verdict;
  const gaps = missing.flatMap((what) => proseLines(`- ${what}`, columns));
  const reasons = inconclusiveBecause.flatMap((reason) => proseLines(`- ${reason}`, columns));
  const lead = status === 'inconclusive' ? 'It proves nothing because' : 'Besides, it is limited:';
  const paint = paintOf(status, style);
  return [
    ...(gaps.length > 0 ? ['Evidence that was promised is missing:', ...gaps, ''] : []),
    ...(reasons.length > 0 ? [lead, ...reasons, ''] : []),
    ...notes.flatMap((note) => wrap(oneLine(`Note: ${note}.`), columns)),
    ...wrap(oneLine(basis), columns),
    ...wrap(oneLine(loudly(verdict)), columns).map((line) => style.bold(paint(line))),
  ];
}
