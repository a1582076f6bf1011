import * as z from 'zod';

/** An options object that cannot be run as it stands; the message names the option and the reason. */
export class OptionsError extends Error {}

/**
 * Parses by a schema; the first issue becomes a sentence that names the option.
 *
 * @param place the path of `value` in the options, empty for the options themselves
 * @throws OptionsError
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  place: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const at = [place, ...issue.path.map(String)].filter(Boolean).join('.') || 'options';
  if (issue.code !== 'unrecognized_keys') throw new OptionsError(`${at}: ${issue.message}`);
  const isOutermost = issue.path.length === 0;
  const key = [isOutermost ? place : at, issue.keys[0]].filter(Boolean).join('.');
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(', ') : '';
  const supported = isOutermost && names ? ` (supported: ${names})` : '';
  throw new OptionsError(`the option "${key}" is not supported${supported}`);
}
