import { formatCount, formatFigure } from '../kernel/format.ts';
import type { LoadReport } from '../run/run-report.ts';
import { LATENCIES, latencyFigures } from './latency-figures.ts';
import type { Table } from './pictures/pictures.ts';

/** The figures of a load that only the generator knows. Tables without rows are left out. */
export const loadTables = ({ load }: LoadReport): Table[] =>
  [requestsTable(load), latencyTable(load), thresholdsTable(load), checksTable(load)].filter(
    ({ rows }) => rows.length > 0,
  );

function requestsTable({ outcomes, iterations, ...load }: LoadReport['load']): Table {
  const { sent, ok, soldOut, refused, limited, error, unclassified, unknown, notSent } = outcomes;
  const parts: [string, number][] = [
    ['sent', sent],
    ['… ok', ok],
    ['… sold out', soldOut],
    ['… refused', refused],
    ['… limited', limited],
    ['… error', error],
    ['… unclassified', unclassified],
    ['… unknown', unknown],
    ['never sent', notSent],
    ['iterations completed', iterations],
    ['iterations dropped', load.droppedIterations],
    ['iterations interrupted', load.interruptedIterations],
    ['iterations that threw', load.exceptions.count],
  ];
  return {
    title: 'Requests and iterations',
    headings: ['', 'times'],
    rows: parts
      .filter(([name, times]) => times > 0 || name === 'sent' || name === '… ok')
      .map(([name, times]) => [name, formatCount(times)]),
    numeric: [1],
  };
}

function latencyTable({ metrics }: LoadReport['load']): Table {
  const { figures, rows } = latencyFigures(metrics, {
    ...LATENCIES,
    iteration_duration: 'of an iteration',
  });
  return {
    title: 'Latency in figures',
    headings: ['', ...figures],
    rows,
    numeric: figures.map((_, place) => place + 1),
  };
}

const thresholdsTable = ({ thresholds }: LoadReport['load']): Table => ({
  title: 'Thresholds',
  headings: ['', 'metric', 'must be', 'was'],
  rows: thresholds.map(({ ok, metric, expression, observed, reason }) => [
    ok ? '✓' : '✗',
    metric,
    expression,
    observed === undefined ? (reason ?? 'nothing') : formatFigure(observed),
  ]),
  numeric: [3],
});

const checksTable = ({ checks }: LoadReport['load']): Table => ({
  title: 'Checks of the script',
  headings: ['', 'check', 'passed', 'failed'],
  rows: checks.map(({ name, group, passes, fails }) => [
    fails === 0 ? '✓' : '✗',
    [...group.split('::').filter((part) => part !== ''), name].join(' › '),
    formatCount(passes),
    formatCount(fails),
  ]),
  numeric: [2, 3],
});
