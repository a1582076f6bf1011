import type { MetricDefinition } from '../../src/metrics/definition.ts';

/** One line of a panel. */
export interface Query {
  expr: string;
  /** The name of the line, with `{{label}}` for the value of a label. */
  legend: string;
}

type LabelOf<Metric extends MetricDefinition> = Metric['labels'][number];
type ProcessLabel<Metric extends MetricDefinition> = LabelOf<Metric> | 'instance';
type RunLabel<Metric extends MetricDefinition> = LabelOf<Metric> | 'testid' | 'scenario';

/** Conditions on labels: regular expressions, of which each must match the whole value. */
type Where<Label extends string> = Partial<Record<Label, string>>;

// Grafana puts the values that its user has chosen in here.
const CHOSEN_INSTANCES = { instance: '$instance' };
const CHOSEN_RUNS = { testid: '$testid' };
const CHOSEN_SKUS = { sku: '$sku' };
/** Other programs have metrics with the names of Node's. */
const OUR_PROCESSES = { job: 'flashsale', ...CHOSEN_INSTANCES };

/** Requests, calls or events per second of all chosen processes together. */
export const perSecond = <Metric extends MetricDefinition>(
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
  where?: Where<LabelOf<Metric>>,
): string => `sum${grouped(by)}(${rateOf(metric.name, CHOSEN_INSTANCES, where)})`;

/** A gauge or counter that each process has for itself, summed over the chosen ones. */
export const ofProcesses = <Metric extends MetricDefinition>(
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
  where?: Where<LabelOf<Metric>>,
): string => `sum${grouped(by)}(${metric.name}${selector(CHOSEN_INSTANCES, where)})`;

/** A gauge that each process has for itself, as it is at that process where it is highest. */
export const ofWorst = <Metric extends MetricDefinition>(
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
): string => `max${grouped(by)}(${metric.name}${selector(CHOSEN_INSTANCES)})`;

/** A gauge that every process reads from the one database: the same for all, so that it is not summed over them. */
export const ofDatabase = <Metric extends MetricDefinition>(
  metric: Metric,
  by: LabelOf<Metric>[] = [],
  where?: Where<LabelOf<Metric>>,
): string => {
  const skus = metric.labels.includes('sku') ? CHOSEN_SKUS : {};
  return `max${grouped(by)}(${metric.name}${selector(skus, where)})`;
};

/** A gauge or counter of the chosen runs. */
export const ofRuns = <Metric extends MetricDefinition>(
  metric: Metric,
  by: RunLabel<Metric>[] = ['testid'],
  where?: Where<LabelOf<Metric>>,
): string => `max${grouped(by)}(${metric.name}${selector(CHOSEN_RUNS, where)})`;

/** A counter of the chosen runs, per second and all together. */
export const perSecondOfRuns = <Metric extends MetricDefinition>(
  metric: Metric,
  by: RunLabel<Metric>[] = [],
): string => `sum${grouped(by)}(${rateOf(metric.name, CHOSEN_RUNS)})`;

/** A quantile of a histogram over the chosen processes. */
export const quantile = <Metric extends MetricDefinition>(
  q: number,
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
  where?: Where<LabelOf<Metric>>,
): string => {
  const buckets = rateOf(`${metric.name}_bucket`, CHOSEN_INSTANCES, where);
  return `histogram_quantile(${q}, sum${grouped(['le', ...by])}(${buckets}))`;
};

/** The lines p50, p95 and p99 of a histogram. */
export const percentiles = (metric: MetricDefinition): Query[] =>
  [50, 95, 99].map((p) => ({ expr: quantile(p / 100, metric), legend: `p${p}` }));

/** How many values a histogram gets per second. */
export const countsPerSecond = <Metric extends MetricDefinition>(
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
): string => `sum${grouped(by)}(${rateOf(`${metric.name}_count`, CHOSEN_INSTANCES)})`;

/** The mean of a histogram over the chosen processes. */
export const mean = <Metric extends MetricDefinition>(
  metric: Metric,
  by: ProcessLabel<Metric>[] = [],
): string =>
  `sum${grouped(by)}(${rateOf(`${metric.name}_sum`, CHOSEN_INSTANCES)}) / ${countsPerSecond(metric, by)}`;

/** A metric that Node, the operating system or Prometheus has of each process. */
export const ofEachProcess = (name: string): string =>
  `max by (instance) (${name}${selector(OUR_PROCESSES)})`;

export const perSecondOfEachProcess = (name: string): string =>
  `sum by (instance) (${rateOf(name, OUR_PROCESSES)})`;

type Aggregation = 'sum' | 'max' | 'min';

/** Samples of the load under their name of k6, of the chosen runs. */
export const ofLoad = (aggregation: Aggregation, name: string, by: string[] = []): string =>
  `${aggregation}${grouped(by)}(${name}${selector(CHOSEN_RUNS)})`;

export const perSecondOfLoad = (name: string, by: string[] = []): string =>
  `sum${grouped(by)}(${rateOf(name, CHOSEN_RUNS)})`;

/** The mean of a rate of k6, whose series each have their own share, over all of their requests. */
export const shareOfRequests = (rate: string): string => {
  const requests = `k6_http_reqs_total${selector(CHOSEN_RUNS)}`;
  return `sum(${rate}${selector(CHOSEN_RUNS)} * ${requests}) / sum(${requests})`;
};

const grouped = (by: readonly string[]): string =>
  by.length === 0 ? '' : ` by (${by.join(', ')}) `;

const rateOf = (name: string, ...where: (object | undefined)[]): string =>
  `rate(${name}${selector(...where)}[$__rate_interval])`;

function selector(...where: (object | undefined)[]): string {
  const conditions = Object.entries(Object.assign({}, ...where));
  if (conditions.length === 0) return '';
  return `{${conditions.map(([label, value]) => `${label}=~"${value}"`).join(', ')}}`;
}
