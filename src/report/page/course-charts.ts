import type { LoadTick } from '../../load/result.ts';
import { POINTS_MAX, round } from '../pictures/charts/buckets.ts';
import { overlay } from '../pictures/happenings.ts';
import { type Chart, type Happenings, NOTHING, type Series } from '../pictures/pictures.ts';

/**
 * Draws the offered and the achieved rate, and the latency from the scheduled time. None for a load without ticks.
 *
 * @param happenings in seconds since the load began
 */
export function courseCharts(course: LoadTick[], happenings: Happenings): Chart[] {
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
  const charts: Chart[] = [
    {
      title: 'Offered and achieved load',
      note: 'Iterations that the plan asked for, and requests that were answered, since the load began.',
      ...{ unit: 'per second', x },
      ...NOTHING,
      series: [
        ...(isOffered ? [line('iterations offered', 'quiet', (tick) => tick.offeredRate)] : []),
        line('requests', 'first', ({ requestRate }) => requestRate),
        line('buyers at work', 'third', ({ activeVus }) => activeVus),
      ],
    },
    {
      title: 'Latency from the scheduled time',
      note: 'A buyer who had to wait for the load generator waited, too.',
      ...{ unit: 'ms', x },
      ...NOTHING,
      series: [
        line('p50', 'first', ({ latencyMs }) => latencyMs.p50),
        line('p95', 'second', ({ latencyMs }) => latencyMs.p95),
        line('p99', 'bad', ({ latencyMs }) => latencyMs.p99),
      ],
    },
  ];
  return charts.map((chart) => overlay(chart, happenings));
}
