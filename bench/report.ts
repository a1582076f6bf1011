import type { LineChart } from './kit/line-chart.ts';

/** The results of a part of the bench, to be printed and to be written into the document. */
export interface Report {
  tables: Table[];
  goals: Goal[];
  charts: LineChart[];
  /** Sentences about this measurement: what was left out, and why. */
  notes: string[];
}

export interface Table {
  caption: string;
  columns: string[];
  rows: (string | number)[][];
}

/** A value beside the value that it should reach. */
export interface Goal {
  name: string;
  /** Undefined when it could not be measured. */
  value: number | undefined;
  /** Follows the number: `×`, ` s`. */
  unit: string;
  atLeast?: number;
  atMost?: number;
}

export const emptyReport = (): Report => ({ tables: [], goals: [], charts: [], notes: [] });

export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 10 ? 1 : 2);
};

/** The report as Markdown, without its charts. */
export function formatReport({ tables, goals, notes }: Report): string {
  const blocks = [
    ...tables.map(formatTable),
    ...(goals.length === 0 ? [] : [formatGoals(goals)]),
    ...notes,
  ];
  return blocks.join('\n\n');
}

export const formatGoals = (goals: Goal[]): string =>
  rowsToMarkdown(
    ['what', 'measured', 'goal', ''],
    goals.map((goal) => {
      const { name, value, unit, atLeast, atMost } = goal;
      const limit = atLeast === undefined ? `≤ ${atMost}${unit}` : `≥ ${atLeast}${unit}`;
      const measured = value === undefined ? 'not measured here' : formatNumber(value) + unit;
      return [name, measured, limit, verdictOn(goal)];
    }),
  );

function verdictOn({ value, atLeast = -Infinity, atMost = Infinity }: Goal): string {
  if (value === undefined) return '';
  return value >= atLeast && value <= atMost ? 'reached' : 'missed';
}

const formatTable = ({ caption, columns, rows }: Table): string =>
  `${caption}\n\n${rowsToMarkdown(columns, rows)}`;

function rowsToMarkdown(columns: string[], rows: (string | number)[][]): string {
  const cells = (row: (string | number)[]) =>
    `| ${row.map((cell) => (typeof cell === 'number' ? formatNumber(cell) : cell)).join(' | ')} |`;
  return [cells(columns), `|${columns.map(() => '---|').join('')}`, ...rows.map(cells)].join('\n');
}
