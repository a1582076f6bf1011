/** The types of metrics, by k6's names. */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

/** The figures that a summary can show. A trend also has a percentile `p(N)` for each N from 0 to 100. */
const FIGURES: Record<MetricType, string[]> = {
  counter: ['count', 'rate'],
  gauge: ['value', 'min', 'max'],
  rate: ['rate', 'passes', 'fails'],
  trend: ['avg', 'min', 'med', 'max', 'count'],
};

/** The figures that k6 allows in thresholds; fewer than a summary shows. */
const THRESHOLD_FIGURES: Record<MetricType, string[]> = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med'],
};

const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;

/** The N of `p(N)`; undefined for any other figure. */
export function percentileOf(figure: string): number | undefined {
  const match = PERCENTILE.exec(figure);
  const percentile = match ? Number(match[1]) : undefined;
  return percentile !== undefined && percentile <= 100 ? percentile : undefined;
}

/** True if a summary can show the figure for metrics of this type. */
export function hasFigure(type: MetricType, figure: string): boolean {
  return FIGURES[type].includes(figure) || isPercentileOf(type, figure);
}

/** The figures that the summary shows for metrics of this type; `trendStats` are the ones chosen for trends. */
export function summaryFigures(type: MetricType, trendStats: string[]): string[] {
  return type === 'trend' ? trendStats : FIGURES[type];
}

/** True if a threshold can compare the figure for metrics of this type, as in k6. */
export function hasThresholdFigure(type: MetricType, figure: string): boolean {
  return THRESHOLD_FIGURES[type].includes(figure) || isPercentileOf(type, figure);
}

/** The figures that thresholds can compare, as a list for an error text. */
export function thresholdFiguresOf(type: MetricType): string {
  return [...THRESHOLD_FIGURES[type], ...(type === 'trend' ? ['p(N)'] : [])].join(', ');
}

const isPercentileOf = (type: MetricType, figure: string): boolean =>
  type === 'trend' && percentileOf(figure) !== undefined;
