import { relative } from 'node:path';
import { JUDGE } from './judge.mjs';

/** The share of the mutants that tests must kill, in percent; those named as equivalent do not count. */
const KILLED_PERCENT_MIN = 95;
const RESULTS = ['killed', 'refused', 'equivalent', 'survived'];

/**
 * Writes a table of what became of mutants, and those that survived.
 *
 * @param results the result of each mutant
 * @param paths the files that have a row of their own
 * @returns the lines, and if too few were killed
 */
export function reportOf(results, paths) {
  const lines = [
    rowOf('file', 'mutants', ...RESULTS, 'killed of those that matter'),
    rowOf('---', ...RESULTS.map(() => '---:'), '---:', '---:'),
    ...paths.map((path) => {
      const ofFile = [...results].filter(([{ fileName }]) => fileName === path);
      return rowOfResults(
        `\`${relative(JUDGE, path)}\``,
        ofFile.map(([, result]) => result),
      );
    }),
    rowOfResults('all', [...results.values()]),
  ];
  for (const [{ fileName, place, line, original, replacement }, result] of results) {
    if (result !== 'survived') continue;
    lines.push(
      `\n${relative('.', fileName)}:${place}\n    ${line}\n  < ${original}\n  > ${replacement}`,
    );
  }
  const isTooLow = percentOf(countResults([...results.values()])) < KILLED_PERCENT_MIN;
  if (isTooLow) lines.push(`\n${KILLED_PERCENT_MIN} % are asked for`);
  return { lines, isTooLow };
}

const countResults = (results) =>
  Object.fromEntries(RESULTS.map((each) => [each, results.filter((one) => one === each).length]));

/** Without a mutant there is nothing to be proud of. */
const percentOf = ({ killed, survived }) => (100 * killed) / Math.max(1, killed + survived);

const rowOf = (...columns) => `| ${columns.join(' | ')} |`;

function rowOfResults(name, results) {
  const numbers = countResults(results);
  const percent = percentOf(numbers).toFixed(1);
  return rowOf(name, results.length, ...RESULTS.map((each) => numbers[each]), `${percent} %`);
}
