import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * The mutants that change no verdict, by their file, the line in which they begin and the text that stands there instead, each
 * with the reason.
 *
 * @param judge the folder of the judge, in which the files are
 */
export function readEquivalents(judge) {
  const entries = JSON.parse(readFileSync(new URL('./equivalent.json', import.meta.url), 'utf8'));
  const isMutant = (entry, { fileName, line, replacement }) =>
    entry.file === relative(judge, fileName) &&
    entry.line === line &&
    entry.instead === replacement;
  return {
    has: (mutant) => entries.some((entry) => isMutant(entry, mutant)),
    /** The entries about files that are asked for which none of the mutants is: the code was changed since. */
    staleAmong: (mutants, isAsked) =>
      entries.filter(
        (entry) => isAsked(entry.file) && !mutants.some((mutant) => isMutant(entry, mutant)),
      ),
  };
}
