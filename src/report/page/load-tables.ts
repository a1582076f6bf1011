import { formatCount, formatFigure, formatMs } from '../../kernel/format.ts';
import type { LoadTick } from '../../load/result.ts';
import type { LoadReport } from '../../run/run-report.ts';
import { round } from '../pictures/charts/buckets.ts';
import type { Chart, Series, Table } from '../pictures/pictures.ts';

const FIGURES = ['avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'];

const LATENCIES = {
  flashsale_scheduled_duration: 'from schedule',
  http_req_duration: 'from send',
  iteration_duration: 'of an iteration',
};

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
  const rows = Object.entries(LATENCIES).flatMap(([metric, label]) => {
    const values = metrics[metric]?.values;
    return values === undefined ? [] : [{ label, values }];
  });
  const figures = FIGURES.filter((name) => rows.some(({ values }) => name in values));
  return {
    title: 'Latency in figures',
    headings: ['', ...figures],
    rows: rows.map(({ label, values }) => [
      label,
      ...figures.map((name) => (values[name] === undefined ? '–' : formatMs(values[name]))),
    ]),
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

/** The most points of a chart. */
const POINTS_MAX = 400;

/** Draws the offered and the achieved rate, and the latency from the scheduled time. Undefined for a load without ticks. */
export function courseCharts(course: LoadTick[]): Chart[] {
  if (course.length < 2) return [];
  const step = Math.ceil(course.length / POINTS_MAX);
  const ticks = course.filter((_, place) => place % step === 0);
  const x = ticks.map(({ elapsedMs }) => round(elapsedMs / 1e3));
  const line = (
    label: string,
    tone: Series['tone'],
    of: (tick: LoadTick) => number | undefined,
  ) => ({
    ...{ label, tone },
    values: ticks.map((tick) => {
      const value = of(tick);
      return value === undefined ? null : round(value);
    }),
  });
  const isOffered = ticks.some(({ offeredRate }) => offeredRate !== undefined);
  return [
    {
      title: 'Offered and achieved load',
      note: 'Iterations that the plan asked for, and requests that were answered, since the load began.',
      ...{ unit: 'per second', x, marks: [], bands: [] },
      series: [
        ...(isOffered ? [line('iterations offered', 'quiet', (tick) => tick.offeredRate)] : []),
        line('requests', 'first', ({ requestRate }) => requestRate),
        line('buyers at work', 'third', ({ activeVus }) => activeVus),
      ],
    },
    {
      title: 'Latency from the scheduled time',
      note: 'A buyer who had to wait for the load generator waited, too.',
      ...{ unit: 'ms', x, marks: [], bands: [] },
      series: [
        line('p50', 'first', ({ latencyMs }) => latencyMs.p50),
        line('p95', 'second', ({ latencyMs }) => latencyMs.p95),
        line('p99', 'bad', ({ latencyMs }) => latencyMs.p99),
      ],
    },
  ];
}
