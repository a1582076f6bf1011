import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import entries from '../tools/mutants/equivalent.json' with { type: 'json' };

const nameOf = ({ file, line, instead }: (typeof entries)[number]): string =>
  `${file}: ${line} > ${instead}`;

/** The lines of a file of the judge, without their indentation. */
function linesOf(file: string): string[] {
  const path = `src/checkers/${file}`;
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim());
}

it('each mutant that is named as equivalent is of a line that is there', () => {
  const gone = entries.filter(({ file, line }) => !linesOf(file).includes(line));
  expect(gone.map(nameOf)).toEqual([]);
});

it('each of them is named once, with a reason', () => {
  const names = entries.map(nameOf);
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  expect(entries.filter(({ why }) => why.length < 20).map(nameOf)).toEqual([]);
});
