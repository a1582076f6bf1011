import type { LineChart } from '../../kit/line-chart.ts';
import { cpuPer100k, type Round } from '../../kit/measure.ts';
import { median } from '../../kit/statistics.ts';
import type { Report } from '../../report.ts';

/** The cost of a reservation over one quantity with which it may grow. */
export interface Curve {
  name: string;
  title: string;
  xLabel: string;
  isLogarithmic: boolean;
  points: { x: number; rounds: Round[] }[];
}

/** A table and a chart of rate, latency and CPU, medians of the rounds of each point. */
export function reportCurve({ points, ...curve }: Curve): Report {
  const middle = (of: (round: Round) => number) =>
    points.map(({ x, rounds }): [number, number] => [x, median(rounds.map(of))]);
  const rate = middle((round) => round.perSecond);
  const p99 = middle((round) => round.p99Ms);
  const cpu = middle((round) => cpuPer100k(round, round.all));
  const chart: LineChart = {
    ...curve,
    panels: [
      { title: 'reservations per second', lines: [{ name: 'rate', points: rate }] },
      { title: 'p99, ms', lines: [{ name: 'p99', points: p99 }] },
      {
        title: 'CPU seconds per 100,000, delivered',
        lines: [
          { name: 'server + PostgreSQL', points: cpu },
          {
            name: 'PostgreSQL',
            points: middle((round) => cpuPer100k(round, round.all, 'postgres')),
          },
        ],
      },
    ],
  };
  const rows = points.map(({ x, rounds }, index) => [
    x.toLocaleString('en'),
    ...[rate, p99, cpu].map((line) => line[index]?.[1] as number),
    median(rounds.map((round) => cpuPer100k(round, round.all, 'server'))),
    median(rounds.map((round) => cpuPer100k(round, round.all, 'postgres'))),
    median(rounds.map((round) => round.delivery.seconds)),
  ]);
  const columns = [
    'per second',
    'p99 ms',
    'CPU',
    'of server',
    'of PostgreSQL',
    's until delivered',
  ];
  return {
    tables: [
      {
        caption: `${curve.title}: CPU in seconds per 100,000 reservations, all events delivered`,
        columns: [curve.xLabel, ...columns],
        rows,
      },
    ],
    goals: [],
    charts: [chart],
    notes: [],
  };
}
