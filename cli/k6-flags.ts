import { type Command, InvalidArgumentError, Option } from 'commander';
import { FLAGS, type K6Flag } from '../src/k6/flags/flags.ts';
import { aloneOf } from '../src/k6/flags/words.ts';

/** Adds k6's flags to a command. The help leaves those out that change nothing or are refused. */
export function addK6Flags(command: Command): void {
  for (const flag of FLAGS) command.addOption(optionOf(flag));
}

function optionOf(known: K6Flag): Option {
  const { flag } = known;
  const isAlone = aloneOf(known) !== undefined;
  const option = new Option(
    isAlone && !flag.includes('<') ? `${flag} <value>` : flag,
    'about' in known ? known.about : '',
  );
  option.flags = isAlone ? flag.replace(' <', '[=<').replace('>', '>]') : flag;
  // Commander takes a name that begins with "no-" for the opposite of another flag.
  option.negate = false;
  if (!('kind' in known)) return option.hideHelp();
  return option.argParser((text, before) => {
    try {
      return known.kind.read(text, before);
    } catch (error) {
      throw new InvalidArgumentError(`${(error as Error).message}.`);
    }
  });
}
