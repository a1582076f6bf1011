import { formatCount, formatFigure, formatMs, formatPercent } from '../../src/kernel/format.ts';
import { concludeLoad } from '../../src/load/conclusion.ts';
import type { CheckCount } from '../../src/load/metrics/checks.ts';
import type { OutcomeCounts } from '../../src/load/metrics/outcomes.ts';
import type { MetricSummary } from '../../src/load/metrics/summary.ts';
import type { ThresholdResult } from '../../src/load/metrics/thresholds.ts';
import type { LoadResult } from '../../src/load/result.ts';
import { latencyFigures } from '../../src/report/latency-figures.ts';
import type { SeenViolation, SkuStock } from '../../src/run/events.ts';
import {
  isSale,
  type LoadReport,
  type PartFindings,
  type RoundReport,
  type SaleReport,
} from '../../src/run/run-report.ts';
import { createStyle, oneLine, type Style, shorten, wrap } from './style.ts';
import { alignRows } from './table.ts';
import { type RenderOptions, renderVerdict } from './verdict.ts';

export { renderVerdict } from './verdict.ts';

/**
 * Renders the report of a finished run as text for people: the numbers first, the conclusion last. No newline at the end.
 */
export function renderReport(report: LoadReport, options: RenderOptions): string {
  const { columns } = options;
  const style = createStyle(options.color);
  const { load } = report;
  const sale = isSale(report) ? report : undefined;
  const sections: Section[] = [
    { title: 'Requests', lines: requestLines(load.outcomes, sells(report), columns) },
    { title: 'Iterations', lines: iterationLines(load, columns, style) },
    { title: 'Seen while the load ran', lines: seenLines(sale?.seen ?? [], columns, style) },
    { title: 'Latency', lines: latencyLines(load.metrics) },
    { title: 'Rendezvous', lines: rendezvousLines(load.metrics) },
    { title: 'Metrics of the script', lines: metricLines(report) },
    { title: 'Thresholds', lines: thresholdLines(load, columns, style) },
    { title: 'Checks of the script', lines: scriptCheckLines(load.checks, style) },
    { title: 'Stock at the end', lines: stockLines(sale?.stock ?? [], style) },
    { title: 'Rounds', lines: roundLines(sale?.rounds ?? [], columns, style) },
    { title: 'Load generator', lines: generatorLines(load, columns, style) },
    { title: 'Not known', lines: notKnownLines(report, columns) },
    { title: 'Outputs', lines: outputLines(report.outputProblems, columns, style) },
  ];
  const texts = sections
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [style.bold(title), ...lines.map((line) => `  ${line}`)].join('\n'));
  return [
    headerLines(report, columns, style).join('\n'),
    ...texts,
    ...(sale ? [renderVerdict(sale.verdict, sale.sale, options)] : []),
    ...(isDecidedByLoad(report) ? [conclusionLine(load, columns, style)] : []),
    ...(sale && load.stoppedBy === 'interrupt' ? [cutShortLine(columns, style)] : []),
    ...(report.part ? [wrap(nextAfter(report.part), columns).join('\n')] : []),
  ].join('\n\n');
}

/** True if the load decides the result: a run without a sale, or a valid sale whose load failed. */
export function isDecidedByLoad(report: LoadReport): boolean {
  if (!isSale(report)) return true;
  return report.verdict.status === 'valid' && concludeLoad(report.load).status === 'failed';
}

/** True for a sale and for a part of one. */
const sells = (report: LoadReport): boolean => isSale(report) || report.part !== undefined;

/** A part says nothing about the sale. */
export const nextAfter = ({ of, target }: PartFindings): string =>
  `No verdict yet: flashsale-cli verify with ${of === 1 ? 'the history' : `the ${of} histories`}${target.map((url) => ` --target ${url}`).join('')} reaches it.`;

interface Section {
  title: string;
  /** A section without lines is left out. */
  lines: string[];
}

/** Columns that the lines of a section are indented by. */
const INDENT = 2;

function headerLines(report: LoadReport, columns: number, style: Style): string[] {
  const { scenario, seed, runner, load, environment } = report;
  const { part } = report;
  const { target, strategy, instances, historyFile }: Partial<SaleReport> = { ...part, ...report };
  const facts: [string, string][] = [];
  if (part !== undefined) facts.push(['part', `${part.number} of ${part.of}`]);
  if (target !== undefined) facts.push(['target', target.join(', ')]);
  if (strategy !== undefined) {
    const several = instances !== undefined && instances > 1 ? `, ${instances} instances` : '';
    facts.push(['strategy', `${strategy}${several}`]);
  }
  if (runner !== undefined) facts.push(['load by', runner.name]);
  if (sells(report)) facts.push(['seed', String(seed)]);
  facts.push(['load took', formatMs(load.elapsedMs)]);
  if (historyFile !== undefined) facts.push(['history', historyFile]);

  const labelWidth = Math.max(...facts.map(([label]) => label.length)) + 2;
  const indent = ' '.repeat(INDENT + labelWidth);
  return [
    `${style.bold(`flashsale-cli ${environment.version}`)}  ${style.bold(oneLine(scenario))}`,
    ...facts.flatMap(([label, value]) =>
      wrap(oneLine(value), columns - indent.length).map((line, index) =>
        index === 0 ? `  ${style.dim(label.padEnd(labelWidth))}${line}` : `${indent}${line}`,
      ),
    ),
  ];
}

