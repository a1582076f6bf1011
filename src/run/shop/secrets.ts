import { UserError } from '../../kernel/errors.ts';
import type { FieldOf } from '../../target/file/template.ts';

/** The variables of the environment that a target file names, and texts without their values. */
export interface Secrets {
  /**
   * Adds `{env.NAME}` to a lookup of fields.
   *
   * @throws UserError (usage) when the environment has no variable of that name
   */
  withEnv(fieldOf: FieldOf): FieldOf;
  /** Remembers the password in the URL of a database, so that no text repeats it. */
  hidePasswordOf(url: string): void;
  /** Remembers the values of variables that a command of the shell names as `$NAME`. */
  hideVariablesOf(command: string): void;
  /** The text with every known secret replaced by its name. */
  scrub(text: string): string;
}

/** Shorter values stand in too many texts by chance, and are no secrets. */
const SECRET_LENGTH_MIN = 4;

export function createSecrets(env: Record<string, string | undefined>): Secrets {
  const shownAs = new Map<string, string>();

  function hide(value: string, shown: string): void {
    if (value.length < SECRET_LENGTH_MIN) return;
    if (!shownAs.has(value)) shownAs.set(value, shown);
    hidePasswordOf(value);
  }

  function hidePasswordOf(url: string): void {
    const password = URL.canParse(url) ? new URL(url).password : '';
    if (password.length < SECRET_LENGTH_MIN) return;
    for (const spelling of [password, decoded(password)]) {
      if (!shownAs.has(spelling)) shownAs.set(spelling, '***');
    }
  }

  return {
    withEnv: (fieldOf) => (name) => {
      if (!name.startsWith('env.')) return fieldOf(name);
      const variable = name.slice('env.'.length);
      const value = env[variable];
      if (value === undefined) {
        throw UserError.usage(`the target file uses {${name}}, and there is no such variable`, {
          why: `${variable} is not set in the environment`,
          next: `set it: export ${variable}=…`,
        });
      }
      hide(value, `{${name}}`);
      return value;
    },
    hidePasswordOf,
    hideVariablesOf(command) {
      for (const [, name = ''] of command.matchAll(/\$\{?(\w+)/g)) {
        const value = env[name];
        if (value !== undefined) hide(value, `$${name}`);
      }
    },
    scrub(text) {
      // A long secret may contain a short one.
      const longestFirst = [...shownAs].toSorted(([a], [b]) => b.length - a.length);
      return longestFirst.reduce((clean, [value, shown]) => clean.replaceAll(value, shown), text);
    },
  };
}

/** A password that is no valid percent encoding stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
