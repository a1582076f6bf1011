import * as z from 'zod';
import { hasThresholdFigure, thresholdFiguresOf } from '../../load/metrics/figures.ts';
import type { Metrics } from '../../load/metrics/metrics.ts';
import {
  parseSelector,
  parseThreshold,
  type ThresholdOption,
} from '../../load/metrics/thresholds.ts';
import { durationMs } from '../../load/schedule/duration.ts';
import { inAnyCase } from '../../load/schedule/options-object.ts';
import { OptionsError } from './parse.ts';

const thresholdWithActions = z.strictObject({
  threshold: z.string(),
  abortOnFail: z.boolean().default(false),
  delayAbortEval: durationMs.default(0),
});

/** All of them are looked at every few seconds while the load runs. */
const THRESHOLDS_MAX = 10_000;

/** The thresholds of each metric: `{ http_reqs: ['count>100'] }`. */
export const thresholdsSchema = z.record(
  z.string(),
  z.array(z.union([z.string(), inAnyCase(thresholdWithActions)])).nullable(),
);

/** @throws OptionsError for a metric that does not exist, and an expression that its type does not have */
export function readThresholds(
  written: z.output<typeof thresholdsSchema>,
  metrics: Metrics,
): ThresholdOption[] {
  const count = Object.values(written).reduce((sum, list) => sum + (list?.length ?? 0), 0);
  if (count > THRESHOLDS_MAX) {
    const [given, most] = [count, THRESHOLDS_MAX].map((number) => number.toLocaleString('en'));
    throw new OptionsError(`thresholds: these are ${given}, and a load takes at most ${most}`);
  }
  return Object.entries(written).flatMap(([metric, list]) =>
    (list ?? []).map((threshold) => {
      const full =
        typeof threshold === 'string'
          ? { threshold, abortOnFail: false, delayAbortEval: 0 }
          : threshold;
      assertJudges(metric, full.threshold, metrics);
      return {
        metric,
        expression: full.threshold,
        abortOnFail: full.abortOnFail,
        delayAbortEvalMs: full.delayAbortEval,
      };
    }),
  );
}

function assertJudges(metricText: string, threshold: string, metrics: Metrics): void {
  const place = `thresholds["${metricText}"]`;
  const selector = parseSelector(metricText);
  if (!selector) {
    throw new OptionsError(`${place} is not a metric like http_reqs or http_reqs{status:200}`);
  }
  const metric = metrics.get(selector.metric);
  if (!metric) {
    const known = metrics.all().map(({ name }) => name);
    throw new OptionsError(
      `${place}: there is no metric "${selector.metric}" (there are: ${known.join(', ')})`,
    );
  }
  const expression = parseThreshold(threshold);
  if (!expression) {
    throw new OptionsError(
      `${place}: "${threshold}" is not a threshold like p(95)<500, rate>0.99 or count==0`,
    );
  }
  if (!hasThresholdFigure(metric.type, expression.figure)) {
    throw new OptionsError(
      `${place}: a ${metric.type} has no "${expression.figure}" (it has: ${thresholdFiguresOf(metric.type)})`,
    );
  }
}
