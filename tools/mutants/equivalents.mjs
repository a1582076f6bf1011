import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { JUDGE } from './judge.mjs';

/**
 * The mutants that change no verdict, by their file, the line in which they begin and the text that stands there instead, each
 * with the reason. Where a line has several such mutants, `of` is the text that is replaced.
 */
export function readEquivalents() {
  const entries = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));
  const isMutant = (entry, { fileName, line, original, replacement }) =>
    entry.file === relative(JUDGE, fileName) &&
    entry.line === line &&
    (entry.of ?? original) === original &&
    entry.instead === replacement;
  const tell = ({ file, line, of, instead }) =>
    `${file}\n    ${line}\n${of === undefined ? '' : `  < ${of}\n`}  > ${instead}`;
  return {
    has: (mutant) => entries.some((entry) => isMutant(entry, mutant)),
    /** The files in which some are. */
    files: new Set(entries.map(({ file }) => file)),
    /** Tells the entries about files that are asked for which are none of the mutants, or may be several. */
    staleAmong: (mutants, isAsked) =>
      entries
        .filter(({ file }) => isAsked(file))
        .map((entry) => [entry, mutants.filter((mutant) => isMutant(entry, mutant)).length])
        .filter(([, count]) => count !== 1)
        .map(
          ([entry, count]) =>
            `\n${count} mutants are this one, which is named as equivalent: ${tell(entry)}`,
        ),
    /** Tells the entries whose mutant was tried, and needs no excuse: a test or the compiler notices it. */
    needlessAmong: (mutants, results) =>
      entries
        .filter((entry) => {
          const result = results.get(mutants.find((mutant) => isMutant(entry, mutant)));
          return result !== undefined && result !== 'equivalent';
        })
        .map((entry) => `\nthis one is noticed, and is named as equivalent: ${tell(entry)}`),
  };
}
