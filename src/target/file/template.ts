/**
 * Texts with placeholders in braces, as `Bearer {token}` or `/products/{sku}`. A placeholder names a field; `{env.NAME}` is a
 * variable of the environment, which is where secrets belong. `{{name}}` stands for the text `{name}`; all other
 * braces are plain.
 *
 * A JSON text that is a single placeholder becomes the field's own value, so `"{quantity}"` sends a number; `{sku:number}`
 * turns a text into a number, and `{quantity:text}` a number into a text. `{login:base64}` is for basic authorization. A header
 * with `{key?}` is left out where there is no value.
 */

/** A plain text, or the name of a field. */
export type Part = string | { field: string; as?: PartForm; optional?: true };
export type PartForm = 'number' | 'text' | 'base64';

const PLACEHOLDER = /\{(\{[\w.-]+\})\}|\{([\w.-]+)(\?)?(?::(number|text|base64))?\}/g;

/** Splits a text into its parts. Two plain texts never follow one another. */
export function parseTemplate(text: string): Part[] {
  const parts: Part[] = [];
  let plain = '';
  let end = 0;
  const flush = (): void => {
    if (plain !== '') parts.push(plain);
    plain = '';
  };
  for (const match of text.matchAll(PLACEHOLDER)) {
    plain += text.slice(end, match.index);
    end = match.index + match[0].length;
    const [, inBraces, field, optional, as] = match;
    if (field === undefined) plain += inBraces;
    else {
      flush();
      parts.push({
        field,
        ...(as === undefined ? {} : { as: as as PartForm }),
        ...(optional === undefined ? {} : { optional: true }),
      });
    }
  }
  plain += text.slice(end);
  flush();
  return parts;
}

/** The names of the fields in a text, or in all texts of a JSON value. */
export function fieldsIn(template: unknown): string[] {
  if (typeof template === 'string') {
    return parseTemplate(template).flatMap((part) =>
      typeof part === 'string' ? [] : [part.field],
    );
  }
  if (typeof template !== 'object' || template === null) return [];
  return Object.values(template).flatMap(fieldsIn);
}

/** True for the list of a JSON template whose one item stands for each line of a basket: it names a SKU. */
export const isListOfLines = (value: unknown): value is [unknown] =>
  Array.isArray(value) &&
  value.length === 1 &&
  fieldsIn(value).some((field) => field === 'sku' || field.startsWith('sku.')) &&
  !hasListOfLines(value[0]);

/** True if a JSON template has such a list. */
export const hasListOfLines = (template: unknown): boolean =>
  isListOfLines(template) ||
  (typeof template === 'object' &&
    template !== null &&
    Object.values(template).some(hasListOfLines));

/** A lookup of fields. It throws for a name that nothing provides. */
export type FieldOf = (name: string) => unknown;

/** The text with every placeholder filled in; `encode` makes each value fit for its place. */
export function fillText(
  text: string,
  fieldOf: FieldOf,
  encode = (value: string) => value,
): string {
  return parseTemplate(text)
    .map((part) => (typeof part === 'string' ? part : encode(textOf(part, fieldOf))))
    .join('');
}

function textOf({ field, as }: Exclude<Part, string>, fieldOf: FieldOf): string {
  const value = String(fieldOf(field));
  return as === 'base64' ? Buffer.from(value).toString('base64') : value;
}

/** The JSON value with the placeholders of all its texts filled in. */
export function fillJson(template: unknown, fieldOf: FieldOf): unknown {
  if (typeof template === 'string') {
    const [part, ...more] = parseTemplate(template);
    if (part === undefined || typeof part === 'string' || more.length > 0) {
      return fillText(template, fieldOf);
    }
    if (part.as === 'base64') return textOf(part, fieldOf);
    const value = fieldOf(part.field);
    if (part.as === 'number') return Number(value);
    return part.as === 'text' ? String(value) : value;
  }
  if (Array.isArray(template)) return template.map((item) => fillJson(item, fieldOf));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => [name, fillJson(value, fieldOf)]),
  );
}