/** The outcomes of all requests as a sum that a reader can add up. */
function requestLines(outcomes: OutcomeCounts, sells: boolean, columns: number): string[] {
  const { sent, ok, soldOut, refused, limited, error, unclassified, unknown, notSent } = outcomes;
  const parts = [
    `${formatCount(ok)} ok`,
    ...(sells ? [`${formatCount(soldOut)} sold out`] : []),
    `${formatCount(refused)} refused`,
    ...(limited > 0 ? [`${formatCount(limited)} limited`] : []),
    `${formatCount(error)} error`,
    ...(unclassified > 0 ? [`${formatCount(unclassified)} unclassified`] : []),
    `${formatCount(unknown)} unknown`,
  ];
  const apart = notSent > 0 ? `; ${formatCount(notSent)} more were never sent` : '';
  const sum = `${formatCount(sent)} ${sent === 1 ? 'request' : 'requests'} = ${parts.join(' + ')}${apart}`;
  return wrap(sum, columns - INDENT);
}

const STOPPED_BY: Record<NonNullable<LoadResult['stoppedBy']>, string> = {
  interrupt: 'the load was interrupted before its plan was done',
  threshold: 'a threshold stopped the load before its plan was done',
  'script-abort': 'the script stopped the load before its plan was done',
  'target-gone':
    'the load ended before its plan was done, because no target took connections any more',
  violation: 'the load was stopped before its plan was done, because an invariant was broken',
};

function iterationLines(load: LoadResult, columns: number, style: Style): string[] {
  const { iterations, droppedIterations, interruptedIterations, exceptions, stoppedBy } = load;
  const counts = [
    `${formatCount(iterations)} completed`,
    `${formatCount(droppedIterations)} dropped`,
    `${formatCount(interruptedIterations)} interrupted`,
    `${formatCount(exceptions.count)} threw`,
  ].join(', ');
  const messages = exceptions.first.flatMap((message) =>
    wrap(oneLine(message), columns - INDENT - 4).map((line, index) =>
      style.red(`${index === 0 ? '  ✗ ' : '    '}${line}`),
    ),
  );
  return [
    ...wrap(counts, columns - INDENT),
    ...messages,
    ...(stoppedBy === undefined ? [] : [style.yellow(STOPPED_BY[stoppedBy])]),
  ];
}

function seenLines(seen: SeenViolation[], columns: number, style: Style): string[] {
  return seen.flatMap(({ check, summary, afterMs }) =>
    wrap(
      oneLine(`after ${formatMs(afterMs)}: ${check} is broken: ${summary}`),
      columns - INDENT,
    ).map((line) => style.red(line)),
  );
}

function latencyLines(metrics: LoadResult['metrics']): string[] {
  const { figures, rows } = latencyFigures(metrics);
  if (figures.length === 0) return [];
  return alignRows(
    [['', ...figures], ...rows],
    figures.map((_, index) => index + 1),
  );
}

/** The worst skew of all rendezvous, and the fewest requests that were in flight together. */
function rendezvousLines(metrics: LoadResult['metrics']): string[] {
  const skew = metrics.flashsale_rendezvous_skew?.values.max;
  const inFlight = metrics.flashsale_rendezvous_in_flight?.values;
  if (skew === undefined || inFlight?.min === undefined) return [];
  return [
    `all requests written within ${formatMs(skew)}; ${formatCount(inFlight.min)} or more in flight at once`,
  ];
}

/** Columns reserved beside the metric of a threshold, because a query may be of any length. */
const BESIDE_METRIC = 40;

function thresholdLines(
  { thresholds, metrics }: LoadResult,
  columns: number,
  style: Style,
): string[] {
  const rows = alignRows(
    thresholds.map((threshold) => [
      sign(threshold.ok, style),
      shorten(oneLine(threshold.metric), Math.max(columns - BESIDE_METRIC, BESIDE_METRIC)),
      oneLine(threshold.expression),
      observedBy(threshold, metrics),
    ]),
  );
  return thresholds.flatMap(({ reason = '' }, index) => {
    const lines = reason === '' ? [] : wrap(oneLine(reason), columns - INDENT - 4);
    return [rows[index] as string, ...lines.map((line) => `    ${line}`)];
  });
}

