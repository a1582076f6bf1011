import type { PageContent } from '../report/page/page-content.ts';
import { type Chart, NOTHING, type Tone } from '../report/pictures/pictures.ts';
import type { Comparison } from './comparison.ts';
import { tellBroken, tellComparison, tellFailed } from './conclusion.ts';
import { FIGURES } from './figures.ts';
import { pairValues } from './pair-values.ts';

const TONES: Tone[] = ['first', 'second', 'third', 'plain', 'warn'];

/** A comparison as the content of a page. */
export function describeComparison(comparison: Comparison, command: string): PageContent {
  const { scenario, by, sides, margin } = comparison;
  const { headings, rows, sentences } = tellComparison(comparison);
  const broken = tellBroken(comparison);
  const failed = tellFailed(comparison);
  const isSlower = comparison.comparisons.some(
    ({ figure, decision }) => figure === by && decision === 'slower',
  );
  return {
    scenario: `${scenario}: ${sides.map(({ name }) => name).join(' and ')}`,
    status: broken.length > 0 ? 'invalid' : isSlower || failed.length > 0 ? 'failed' : 'passed',
    sentence: sentences.join(' '),
    remarks: [...broken, ...failed],
    facts: [
      ['baseline', sides[0]?.name ?? ''],
      ['decided by', FIGURES[by].label],
      ['counts as the same', `up to ${margin * 100} %`],
    ],
    ...{ checks: [], timeLines: [], command },
    charts: [pairsChart(comparison)],
    tables: [
      {
        title: 'Side by side (medians of the runs)',
        ...{ headings, rows },
        numeric: headings.map((_, place) => place).slice(1),
      },
    ],
  };
}

/** The deciding figure of every run, pair by pair: what a side's runs have in common shows, and what is noise. */
function pairsChart({ by, sides, runsPerPair }: Comparison): Chart {
  const values = sides.map(({ figures }) => pairValues(figures[by] ?? [], runsPerPair));
  const pairs = Math.max(...values.map(({ length }) => length));
  const x = Array.from({ length: pairs }, (_, place) => place);
  return {
    title: FIGURES[by].label,
    note: 'The runs of one pair were made one after the other.',
    unit: runsPerPair === 1 ? 'of each run' : `means of ${runsPerPair} runs`,
    x,
    xName: 'pair',
    xLabels: x.map((place) => String(place + 1)),
    series: sides.map(({ name }, place) => ({
      label: name,
      tone: TONES[place % TONES.length] as Tone,
      values: values[place] ?? [],
    })),
    ...NOTHING,
  };
}
