import { percentileOf } from './figures.ts';
import type { MetricSelector, Metrics } from './metrics.ts';
import type { Sink } from './sinks.ts';

export interface ThresholdOption {
  /** As written: `http_req_duration` or `http_req_duration{status:200}`. */
  metric: string;
  expression: string;
  abortOnFail: boolean;
  delayAbortEvalMs: number;
}

export interface ThresholdResult {
  metric: string;
  expression: string;
  ok: boolean;
  /** Absent when the metric had no sample, which fails the threshold; a check has none. */
  observed?: number;
  /** Why there was nothing to compare, where that is more than a metric without samples. */
  reason?: string;
}

export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** The parts of an expression such as `p(95)<500`. */
export interface ThresholdExpression {
  figure: string;
  operator: Operator;
  limit: number;
}

const FLOAT = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)`;
const EXPRESSION = new RegExp(
  String.raw`^\s*(avg|min|med|max|count|rate|value|p\(${FLOAT}\))\s*(<=|>=|===|==|!=|<|>)\s*(${FLOAT})\s*$`,
  'i',
);

/**
 * Parses a threshold by k6's grammar: figure, operator, number, with any space between them. Undefined for other texts.
 *
 *     figure    avg | min | med | max | count | rate | value | p(NUMBER)
 *     operator  < | <= | > | >= | == | === | !=
 */
export function parseThreshold(text: string): ThresholdExpression | undefined {
  const match = EXPRESSION.exec(text);
  if (!match) return undefined;
  const [, figureText, operator, limit] = match as unknown as [string, string, string, string];
  // Only numbers (`1E3`, `Inf`) may contain capital letters.
  const figure = /^p\(/.test(figureText) ? `p(${toNumber(figureText.slice(2, -1))})` : figureText;
  if (figure !== figure.toLowerCase()) return undefined;
  if (figure.startsWith('p(') && percentileOf(figure) === undefined) return undefined;
  return {
    figure,
    operator: operator === '===' ? '==' : (operator as Operator),
    limit: toNumber(limit),
  };
}

function toNumber(text: string): number {
  if (!/inf/i.test(text)) return Number(text);
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Parses the subject of a threshold: `metric` or `metric{tag:value, …}`. Undefined for other texts. */
export function parseSelector(text: string): MetricSelector | undefined {
  const match = /^([A-Za-z_]\w*)(?:\{(.*)\})?$/.exec(text.trim());
  if (!match) return undefined;
  const [, metric, inside] = match;
  const tags: [string, string][] = [];
  for (const pair of inside?.split(',') ?? []) {
    const colon = pair.indexOf(':');
    if (colon <= 0 || colon === pair.length - 1) return undefined;
    tags.push([unquote(pair.slice(0, colon)), unquote(pair.slice(colon + 1))]);
  }
  return { name: text, metric: metric as string, tags };
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, '$2');
}

export interface Thresholds {
  /** The present result of every threshold. Without samples a counter is 0, and the threshold of any other metric fails. */
  results(elapsedMs: number): ThresholdResult[];
  /** The first missed threshold with `abortOnFail`; its result stays failed. */
  abortCause(elapsedMs: number): ThresholdResult | undefined;
}

/** Creates thresholds over `metrics`. The texts in `options` must be valid; the options' parser checks them. */
export function createThresholds(options: ThresholdOption[], metrics: Metrics): Thresholds {
  const thresholds = options.map((option) => ({
    option,
    expression: parseThreshold(option.expression) as ThresholdExpression,
    selector: parseSelector(option.metric) as MetricSelector,
    hasEndedRun: false,
  }));

  function evaluate(threshold: (typeof thresholds)[number], elapsedMs: number): ThresholdResult {
    const { option, expression, selector } = threshold;
    const sink = sinkOf(selector, metrics);
    const result = { metric: option.metric, expression: option.expression };
    // A counter that nothing was added to has counted to 0; of any other metric nothing is known.
    const isCounter = metrics.get(selector.metric)?.type === 'counter';
    if (!sink || (sink.samples === 0 && !isCounter)) return { ...result, ok: false };
    const observed = sink.figure(expression.figure, elapsedMs);
    if (observed === undefined) return { ...result, ok: false };
    return { ...result, ok: isMet(observed, expression), observed };
  }

  return {
    results: (elapsedMs) =>
      thresholds.map((threshold) => {
        const result = evaluate(threshold, elapsedMs);
        // Samples after the abort of the run cannot make the threshold pass.
        return threshold.hasEndedRun ? { ...result, ok: false } : result;
      }),
    abortCause(elapsedMs) {
      for (const threshold of thresholds) {
        const { abortOnFail, delayAbortEvalMs } = threshold.option;
        if (!abortOnFail || elapsedMs < delayAbortEvalMs) continue;
        const result = evaluate(threshold, elapsedMs);
        // While the run goes on, a metric without samples may still get some.
        if (result.ok || !sinkOf(threshold.selector, metrics)?.samples) continue;
        threshold.hasEndedRun = true;
        return result;
      }
      return undefined;
    },
  };
}

function sinkOf(selector: MetricSelector, metrics: Metrics): Sink | undefined {
  const metric = metrics.get(selector.metric);
  if (selector.tags.length === 0) return metric?.sink;
  return metric?.subMetrics.find((subMetric) => subMetric.name === selector.name)?.sink;
}

/** True if the observed figure meets the expression. */
export function isMet(observed: number, { operator, limit }: ThresholdExpression): boolean {
  switch (operator) {
    case '<':
      return observed < limit;
    case '<=':
      return observed <= limit;
    case '>':
      return observed > limit;
    case '>=':
      return observed >= limit;
    case '==':
      return observed === limit;
    case '!=':
      return observed !== limit;
  }
}
