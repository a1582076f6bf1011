import type { Command, Option } from 'commander';
import { wordsForCommander } from '../../src/k6/flags/words.ts';

/** One thing that may be typed next. */
export interface Candidate {
  word: string;
  about: string;
}

/** Everything that may be typed next; with `files`, paths as well. */
export interface Candidates {
  words: Candidate[];
  files: boolean;
}

/**
 * Words that the declarations of options and arguments do not list, by the name of the option or argument. They get the word to
 * complete, which may be a list with commas.
 */
export type KnownWords = Record<string, (current: string) => Candidate[] | Promise<Candidate[]>>;

/** Offers words as the last part of a list with commas between its parts. */
export function inList(current: string, words: Candidate[]): Candidate[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  return words.map(({ word, about }) => ({ word: `${before}${word}`, about }));
}

/**
 * Finds what may be typed at the end of a command line.
 *
 * @param typed the words after the name of the program; the last one is the one to complete, and may be empty
 */
export async function findCandidates(
  program: Command,
  typed: string[],
  known: KnownWords,
): Promise<Candidates> {
  const current = typed.at(-1) ?? '';
  const { command, option, operands } = walk(program, wordsForCommander(typed.slice(0, -1)));
  const found = await nextWords({ program, command, option, operands, current }, known);
  return {
    words: found.words.filter(({ word }) => word.startsWith(current)),
    files: found.files,
  };
}

interface Place {
  program: Command;
  command: Command;
  /** An option that waits for its value. */
  option: Option | undefined;
  /** Arguments that the command has got. */
  operands: number;
  current: string;
}

/** Follows the words before the cursor. */
function walk(program: Command, words: string[]): Pick<Place, 'command' | 'option' | 'operands'> {
  let command = program;
  let option: Option | undefined;
  let operands = 0;
  for (const word of words) {
    if (option !== undefined) {
      option = undefined;
    } else if (word.startsWith('-')) {
      const named = optionsOf(program, command).find(
        ({ short, long }) => word === short || word === long,
      );
      if (named?.required) option = named;
    } else {
      const below = command.commands.find((each) => each.name() === word);
      if (below === undefined) operands += 1;
      else command = below;
    }
  }
  return { command, option, operands };
}

async function nextWords(
  { program, command, option, operands, current }: Place,
  known: KnownWords,
): Promise<Candidates> {
  if (option !== undefined)
    return valuesOf(option.attributeName(), option.flags, option.argChoices, { known, current });
  const [, flag, value = ''] = /^(--[\w-]+)=(.*)$/s.exec(current) ?? [];
  const assigned = optionsOf(program, command).find(({ long }) => long === flag);
  if (assigned !== undefined && (assigned.required || assigned.optional)) {
    const place = { known, current: value };
    const values = await valuesOf(
      assigned.attributeName(),
      assigned.flags,
      assigned.argChoices,
      place,
    );
    const words = values.words.map(({ word, about }) => ({ word: `${flag}=${word}`, about }));
    return { words, files: values.files };
  }
  if (current.startsWith('-')) {
    const words = optionsOf(program, command).map(({ long, short, description }) => ({
      word: long ?? short ?? '',
      about: description,
    }));
    return { words: [...words, { word: '--help', about: 'what it does' }], files: false };
  }
  const below = command.createHelp().visibleCommands(command);
  if (below.length > 0) {
    return {
      words: below.map((each) => ({ word: each.name(), about: each.description() })),
      files: false,
    };
  }
  const argument = command.registeredArguments[operands];
  if (argument === undefined) return { words: [], files: false };
  return valuesOf(argument.name(), argument.name(), argument.argChoices, { known, current });
}

/** Placeholders for which a path may stand: `--history <file>`, `<scenario>`. */
const MAY_BE_PATH = /file|folder|history|scenario|output/;

async function valuesOf(
  name: string,
  placeholder: string,
  choices: string[] | undefined,
  { known, current }: { known: KnownWords; current: string },
): Promise<Candidates> {
  if (choices !== undefined) {
    return { words: choices.map((word) => ({ word, about: '' })), files: false };
  }
  return { words: (await known[name]?.(current)) ?? [], files: MAY_BE_PATH.test(placeholder) };
}

const optionsOf = (program: Command, command: Command): Option[] =>
  [...command.options, ...(command === program ? [] : program.options)].filter(
    ({ hidden }) => !hidden,
  );
