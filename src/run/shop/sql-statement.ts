import { UserError } from '../../kernel/errors.ts';
import type { FieldOf } from '../../target/file/template.ts';

/** A statement whose values are parameters. */
export interface BoundStatement {
  text: string;
  values: unknown[];
}

/** A quoted text, a quoted name, a comment, a name in doubled braces (plain ones), or a placeholder. */
const TOKEN =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\{\{[\w.-]+\}\}|\{([\w.-]+)(?::(?:number|text))?\}/g;
const ALONE_IN_QUOTES = /^'\{([\w.-]+)\}'$/;

/**
 * Makes parameters of a statement's placeholders: `WHERE sku = {sku}` becomes `WHERE sku = $1`. Each place has a parameter
 * of its own, because PostgreSQL gives a parameter one type. Quotes right around a placeholder are dropped; one amid a
 * quoted text is a mistake.
 *
 * @throws UserError (usage) for a placeholder amid a quoted text; whatever `fieldOf` throws for a name
 */
export function bindSql(template: string, fieldOf: FieldOf): BoundStatement {
  const values: unknown[] = [];
  const parameter = (name: string): string => `$${values.push(fieldOf(name))}`;
  const text = template.replaceAll(TOKEN, (token, name: string | undefined) => {
    if (name !== undefined) return parameter(name);
    if (token.startsWith('{{')) return token.slice(1, -1);
    if (!token.startsWith("'")) return token;
    const alone = ALONE_IN_QUOTES.exec(token)?.[1];
    if (alone !== undefined) return parameter(alone);
    assertNoPlaceholderIn(token);
    return token.replaceAll(/\{(\{[\w.-]+\})\}/g, '$1');
  });
  // The extended protocol takes one statement, and a semicolon at its end.
  return { text, values };
}

/** In quotes braces are common (`'{"a":1}'`, `'{1,2}'`), so only a name that begins with a letter is taken for a placeholder. */
function assertNoPlaceholderIn(quoted: string): void {
  const within = /(?<!\{)\{([a-z][\w.-]*)\}(?!\})/i.exec(quoted);
  if (within === null) return;
  throw UserError.usage(`a placeholder stands in a quoted text of SQL: ${quoted}`, {
    why: 'placeholders become parameters, and those cannot be parts of a text',
    next: `join them: 'abc' || ${within[0]}::text; write doubled braces for plain ones`,
  });
}

/** The names of the placeholders in a statement. */
export function placeholdersOfSql(template: string): string[] {
  const names: string[] = [];
  bindSql(template, (name) => names.push(name));
  return names;
}
