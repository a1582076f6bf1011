import { formatFigure } from '../kernel/format.ts';
import { bulletList, count } from '../kernel/wording.ts';
import type { ComparedSide, Comparison } from './comparison.ts';
import { FIGURE_NAMES, FIGURES, type FigureName } from './figures.ts';

/** A comparison as a table, and one sentence for each side but the first. */
export interface ComparisonTexts {
  headings: string[];
  rows: string[][];
  sentences: string[];
}

/** Puts a comparison into words, for every report. */
export function tellComparison(comparison: Comparison): ComparisonTexts {
  const { sides, comparisons, by } = comparison;
  const [baseline, ...candidates] = sides as [Side, ...Side[]];
  const rows = FIGURE_NAMES.filter((figure) => sides.some((side) => hasFigure(side, figure))).map(
    (figure) => [
      FIGURES[figure].label,
      ...sides.map((side) => tellMiddle(side, figure)),
      ...candidates.map(({ name }) => tellRatio(find(comparisons, name, figure))),
    ],
  );
  return {
    headings: [
      '',
      ...sides.map(({ name }) => name),
      ...candidates.map(({ name }) => `${name} ÷ ${baseline.name}`),
    ],
    rows: [...rows, ['results', ...sides.map(tellResults), ...candidates.map(() => '')]],
    sentences: candidates.map(({ name }) =>
      conclude(find(comparisons, name, by), baseline.name, comparison),
    ),
  };
}

type Side = Comparison['sides'][number];

const find = (comparisons: ComparedSide[], side: string, figure: FigureName): ComparedSide =>
  comparisons.find((each) => each.side === side && each.figure === figure) as ComparedSide;

const valuesOf = ({ figures }: Side, figure: FigureName): number[] =>
  (figures[figure] ?? []).filter((value) => value !== null).toSorted((a, b) => a - b);

const hasFigure = (side: Side, figure: FigureName): boolean => valuesOf(side, figure).length > 0;

function tellMiddle(side: Side, figure: FigureName): string {
  const values = valuesOf(side, figure);
  const middle = values[Math.floor(values.length / 2)];
  return middle === undefined ? '–' : formatFigure(Number(middle.toPrecision(3)));
}

function tellRatio({ ratio, low, high, decision }: ComparedSide): string {
  if (ratio === null) return 'no figures';
  const span = low === null || high === null ? '' : ` (${times(low)} to ${times(high)})`;
  return `${times(ratio)}${span} ${decision}`;
}

/** `1.04×` */
const times = (ratio: number): string => `${formatFigure(Number(ratio.toPrecision(3)))}×`;

const tellResults = ({ results }: Side): string =>
  Object.entries(results)
    .map(([result, often]) => `${often} × ${result}`)
    .join(', ');

function conclude(compared: ComparedSide, baseline: string, { margin }: Comparison): string {
  const { side, figure, ratio, low, high, pairs, decision } = compared;
  const name = FIGURES[figure].label.replace(/ \(.*/, '');
  if (ratio === null) return `${side} and ${baseline} have no ${name} in common.`;
  const span =
    low === null || high === null
      ? `${count(pairs, 'pair')}: too few to know`
      : `${times(low)} to ${times(high)} with 99 % confidence, ${count(pairs, 'pair')}`;
  const measured = `${times(ratio)} its ${name} (${span})`;
  switch (decision) {
    case 'same':
      return `${side} is as fast as ${baseline}: ${measured}, which is within ${tellMargin(compared, margin)}.`;
    case 'cannot tell':
      return `Nobody can tell if ${side} is faster or slower than ${baseline}: ${measured}. ${whatWouldTell(compared, margin)}`;
    default:
      return `${side} is ${decision} than ${baseline}: ${measured}.`;
  }
}

/** `5 %`, or the part of it that the figure shows. */
function tellMargin(compared: ComparedSide, asked: number): string {
  const [shown, all] = [compared.margin, asked].map((share) =>
    formatFigure(Number((share * 100).toPrecision(2))),
  );
  return shown === all
    ? `${all} %`
    : `${shown} % (what a difference of ${all} % makes of a load that also waits for other things)`;
}

function whatWouldTell(compared: ComparedSide, asked: number): string {
  return compared.margin < asked / 2
    ? 'The load waits for more than answers (a schedule, or pauses), and this figure is of all of it: --by med or --by cpu would tell.'
    : 'More pairs, or a quieter machine, would tell.';
}

/** A sentence about the run that ended the comparison early; none without one. */
export const tellFailed = ({ failed }: Comparison): string[] =>
  failed === null
    ? []
    : [
        `The run of ${failed.side} in pair ${failed.pair} came to no result, and no more were made: ${failed.what}: ${failed.why}. What is told here was measured before.`,
      ];

/** Sentences about sides whose runs broke an invariant; a faster server that oversells is not better. */
export const tellBroken = ({ sides }: Comparison): string[] =>
  sides
    .filter(({ broken }) => broken.length > 0)
    .map(({ name, broken }) => bulletList(`${name} broke invariants:`, broken));
