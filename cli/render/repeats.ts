import type { RepeatedRuns } from '../../src/comparison/repeated-runs.ts';
import { count } from '../../src/kernel/wording.ts';
import { createStyle, oneLine } from './style.ts';
import { alignRows } from './table.ts';

/** Renders how often each check of repeated runs failed, and what the runs may have missed. */
export function renderRepeats(
  { scenario, runs, checks, missedUpTo, failed }: RepeatedRuns,
  { color }: { color: boolean },
): string {
  const { bold, red, green, yellow, dim } = createStyle(color);
  const open = checks.filter(({ invalid, undecided }) => invalid + undecided > 0);
  const broken = runs.filter(({ broken: names }) => names.length > 0);
  const rows = open.map(({ name, valid, invalid, undecided }) => [
    invalid > 0 ? red('✗') : yellow('?'),
    name,
    `broken ${invalid}`,
    `undecided ${undecided}`,
    `valid ${valid}`,
  ]);
  const lines = [
    `${bold(scenario)}, ${count(runs.length, 'run')}`,
    ...alignRows(rows),
    ...(broken.length === 0
      ? []
      : [
          `${red('✗')} ${count(broken.length, 'run')} of ${runs.length} broke an invariant; the first has seed ${broken[0]?.seed}`,
        ]),
    ...(missedUpTo === null
      ? []
      : [
          `${green('✓')} no run broke an invariant`,
          dim(
            `a violation that comes in ${percent(missedUpTo)} of runs or less may still have been missed (95 % confidence)`,
          ),
        ]),
    ...(failed === null
      ? []
      : [
          `${red('✗')} the run with seed ${failed.seed} came to no result, and no more were made: ${oneLine(failed.what)}: ${oneLine(failed.why)}`,
        ]),
  ];
  return lines.join('\n');
}

const percent = (share: number): string =>
  `${(share * 100).toLocaleString('en-US', { maximumSignificantDigits: 2 })} %`;
