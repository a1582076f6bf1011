import * as z from 'zod';
import { nearestWord } from '../../kernel/nearest-word.ts';
import { withKnownNames } from '../../load/schedule/options-object.ts';

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
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const parsed = schema.safeParse(known.length > 0 ? withKnownNames(value, known) : value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const at = [place, ...issue.path.map(String)].filter(Boolean).join('.') || 'options';
  if (issue.code !== 'unrecognized_keys') throw new OptionsError(`${at}: ${issue.message}`);
  const isOutermost = issue.path.length === 0;
  const [name = ''] = issue.keys;
  const key = [isOutermost ? place : at, name].filter(Boolean).join('.');
  const meant = isOutermost ? nearestWord(name, known) : undefined;
  const supported = isOutermost && known.length > 0 ? ` (supported: ${known.join(', ')})` : '';
  const advice = meant === undefined ? supported : `; did you mean "${meant}"?`;
  throw new OptionsError(`the option "${key}" is not supported${advice}`);
}
