import { FLAGS, type K6Flag, longName } from './flags.ts';

/** The text that stands for a flag without its value; undefined for a flag that needs one. */
export const aloneOf = (flag: K6Flag): string | undefined =>
  'kind' in flag ? flag.kind.alone : flag.flag.includes('<') ? undefined : 'true';

/**
 * The words of a command line as Commander reads them, for which every flag has a value. k6 takes a switch with and without
 * one (`--throw=false`), a flag that may stand alone never takes the next word for its value (`--http-debug script.js`),
 * and a short flag may have an equals sign (`-u=10`).
 */
export function wordsForCommander(words: string[]): string[] {
  return words.map((word) => {
    const [, name, value] = /^(--[\w-]+|-\w)(?:=(.*))?$/s.exec(word) ?? [];
    const known = FLAGS.find(({ flag }) => longName(flag) === name || flag.startsWith(`${name}, `));
    if (known === undefined) return word;
    const given = value ?? aloneOf(known);
    return given === undefined ? word : `${longName(known.flag)}=${given}`;
  });
}
