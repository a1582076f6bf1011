import type { Command } from 'commander';
import { STRATEGIES, STRATEGY_NAMES } from '../../src/protocol/strategies.ts';
import { FAULT_WORDS } from '../../src/run/faults/fault-words.ts';
import { findCandidates, inList, type KnownWords } from '../completion/candidates.ts';
import { FILES } from '../completion/shells.ts';
import type { CliContext } from '../context.ts';
import { listScenarios } from '../scenario-files.ts';

const bundled = async () =>
  (await listScenarios()).map(({ name, description }) => ({ word: name, about: description }));

const KNOWN: KnownWords = {
  scenario: bundled,
  name: bundled,
  strategy: (current) =>
    inList(
      current,
      STRATEGY_NAMES.map((word) => ({
        word,
        about: STRATEGIES[word].isUnsafe ? 'broken on purpose' : '',
      })),
    ),
  faults: (current) => [
    ...inList(
      current,
      Object.keys(FAULT_WORDS).map((word) => ({ word, about: '' })),
    ),
    { word: 'random', about: 'some by chance' },
  ],
};

/** Longer texts would fill the screen of a shell. */
const ABOUT_MAX = 60;

/** Prints what may be typed next, a line for each: the word, a tab, and what it is. */
export async function printCandidates(
  program: Command,
  typed: string[],
  { stdout }: CliContext,
): Promise<void> {
  const { words, files } = await findCandidates(program, typed, KNOWN);
  for (const { word, about } of words) stdout.write(`${word}\t${about.slice(0, ABOUT_MAX)}\n`);
  if (files) stdout.write(`${FILES}\n`);
}
