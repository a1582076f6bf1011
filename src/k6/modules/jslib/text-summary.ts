import type { SummaryData, SummaryGroup } from '../../../load/metrics/summary.ts';
import { humanizeValue } from './humanize-value.ts';
import { assertUsualSummary } from './usual-summary.ts';

type Metric = SummaryData['metrics'][string];
/** The part of the summary data that is read. Scripts may have changed it. */
type Data = Pick<SummaryData, 'metrics' | 'root_group'> & { options?: Partial<TextOptions> };

interface TextOptions {
  indent: string;
  enableColors: boolean;
  /** `s`, `ms` or `us`; any other text chooses the unit of each number by its size. */
  summaryTimeUnit: string;
  summaryTrendStats: string[];
}

const COLORS = { cyan: '36', faint: '2', faintCyan: '36;2', green: '32', red: '31' };
type Paint = (text: string, color: keyof typeof COLORS) => string;

/** k6's classic summary: checks by their groups, then a line for each metric. No newline at the end. */
export function textSummary(data: Data, options: Partial<TextOptions> = {}): string {
  assertUsualSummary(data, 'textSummary');
  const { indent, enableColors, ...figures }: TextOptions = {
    ...{ indent: ' ', enableColors: true, summaryTimeUnit: '', summaryTrendStats: [] },
    ...data.options,
    ...options,
  };
  const paint: Paint = (text, color) =>
    enableColors ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
  return [
    ...groupLines(data.root_group, `${indent}    `, paint),
    ...metricLines(data.metrics, figures, paint).map((line) => `${indent}  ${line}`),
  ].join('\n');
}

function groupLines(
  { name, groups, checks }: SummaryGroup,
  indent: string,
  paint: Paint,
): string[] {
  const inner = name === '' ? indent : `${indent}  `;
  return [
    ...(name === '' ? [] : [`${indent}█ ${name}`, '']),
    ...checks.flatMap(({ name: check, passes, fails }) => {
      if (fails === 0) return [paint(`${inner}✓ ${check}`, 'green')];
      const percent = Math.floor((100 * passes) / (passes + fails));
      const counts = `${inner} ↳  ${percent}% — ✓ ${passes} / ✗ ${fails}`;
      return [paint(`${inner}✗ ${check}`, 'red'), paint(counts, 'red')];
    }),
    ...(checks.length > 0 ? [''] : []),
    ...groups.flatMap((group) => groupLines(group, inner, paint)),
  ];
}

function metricLines(
  metrics: Data['metrics'],
  options: Pick<TextOptions, 'summaryTimeUnit' | 'summaryTrendStats'>,
  paint: Paint,
): string[] {
  const entries = Object.entries(metrics).toSorted(([a], [b]) => compareNames(a, b));
  // The columns of trends are aligned with one another, those of all other metrics with one another.
  const trends = alignCells(entries.map(([, metric]) => trendCells(metric, options, paint)));
  const others = alignCells(entries.map(([, metric]) => otherCells(metric, options, paint)));
  const labels = entries.map(([name]) => labelOf(name));
  const widest = Math.max(...labels.map(({ indent, label }) => widthOf(indent + label)));
  return entries.map(([, metric], index) => {
    const { indent, label } = labels[index] as ReturnType<typeof labelOf>;
    const dots = '.'.repeat(widest - widthOf(indent + label) + 3);
    const figures = metric.type === 'trend' ? trends[index] : others[index];
    return `${indent}${markOf(metric, paint)} ${label}${paint(`${dots}:`, 'faint')} ${figures}`;
  });
}

/** Orders metrics by name. A metric comes before its own parts that thresholds selected (`name{tag:value}`). */
function compareNames(a: string, b: string): number {
  const [metricA, metricB] = [a, b].map((name) => name.split('{')[0] as string) as [string, string];
  if (metricA !== metricB) return metricA < metricB ? -1 : 1;
  return a < b ? -1 : 1;
}

function labelOf(name: string): { indent: string; label: string } {
  const brace = name.indexOf('{');
  if (brace < 0) return { indent: '', label: name };
  return { indent: '  ', label: `{ ${name.slice(brace + 1, -1)} }` };
}

function markOf({ thresholds }: Metric, paint: Paint): string {
  if (!thresholds) return ' ';
  const isMet = Object.values(thresholds).every(({ ok }) => ok);
  return isMet ? paint('✓', 'green') : paint('✗', 'red');
}

/** A figure with its colour codes, and its width without them. */
interface Cell {
  text: string;
  width: number;
}

function trendCells(
  metric: Metric,
  {
    summaryTimeUnit,
    summaryTrendStats,
  }: Pick<TextOptions, 'summaryTimeUnit' | 'summaryTrendStats'>,
  paint: Paint,
): Cell[] {
  if (metric.type !== 'trend') return [];
  return summaryTrendStats.map((stat) => {
    const value = metric.values[stat];
    const shown =
      value === undefined
        ? '-'
        : stat === 'count'
          ? String(value)
          : humanizeValue(value, metric, summaryTimeUnit);
    return { text: `${stat}=${paint(shown, 'cyan')}`, width: widthOf(`${stat}=${shown}`) };
  });
}

function otherCells(
  metric: Metric,
  { summaryTimeUnit }: Pick<TextOptions, 'summaryTimeUnit'>,
  paint: Paint,
): Cell[] {
  if (metric.type === 'trend') return [];
  const { values } = metric;
  const show = (figure: string): string =>
    humanizeValue(values[figure] ?? 0, metric, summaryTimeUnit);
  const shown = {
    counter: () => [show('count'), `${show('rate')}/s`],
    gauge: () => [show('value'), `min=${show('min')}`, `max=${show('max')}`],
    rate: () => [show('rate'), `✓ ${values.passes}`, `✗ ${values.fails}`],
  }[metric.type]();
  return shown.map((text, index) => ({
    text: paint(text, index === 0 ? 'cyan' : 'faintCyan'),
    width: widthOf(text),
  }));
}

/** Joins the cells of each row to a line, with the columns of all rows aligned. */
function alignCells(rows: Cell[][]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, { width }] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, width);
    }
  }
  return rows.map((row) =>
    row
      .map(({ text, width }, column) => text + ' '.repeat((widths[column] as number) - width))
      .join(' ')
      .trimEnd(),
  );
}

const widthOf = (text: string): number => [...text.normalize('NFKC')].length;
