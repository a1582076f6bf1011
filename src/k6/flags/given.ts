import { UserError } from '../../kernel/errors.ts';
import { type OptionOverrides, overrideOptions } from '../options/overrides.ts';
import { IDLE, keyOf, longName, REFUSED, type RefusedFlag, TAKEN } from './flags.ts';

type Texts = Record<string, string | undefined>;

/** Everything that flags and k6's variables ask for together. */
export interface Given {
  /** Options that stand over those of the script. */
  overrides: OptionOverrides;
  /** The values of the flags that the run itself heeds, by their keys. */
  own: Record<string, unknown>;
  /** One line for each flag, and one for all variables, that changes nothing. */
  notes: string[];
}

/**
 * Reads k6's flags and variables. A flag wins over the variable of its name; as in k6, an empty variable is none.
 *
 * @param flags the values of the flags that were typed, by their keys
 * @throws UserError (usage) for a flag that is refused, and for a variable whose text is no value
 */
export function readGiven(flags: Record<string, unknown>, env: Texts): Given {
  for (const flag of REFUSED) refuse(flag, flags[keyOf(flag.flag)]);
  const overrides = { flags: {}, variables: {} } as Record<string, Record<string, unknown>>;
  const own: Record<string, unknown> = {};
  for (const { flag, variable, option, kind } of TAKEN) {
    const typed = flag === undefined ? undefined : flags[keyOf(flag)];
    const text = variable === undefined ? undefined : env[variable];
    const read = (): unknown =>
      variable && text ? readVariable(variable, text, kind.readVariable ?? kind.read) : undefined;
    if (option === undefined) own[keyOf(flag as string)] = typed ?? read();
    else {
      (overrides.variables as Record<string, unknown>)[option] = read();
      (overrides.flags as Record<string, unknown>)[option] = typed;
    }
  }
  return {
    // A plan that a flag gives replaces that of a variable, as it replaces that of a script.
    overrides: overrideOptions(
      overrideOptions({}, overrides.variables as OptionOverrides),
      overrides.flags as OptionOverrides,
    ) as OptionOverrides,
    own,
    notes: notesOf(flags, env),
  };
}

function refuse({ flag, because, next, except = [] }: RefusedFlag, typed: unknown): void {
  if (typed === undefined || ['false', ...except].includes(String(typed))) return;
  throw UserError.usage(`${longName(flag)} cannot be heeded`, { why: because, next });
}

function readVariable(name: string, text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text);
  } catch (cause) {
    throw UserError.usage(`the variable ${name} is wrong`, {
      why: (cause as Error).message,
      next: 'mend it, or unset it',
      cause,
    });
  }
}

function notesOf(flags: Record<string, unknown>, env: Texts): string[] {
  const heeded = new Set(TAKEN.map(({ variable }) => variable));
  const unheeded = Object.entries(env)
    .filter(([name, text]) => name.startsWith('K6_') && text && !heeded.has(name))
    .map(([name]) => name);
  return [
    ...IDLE.filter(({ flag }) => flags[keyOf(flag)] !== undefined).map(
      ({ flag, because }) => `${longName(flag)} means nothing here: ${because}`,
    ),
    ...(unheeded.length > 0 ? [`${unheeded.join(', ')} mean nothing here; see docs/k6.md`] : []),
  ];
}
