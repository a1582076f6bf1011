import type { RunDocument } from '../report/run-document.ts';

/** A figure of a run that sides are compared by. */
export interface Figure {
  label: string;
  better: 'higher' | 'lower';
  read(run: RunDocument): number | undefined;
}

/** A percentile of the latency, from the time at which a request was due where the load has such times. */
const latency = (name: string) => (run: RunDocument) => {
  const { flashsale_scheduled_duration: scheduled, http_req_duration: sent } = run.summary.metrics;
  return (scheduled ?? sent)?.values[name];
};

const answersOf = ({ requests }: RunDocument['summary']): number =>
  requests.sent - requests.unknown;

/** By the names that `--by` takes. */
export const FIGURES = {
  med: { label: 'median latency (ms)', better: 'lower', read: latency('med') },
  p95: { label: 'p95 latency (ms)', better: 'lower', read: latency('p(95)') },
  p99: { label: 'p99 latency (ms)', better: 'lower', read: latency('p(99)') },
  throughput: {
    label: 'answers per second',
    better: 'higher',
    read: ({ summary }) => (answersOf(summary) / summary.elapsedMs) * 1_000,
  },
  cpu: {
    label: 'server CPU per answer (ms)',
    better: 'lower',
    read: ({ summary }) =>
      summary.serverCpuSeconds === null
        ? undefined
        : (summary.serverCpuSeconds / answersOf(summary)) * 1_000,
  },
} satisfies Record<string, Figure>;

export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];
