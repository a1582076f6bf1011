import type { RunDocument } from '../report/run-document.ts';

/** A figure of a run that sides are compared by. */
export interface Figure {
  label: string;
  better: 'higher' | 'lower';
  read(run: RunDocument): number | undefined;
  /** The share of a difference between servers that shows in the figure of such a run, from 0 to 1; absent: all of it. */
  shows?(run: RunDocument): number;
}

/** A percentile of the latency, from the time at which a request was due where the load has such times. */
const latency = (name: string) => (run: RunDocument) => {
  const { flashsale_scheduled_duration: scheduled, http_req_duration: sent } = run.summary.metrics;
  return (scheduled ?? sent)?.values[name];
};

/**
 * The share of their time that the VUs waited for answers. A load that sends by a schedule gets as many answers from any server
 * that keeps up, so its rate shows nothing of the server; one that thinks for most of the time shows little.
 */
function waitedShare({ summary }: RunDocument): number {
  const { http_reqs: sent, http_req_duration: took, vus_max: vus } = summary.metrics;
  const waitedMs = (sent?.values.count ?? 0) * (took?.values.avg ?? 0);
  const vuMs = (vus?.values.max ?? 0) * summary.elapsedMs;
  return summary.iterations.offered !== null || vuMs === 0 ? 0 : Math.min(1, waitedMs / vuMs);
}

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
    shows: waitedShare,
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

/** The share of a difference that shows in a figure of all these runs. */
export function shownShare(figure: FigureName, runs: RunDocument[]): number {
  const { shows = () => 1 }: Figure = FIGURES[figure];
  return Math.min(1, ...runs.map(shows));
}

/**
 * The figure that decides unless another is asked for: answers per second, which vary least from run to run, if the load mostly
 * waits for answers; else the median latency.
 */
export const decidingFigure = (runs: RunDocument[]): FigureName =>
  shownShare('throughput', runs) >= 0.5 ? 'throughput' : 'med';
