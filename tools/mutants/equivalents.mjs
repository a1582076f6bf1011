import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { JUDGE } from './judge.mjs';

/**
 * The mutants that change no verdict, by their file, the line in which they begin and the text that stands there instead, each
 * with the reason.
 */
export function readEquivalents() {
  const entries = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));
  const isMutant = (entry, { fileName, line, replacement }) =>
    entry.file === relative(JUDGE, fileName) &&
    entry.line === line &&
    entry.instead === replacement;
  const tell = ({ file, line, instead }) => `${file}\n    ${line}\n  > ${instead}`;
  return {
    has: (mutant) => entries.some((entry) => isMutant(entry, mutant)),
    /** The files in which some are. */
    files: new Set(entries.map(({ file }) => file)),
    /** Tells the entries about files that are asked for which none of the mutants is: the code was changed since. */
    staleAmong: (mutants, isAsked) =>
      entries
        .filter(
          (entry) => isAsked(entry.file) && !mutants.some((mutant) => isMutant(entry, mutant)),
        )
        .map((entry) => `\nno mutant is this one, which is named as equivalent: ${tell(entry)}`),
    /** Tells the entries whose mutants were all tried, and that excuse none of them: a test or the compiler notices them. */
    needlessAmong: (mutants, results) =>
      entries
        .filter((entry) => {
          const found = mutants.filter((mutant) => isMutant(entry, mutant));
          const isTried = found.length > 0 && found.every((mutant) => results.has(mutant));
          return isTried && found.every((mutant) => results.get(mutant) !== 'equivalent');
        })
        .map((entry) => `\nthis one is noticed, and is named as equivalent: ${tell(entry)}`),
  };
}
