import type { CheckCount } from './checks.ts';
import type { MetricSummary } from './summary.ts';

/** k6's newer summary, which is meant for programs (schema 1.0.0): the argument of `handleSummary`, and the export. */
export interface MachineReadableSummary {
  config: { duration: number; execution: 'local'; script: string };
  metadata: { generated_at: string; k6_version: string };
  results: {
    checks: { metrics: NamedMetric[]; results: { name: string; passes: number; fails: number }[] };
    metrics: NamedMetric[];
  };
  version: string;
}

interface NamedMetric extends Pick<MetricSummary, 'type' | 'contains'> {
  name: string;
  /** Null for a figure of a trend that the script did not choose. */
  values: Record<string, number | null>;
}

/** The summaries of a run are machine-readable, and say this. */
export interface MachineReadableForm {
  /** The text of the script. */
  script: string;
  /** True if the parts of a request's duration are among the metrics. */
  isFull: boolean;
}

/** The k6 whose form this is. Who reads a summary knows by it what to expect. */
const K6_VERSION = '1.8.1';

/**
 * Thresholds, groups and the data of `setup` are not in this form, and checks of one name are counted together.
 *
 * @param atMs the time of day at which the summary is made, in milliseconds since the epoch
 */
export function machineReadableSummary(
  run: { metrics: Record<string, MetricSummary>; checks: CheckCount[]; elapsedMs: number },
  { script, isFull }: MachineReadableForm,
  atMs: number,
): MachineReadableSummary {
  const metrics = Object.entries(run.metrics)
    .filter(([name]) => !isLeftOut(name, isFull))
    .map(([name, { type, contains, values }]) => ({
      ...{ contains, name, type },
      values: VALUES[type](values),
    }))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name));
  return {
    config: { duration: run.elapsedMs / 1_000, execution: 'local', script },
    metadata: { generated_at: new Date(atMs).toISOString(), k6_version: K6_VERSION },
    results: { checks: checksOf(run.checks), metrics },
    version: '1.0.0',
  };
}

function checksOf(counts: CheckCount[]): MachineReadableSummary['results']['checks'] {
  const byName = new Map<string, { fails: number; name: string; passes: number }>();
  for (const { name, passes, fails } of counts) {
    const { fails: failed, passes: passed } = byName.get(name) ?? { fails: 0, passes: 0 };
    byName.set(name, { fails: failed + fails, name, passes: passed + passes });
  }
  const results = [...byName.values()];
  const passes = results.reduce((sum, check) => sum + check.passes, 0);
  const fails = results.reduce((sum, check) => sum + check.fails, 0);
  if (passes + fails === 0) return { metrics: [], results };
  const metric = (name: string, type: 'counter' | 'rate', values: NamedMetric['values']) => ({
    ...{ contains: 'default' as const, name, type, values },
  });
  return {
    metrics: [
      metric('checks_total', 'counter', { count: passes + fails }),
      metric('checks_failed', 'rate', rateOf(fails, passes + fails)),
      metric('checks_succeeded', 'rate', rateOf(passes, passes + fails)),
    ],
    results,
  };
}

const rateOf = (matches: number, total: number) => ({
  ...{ matches, rate: total === 0 ? 0 : matches / total, total },
});

/** The values of each type of metric, made of the figures of the usual summary. */
const VALUES: Record<
  MetricSummary['type'],
  (values: Record<string, number>) => NamedMetric['values']
> = {
  counter: ({ count = 0 }) => ({ count }),
  gauge: ({ max = 0, min = 0, value = 0 }) => ({ max, min, value }),
  rate: ({ passes = 0, fails = 0 }) => rateOf(passes, passes + fails),
  trend: ({ avg = null, max = null, med = null, min = null, 'p(90)': p90 = null, ...other }) => ({
    ...{ avg, max, med, min, p90, p95: other['p(95)'] ?? null },
  }),
};

/** As in k6, names that only begin so are meant as well. */
const begins = (name: string, beginnings: readonly string[]): boolean =>
  beginnings.some((beginning) => name.startsWith(beginning));

const PARTS_OF_DURATION = ['blocked', 'connecting', 'receiving', 'sending', 'tls', 'waiting'].map(
  (part) => `http_req_${part}`,
);

const isLeftOut = (name: string, isFull: boolean): boolean =>
  begins(name, ['checks', 'group_duration']) || (!isFull && begins(name, PARTS_OF_DURATION));

/** The kinds of metrics in k6's order; those of the script come last. */
const KINDS = [
  ['http_req'],
  ['vus', 'iterations', 'iteration_duration', 'dropped_iterations'],
  ['data_sent', 'data_received'],
  ['ws_'],
] as const;

function rankOf(name: string): number {
  const kind = KINDS.findIndex((beginnings) => begins(name, beginnings));
  return kind === -1 ? KINDS.length : kind;
}