function observedBy(
  { metric, expression, ok, observed, reason }: ThresholdResult,
  metrics: LoadResult['metrics'],
): string {
  if (observed !== undefined) return observedAs(observed, metricOf(metrics, metric), expression);
  return ok || reason !== undefined ? '' : 'no data';
}

/** The metrics that the script defined, a line for each. */
function metricLines({ customMetrics, load }: LoadReport): string[] {
  return alignRows(
    customMetrics.flatMap((name) => {
      const metric = load.metrics[name];
      if (metric === undefined) return [];
      const figures = Object.entries(metric.values).map(
        ([figure, value]) =>
          `${figure} ${metric.contains === 'time' && figure !== 'count' ? formatMs(value) : formatFigure(value)}`,
      );
      return [[oneLine(name), figures.join('  ')]];
    }),
  );
}

/** The conclusion of a load, for a report that the load decides. */
function conclusionLine(load: LoadResult, columns: number, style: Style): string {
  const { status, sentence } = concludeLoad(load);
  const paint = { passed: style.green, failed: style.red, inconclusive: style.yellow }[status];
  const sign = { passed: '✓', failed: '✗', inconclusive: '?' }[status];
  return wrap(`${sign} ${status.toUpperCase()}: ${sentence}`, columns).map(paint).join('\n');
}

/** Stands below the verdict: the exit code is not that of the verdict then, and the section of iterations is far above. */
const cutShortLine = (columns: number, style: Style): string =>
  wrap('The load was interrupted, and the verdict is about what it did until then.', columns)
    .map(style.yellow)
    .join('\n');

const sign = (ok: boolean, style: Style): string => (ok ? style.green('✓') : style.red('✗'));

/** The metric that a threshold names, with or without a selector of tags: `http_req_duration{status:200}`. */
const metricOf = (metrics: LoadResult['metrics'], name: string): MetricSummary | undefined =>
  metrics[name] ?? metrics[name.split('{')[0] ?? ''];

/** A `count` of a time metric is a number of samples, not a time. */
function observedAs(value: number, metric: MetricSummary | undefined, expression: string): string {
  if (metric?.contains === 'time' && !expression.startsWith('count')) return formatMs(value);
  return formatFigure(value);
}

function scriptCheckLines(checks: CheckCount[], style: Style): string[] {
  const rows = checks.map(({ name, group, passes, fails }) => {
    const all = passes + fails;
    const path = group.split('::').filter((part) => part !== '');
    const share = all === 0 ? 'never made' : `${formatCount(passes)} of ${formatCount(all)}`;
    return [
      sign(fails === 0, style),
      oneLine([...path, name].join(' › ')),
      fails === 0 ? share : `${share} (${formatPercent(passes / all)})`,
    ];
  });
  return alignRows(rows);
}

/** The units of each SKU as a sum that a reader can add up. */
function stockLines(stock: SkuStock[], style: Style): string[] {
  const rows = stock.map(({ skuId, sold, held, available, total }) => {
    const sum = sold + held + available;
    const comesOut = sum === total;
    return [
      oneLine(skuId),
      `${formatCount(sold)} sold`,
      `+ ${formatCount(held)} held`,
      `+ ${formatCount(available)} available`,
      `= ${formatCount(sum)}`,
      comesOut ? '' : style.red(`but ${formatCount(total)} were on sale`),
    ];
  });
  return alignRows(rows);
}

/** The facts that were not known to the verdict. */
function notKnownLines({ runner }: LoadReport, columns: number): string[] {
  return (runner?.notKnown ?? []).flatMap((fact) =>
    wrap(oneLine(fact), columns - INDENT - 2).map((line, index) =>
      index === 0 ? `– ${line}` : `  ${line}`,
    ),
  );
}

/** Printed only when an output that was asked for is not complete. */
function outputLines(problems: string[], columns: number, style: Style): string[] {
  return problems.flatMap((problem) => wrap(oneLine(problem), columns - INDENT).map(style.yellow));
}

/** Printed only when the load generator was saturated, so that the numbers describe it and not the server. */
function generatorLines({ generator }: LoadResult, columns: number, style: Style): string[] {
  if (!generator.saturated) return [];
  const text = `was itself the bottleneck: ${generator.reasons.map(oneLine).join('; ')}`;
  return wrap(text, columns - INDENT).map(style.yellow);
}

const roundLines = (rounds: RoundReport[], columns: number, style: Style): string[] =>
  rounds.flatMap(({ round, start, status, broken }) => {
    const paint = { valid: style.green, invalid: style.red }[status as string] ?? style.yellow;
    const what = broken.length > 0 ? `: ${broken.join(', ')}` : '';
    return wrap(`${String(round).padStart(2)}  ${start}  ${paint(status)}${what}`, columns - 2);
  });
