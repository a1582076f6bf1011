import * as z from 'zod';
import type { RunDocument } from '../report/run-document.ts';
import { decidingFigure, FIGURE_NAMES, FIGURES, type FigureName, shownShare } from './figures.ts';
import { pairValues } from './pair-values.ts';
import { estimateRatio } from './paired-ratio.ts';

/** One side of a comparison with its runs, in the order of the pairs. */
export interface Side {
  name: string;
  runs: RunDocument[];
}

/** Version of the JSON document of `compare --json`, published as docs/comparison.schema.json. */
const SCHEMA_VERSION = 1;

const Figure = z.enum(FIGURE_NAMES);

/** The reason why a run came to no result. */
export const Failure = z.object({
  what: z.string(),
  why: z.string(),
  next: z.string(),
  exitCode: z.int(),
});
export type Failure = z.infer<typeof Failure>;

export const Comparison = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  scenario: z.string(),
  /** The figure that decides. */
  by: Figure,
  /** Differences up to this share count as none. */
  margin: z.number(),
  /** Number of runs of each side in a pair. */
  runsPerPair: z.int(),
  /** The chance that all intervals of one figure contain the true ratios. */
  confidence: z.number(),
  /** The first side is the baseline. */
  sides: z.array(
    z.object({
      name: z.string(),
      /** How often each result came: `valid`, `invalid` …; `passed` and `failed` for a load that sells nothing. */
      results: z.record(z.string(), z.int()),
      /** Names of the checks that were broken in any run. */
      broken: z.array(z.string()),
      /** The values of each figure, one for each run; null where a run has none. */
      figures: z.partialRecord(Figure, z.array(z.number().nullable())),
    }),
  ),
  /** Each side but the first, against the first. */
  comparisons: z.array(
    z.object({
      side: z.string(),
      figure: Figure,
      /** Pairs in all of whose runs both sides have the figure. */
      pairs: z.int(),
      ratio: z.number().nullable(),
      /** Null where the pairs are too few to know. */
      low: z.number().nullable(),
      high: z.number().nullable(),
      /** Ratios that differ by less count as the same: the margin, of which the figure may show a share alone; 0 if it shows nothing. */
      margin: z.number(),
      decision: z.enum(['faster', 'slower', 'same', 'cannot tell']),
    }),
  ),
  /** The run that came to no result and ended the comparison: all else is of the runs before. Null if there was none. */
  failed: Failure.extend({ side: z.string(), pair: z.int() }).nullable(),
});
export type Comparison = z.infer<typeof Comparison>;
export type ComparedSide = Comparison['comparisons'][number];

export interface ComparisonOptions {
  scenario: string;
  /** Absent: the one that tells most of such runs. */
  by?: FigureName | undefined;
  margin: number;
  /** Number of runs of each side in a pair; absent: one. */
  runsPerPair?: number;
  failed?: Comparison['failed'];
}

/** The chance of a wrong "faster" or "slower" for equal sides is at most what is missing to 1. */
const CONFIDENCE = 0.99;

/**
 * Compares the runs of each side with those of the first, pair by pair. With several sides each interval is wider, so that
 * the chance of one wrong decision stays the same.
 */
export function compareSides(
  sides: Side[],
  { scenario, by = decidingFigure(sides.flatMap(({ runs }) => runs)), ...rest }: ComparisonOptions,
): Comparison {
  const { margin, runsPerPair = 1, failed = null } = rest;
  const [baseline, ...candidates] = sides as [Side, ...Side[]];
  const confidence = 1 - (1 - CONFIDENCE) / candidates.length;
  return {
    schemaVersion: SCHEMA_VERSION,
    ...{ scenario, by, margin, runsPerPair, failed, confidence: CONFIDENCE },
    sides: sides.map(describeSide),
    comparisons: candidates.flatMap((side) =>
      FIGURE_NAMES.map((figure) => {
        const pairs = pairsOf(baseline, side, figure, runsPerPair);
        const shown = margin * shownShare(figure, [...baseline.runs, ...side.runs]);
        const { ratio, low, high, decision } = estimateRatio(pairs, { confidence, margin: shown });
        return {
          side: side.name,
          figure,
          pairs: pairs.length,
          ratio: numberOrNull(ratio),
          low: decision === 'unknown' && low === 0 ? null : numberOrNull(low),
          high: numberOrNull(high),
          margin: shown,
          decision: DECISIONS[FIGURES[figure].better][decision],
        };
      }),
    ),
  };
}

const DECISIONS = {
  higher: { higher: 'faster', lower: 'slower', same: 'same', unknown: 'cannot tell' },
  lower: { higher: 'slower', lower: 'faster', same: 'same', unknown: 'cannot tell' },
} as const;

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A run whose broken invariants were seen has figures of a server that does something else, but they are figures. */
function pairsOf(
  baseline: Side,
  side: Side,
  figure: FigureName,
  runsPerPair: number,
): [number, number][] {
  const others = pairValues(valuesOf(side, figure), runsPerPair);
  return pairValues(valuesOf(baseline, figure), runsPerPair).flatMap(
    (value, pair): [number, number][] => {
      const other = others[pair] ?? null;
      return value === null || other === null ? [] : [[value, other]];
    },
  );
}

const valuesOf = ({ runs }: Side, figure: FigureName): (number | null)[] =>
  runs.map((run) => FIGURES[figure].read(run) ?? null);

function describeSide(side: Side): Comparison['sides'][number] {
  const { name, runs } = side;
  const results: Record<string, number> = {};
  const broken = new Set<string>();
  for (const run of runs) {
    const result = resultOf(run);
    results[result] = (results[result] ?? 0) + 1;
    for (const { name: check, status } of run.verdict?.checks ?? []) {
      if (status === 'invalid') broken.add(check);
    }
  }
  return {
    ...{ name, results, broken: [...broken] },
    figures: Object.fromEntries(FIGURE_NAMES.map((figure) => [figure, valuesOf(side, figure)])),
  };
}

const resultOf = ({ verdict, thresholds }: RunDocument): string =>
  verdict?.status ?? (thresholds.every(({ ok }) => ok) ? 'passed' : 'failed');
