import * as z from 'zod';
import { hasFigure } from '../../load/metrics/figures.ts';
import type { Metrics } from '../../load/metrics/metrics.ts';
import { SYSTEM_TAGS } from '../../load/metrics/system-tags.ts';
import type { LoadOptions } from '../../load/options.ts';
import { durationMs, positiveDurationMs } from '../../load/schedule/duration.ts';
import { wholeNumber } from '../../load/schedule/whole-number.ts';
import { readSegment } from './execution-segment.ts';
import { httpFields, httpOptionsOf } from './http.ts';
import { OptionsError, parse } from './parse.ts';
import { readScenario, scenarioFields, scenariosOf, tagsSchema } from './scenarios.ts';
import { readThresholds, thresholdsSchema } from './thresholds.ts';

/** k6's options that mean something here. Everything else is refused by name, never ignored. */
const optionsSchema = z.strictObject({
  ...scenarioFields,
  thresholds: thresholdsSchema.default({}),
  tags: tagsSchema.default({}),
  ...httpFields,
  // As in k6, tags that it does not have are left out.
  systemTags: z
    .array(z.string())
    .transform((names) => names.filter((name) => SYSTEM_TAGS.includes(name)))
    .optional(),
  executionSegment: z.string().optional(),
  executionSegmentSequence: z.string().optional(),
  minIterationDuration: durationMs.default(0),
  noSetup: z.boolean().default(false),
  noTeardown: z.boolean().default(false),
  setupTimeout: positiveDurationMs.default(60_000),
  teardownTimeout: positiveDurationMs.default(60_000),
  handleSummaryTimeout: positiveDurationMs.default(120_000),
  summaryTrendStats: z
    .array(z.string().refine((figure) => hasFigure('trend', figure), 'is not a figure of a trend'))
    .default(['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)']),
  // k6 leaves this object to other programs; their parts of it are left alone.
  ext: z
    .looseObject({
      flashsale: z
        .strictObject({
          allowExceptions: z.boolean().optional(),
          threads: z.boolean().optional(),
          // Only the run knows which thresholds it can judge.
          thresholds: z.unknown().optional(),
        })
        .optional(),
    })
    .optional(),
  // k6's unit of the times in its own summary. Our summary chooses one for each number.
  summaryTimeUnit: z
    .enum(['', 's', 'ms', 'us'], { error: 'is none of "s", "ms" and "us"' })
    .optional(),
  // These concern only k6's own services and its inner workings, so they are harmless.
  cloud: z.unknown().optional(),
  noUsageReport: z.boolean().optional(),
  metricSamplesBufferSize: wholeNumber().optional(),
  paused: z.literal(false, { error: 'a run cannot begin paused here' }).optional(),
  vusMax: wholeNumber().optional(),
  // k6 heeds it as a flag only.
  linger: z.unknown().optional(),
});

/**
 * Checks a script's exported options and fills in k6's defaults.
 *
 * @param exports the names of the functions that a scenario can run
 * @param metrics the metrics that exist once init code has run
 * @throws OptionsError
 */
export function readOptions(
  exported: unknown,
  { exports, metrics }: { exports: string[]; metrics: Metrics },
): LoadOptions {
  const options = parse(optionsSchema, exported ?? {}, '');
  const written = scenariosOf(options);
  const share = shareOf(options);
  return {
    scenarios: Object.entries(written).map(([name, fields]) => readScenario(name, fields, exports)),
    ...(share && { share }),
    thresholds: readThresholds(options.thresholds, metrics),
    runThresholds: options.ext?.flashsale?.thresholds,
    tags: options.tags,
    allowExceptions: options.ext?.flashsale?.allowExceptions ?? false,
    ...(options.ext?.flashsale?.threads && { threads: true }),
    http: httpOptionsOf(options),
    minIterationMs: options.minIterationDuration,
    runsSetup: !options.noSetup,
    runsTeardown: !options.noTeardown,
    setupTimeoutMs: options.setupTimeout,
    teardownTimeoutMs: options.teardownTimeout,
    summaryTimeoutMs: options.handleSummaryTimeout,
    summaryTrendStats: options.summaryTrendStats,
    ...(options.systemTags && { systemTags: options.systemTags }),
    exported: {
      ...(exported as Record<string, unknown> | undefined),
      ...(options.vus !== undefined && { vus: options.vus }),
      ...(options.iterations !== undefined && { iterations: options.iterations }),
      scenarios: written,
    },
  };
}

function shareOf({
  executionSegment,
  executionSegmentSequence,
}: z.output<typeof optionsSchema>): LoadOptions['share'] {
  try {
    return readSegment(executionSegment, executionSegmentSequence);
  } catch (error) {
    const option = executionSegment ? 'executionSegment' : 'executionSegmentSequence';
    throw new OptionsError(`${option}: ${(error as Error).message}`);
  }
}
