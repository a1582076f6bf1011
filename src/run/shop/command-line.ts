import type { FieldOf } from '../../target/file/template.ts';

/** A command of the shell, and the variables that hold its values. */
export interface CommandLine {
  text: string;
  env: Record<string, string>;
}

/**
 * `{name}`, or `{{name}}` for plain braces around a name. Other braces, such as those of `${HOME}`, of JSON and of scripts,
 * are the command's own.
 */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<![{$])\{([a-z][\w.-]*)(?::(?:number|text))?\}/gi;

/**
 * Makes variables of a command's placeholders: the shell never reads a value as code, whatever is in it. The variable stands
 * in quotes of its own, also where the placeholder stands in quotes.
 */
export function commandLineOf(template: string, fieldOf: FieldOf): CommandLine {
  const env: Record<string, string> = {};
  let quote: Quote = 'none';
  let end = 0;
  const text = template.replaceAll(PLACEHOLDER, (all, plain, field, place: number) => {
    quote = quoteAfter(template.slice(end, place), quote);
    end = place + all.length;
    if (plain !== undefined) return `{${plain}}`;
    const name = `FLASHSALE_FIELD_${Object.keys(env).length + 1}`;
    env[name] = String(fieldOf(field));
    return IN_QUOTE[quote](name);
  });
  return { text, env };
}

/** The names of the placeholders in a command. */
export function placeholdersOfCommand(template: string): string[] {
  const names: string[] = [];
  commandLineOf(template, (name) => names.push(name));
  return names;
}

type Quote = 'none' | 'single' | 'double';

const IN_QUOTE: Record<Quote, (name: string) => string> = {
  none: (name) => `"$${name}"`,
  double: (name) => `\${${name}}`,
  single: (name) => `'"$${name}"'`,
};

/** The kind of quotes that are open behind a plain text. */
function quoteAfter(plain: string, before: Quote): Quote {
  let quote = before;
  for (let at = 0; at < plain.length; at += 1) {
    const letter = plain[at];
    if (letter === '\\' && quote !== 'single') at += 1;
    else if (letter === "'" && quote !== 'double') quote = quote === 'single' ? 'none' : 'single';
    else if (letter === '"' && quote !== 'single') quote = quote === 'double' ? 'none' : 'double';
  }
  return quote;
}
